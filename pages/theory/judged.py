"""The claim judge: a sentence, a guess, and the measurement that says whether it holds."""

from __future__ import annotations

import streamlit as st

import resnet_core as rc
from pages._layout import unbroken
from pages._links import asked_in_vain, say_in_vain
from pages.theory.measuring import ask, experiment, measured, rest, verdict
from resnet_core.models.listings.documents import DOCUMENTS


def show_claims() -> None:
    """Sentences of the four documents and of papers, each measured on request."""
    with experiment("claims"):
        from resnet_core.lab.theory.judgement import ANSWERS

        claims = rc.theory.list_claims()
        asked = asked_in_vain(claim=claims)
        name = st.selectbox("Claim", list(claims), key="claim", bind="query-params", width=300)
        say_in_vain(asked)
        claim = claims[name]
        st.markdown(f"> {claim.quote}")
        source = DOCUMENTS[claim.source].name if claim.source in DOCUMENTS else claim.source
        st.caption(unbroken(f"{source}. In English: {claim.translation}." if claim.translation else f"{source}."))
        guess = ask(f"claim_{name}", "Is it so?", ANSWERS)
        found = measured(
            f"claim {name}", lambda told: claim.judge(*[told] * claim.in_parts), guess,
            "a second or two" if claim.in_parts else "a moment",
        )  # fmt: skip
        if found is not None and guess is not None:
            verdict(guess, found.answer, found.sentence)
    rest("claims", claim=name)
