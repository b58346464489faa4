"""What a link asks for in vain: said in one sentence, beside what is shown instead."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages._shared import ignored_choice


def asked_in_vain(**allowed: Iterable[object]) -> dict[str, str]:
    """Parameters of the link whose value is not allowed; to be called before their widgets take them out of it."""
    asked = {name: ignored_choice(name, list(values)) for name, values in allowed.items()}
    return {name: value for name, value in asked.items() if value is not None}


def say_in_vain(asked: dict[str, str], **shown: object) -> None:
    """Warn about what was asked in vain, if anything; `shown` has what stands there instead, by parameter."""
    if asked:
        wishes = " and ".join(f"{name}={value[:40]!r}" for name, value in asked.items())
        there = ", ".join(f"{name}={shown[name]}" for name in asked)
        st.warning(
            f"The link asks for {wishes}, which is not offered here. You see {there}.", icon=":material/link_off:"
        )
