"""The field for a count that someone read elsewhere, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import resnet_core as rc
from pages._layout import literal
from resnet_core.anatomy.counting.signs import with_minus

if TYPE_CHECKING:
    from resnet_core.anatomy.reconcile.explain import Explanation


@st.cache_resource(max_entries=256, show_spinner="Trying the ways to count")
def explained(model: str, seen: str) -> Explanation:
    """Which rules give a count of `model` that someone read elsewhere."""
    from resnet_core.anatomy.reconcile.explain import explain_count

    return explain_count(model, seen)


def where_it_comes_from(model: str, example: str = "", place: DeltaGenerator | None = None) -> str:
    """Ask for a number said of `model`, and answer with the rules that give it, or with a sentence; gives
    the number where there was one to explain, else the example.

    It tries hundreds of ways to count, so it waits for a number unless there is an `example` to begin with.

    Args:
        place: of the field, where it is not right above the answer.
    """
    seen = (place or st).text_input(
        "The number that you read", example, key="seen", placeholder="25,636,712 or 4.1 GFLOPs",
        bind="query-params", width=260, max_chars=40,
        help="Parameters, MACs or FLOPs: 25,636,712, 25.6M or 4.1 GFLOPs.",
    )  # fmt: skip
    if not seen.strip():
        return example
    try:
        explanation = explained(model, seen)
    except rc.ResNetCoreError as error:
        st.warning(literal(error), icon=":material/help:")
        return example
    st.markdown(f"**{literal(explanation.sentence)}**")
    st.markdown(_added_up(explanation))
    if explanation.others:
        further = " Or: ".join(literal(match.sentence) for match in explanation.matches[1:])
        st.caption(f"{explanation.others} {further}")
    return seen


def _added_up(explanation: Explanation) -> str:
    """The best answer as a sum: our own count, what its one rule adds, and the total; "" for any other answer."""
    best = next(iter(explanation.matches), None)
    if best is None or len(best.rules) != 1 or not best.differences[0]:
        return ""
    (rule,), (more,) = best.rules, best.differences
    return (
        f"| {best.quantity} of {literal(explanation.model)} | |\n|:--|--:|\n| our own count | {best.value - more:,} |\n"
        f"| {rule.text} | {with_minus(f'{more:+,}')} |\n| together | **{best.value:,}** |"
    )
