"""A look of the page Inside: what each block adds, and the answer without some of its branches and shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, chart, literal, percent, theme_name
from pages.cutting.cuts import asked_cuts
from pages.cutting.strip import strip_of_blocks
from pages.photo.explained import parts_of
from pages.photo.looks import Look, ranked

if TYPE_CHECKING:
    from resnet_core.inference.explain.lesion import BlockPart

LEAST = 0.001  # of probability: what the page's numbers, with one decimal of a percentage, can still show


def show_blocks(look: Look) -> None:
    """What each block adds, and the answer with some of them switched off."""
    from resnet_core.figures.photo.block_parts import block_name
    from resnet_core.inference.explain.walk import NO_ADDITION, block_paths

    paths = {block_name(path): path for path in block_paths(look.network.model)}
    if not paths:
        st.info(NO_ADDITION, icon=":material/info:")
        return
    cuts = asked_cuts(paths)
    before, after = ranked(look), ranked(look, *cuts)
    strip_of_blocks(look, paths, cuts)
    if any(cuts) and after[0].index != before[0].index:
        st.markdown(f"The answer changed from **{literal(before[0].label)}** to **{literal(after[0].label)}**.")
    parts = parts_of(look.subject, look.network, look.class_index)
    probability = next(scored.probability for scored in before if scored.index == look.class_index)
    said = _said_of_blocks(look, parts)
    chart(rc.figures.block_parts_figure(parts, look.label, probability, cuts.off, theme_name()), "parts", said)
    with st.container(width=PROSE_WIDTH):
        st.caption(literal(said))
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "block": block_name(part.path), "shortcut": part.shortcut.replace("_", " "),
                    "shortcut length": part.shortcut_norm, "branch length": part.branch_norm, "cosine": part.cosine,
                    f"{look.label} without it": part.probability, "answer without it": look.names[part.top_index],
                }
                for part in parts
            ],
            hide_index=True, alt="What each block adds",
        )  # fmt: skip


def _said_of_blocks(look: Look, parts: Sequence[BlockPart]) -> str:
    """The lesson of the chart in a sentence or two, from its numbers."""
    from resnet_core.figures.photo.block_parts import block_name

    answer, *others = ranked(look)
    whole = next(scored.probability for scored in (answer, *others) if scored.index == look.class_index)
    worst = min(parts, key=lambda part: part.probability)
    changing = sum(part.top_index != answer.index for part in parts)
    longer = sum(part.branch_norm > part.shortcut_norm for part in parts)
    return (
        "At each addition: how long the shortcut's values and the branch's are as vectors, and whether they point the "
        f"same way. Of {len(parts)} blocks, {longer} add more than they were given. Without one of them alone the "
        f"answer is no longer {answer.label} in {changing} cases. "
        + _most_needed(look.label, block_name(worst.path), whole - worst.probability)
    )


def _most_needed(label: str, block: str, loss: float) -> str:
    if loss < LEAST:
        return f"No block alone is worth a tenth of a point to {label}."
    return f"{block} matters most to {label}: {percent(loss)} of probability go with it."
