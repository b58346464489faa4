"""The view of lesions: what one block is worth, recorded on a thousand pictures, and measured again here."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import background
from pages._layout import PROSE_WIDTH, chart, literal, percent, theme_name, unbroken
from pages._links import asked_in_vain, say_in_vain, unknown_among
from pages.theory.measuring import MEASURED, ask, awaits, experiment, measured, numbers, rest, verdict

if TYPE_CHECKING:
    from resnet_core.lab.theory.lesions import Lesions
    from resnet_core.lab.theory.start import Progress

CHANGES = ("nothing", "noise", "opposite", "another picture's")
HERE = ("CIFAR-10, one block", "digits, all blocks")
AT_ONCE = 100  # pictures: at most three seconds of one core, for the first of 27 blocks


def show_lesions() -> None:
    """One block at a time adds nothing, noise, the opposite, or another picture's."""
    with experiment("lesions"):
        options = ("under 3 points", "3 to 15 points", "over 15 points")
        question = "One block is left out: F adds nothing. How many more answers are wrong, for the median block?"
        guess = ask("lesions", question, options)
        networks = rc.theory.lesion_networks()
        asked = asked_in_vain(net=networks) | unknown_among("instead", CHANGES)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            network = st.segmented_control(
                "Network", networks, default=networks[0], key="net", bind="query-params", required=True
            )
            instead = st.segmented_control(
                "In place of F", CHANGES, selection_mode="multi", default=["nothing", "noise"], key="instead",
                bind="query-params",
            )  # fmt: skip
        say_in_vain(asked)
        if guess is None:
            awaits(MEASURED)
        else:
            recorded = rc.theory.recorded_lesions(network)
            middle, sentence = _told(recorded)
            answer = options[0] if middle < 3 else options[1] if middle < 15 else options[2]
            verdict(guess, answer, sentence)
            chart(rc.figures.lesions_figure(recorded, instead, theme_name()), "lesions", sentence)
            numbers(recorded, "lesions")
            _here(network, recorded, instead)
    rest("lesions", rc.theory.lesions, network=network, instead=list(instead))


def _told(found: Lesions) -> tuple[float, str]:
    """What the median block costs, in points, and that in a sentence."""
    from resnet_core.figures.photo.block_parts import block_name

    costs = found.costs()
    middle, worst = median(costs.values()), max(costs, key=costs.__getitem__)
    return middle, (
        f"{found.model}, {found.pictures:,} pictures: {percent(found.wrong / found.pictures)} wrong as it is. "
        f"The median block costs {middle:.1f} points, {block_name(worst)} costs most: {costs[worst]:.1f}."
    )


def _here(network: str, recorded: Lesions, instead: list[str]) -> None:
    """The same on this machine: on the pictures of the record, where they lie on its disk, or on digits."""
    from resnet_core.figures.photo.block_parts import block_name
    from resnet_core.lab.data.available import cifar10_on_disk

    st.markdown("##### Again, on this machine")
    offered, blocks = HERE if cifar10_on_disk() else HERE[1:], {block_name(path): path for path in recorded.costs()}
    asked, on = asked_in_vain(on=offered, block=blocks), offered[-1]
    if len(offered) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            on = st.segmented_control("On", offered, default=offered[0], key="on", bind="query-params", required=True)
            if on == HERE[0]:
                block = st.selectbox("Block", list(blocks), key="block", bind="query-params", width=200)
    say_in_vain(asked)
    if on == HERE[0]:
        _one_block(network, recorded, blocks[block])
    else:
        _digits(instead)


def _one_block(network: str, recorded: Lesions, block: str) -> None:
    """A hundred pictures at a time, which add up, beside the thousand that are recorded."""
    done = _so_far(network, block)
    if done is not None:
        with st.container(width=PROSE_WIDTH):
            st.markdown(unbroken(_beside(done, recorded, block)))
        share, right = st.column_config.NumberColumn(format="%.1f %%"), st.column_config.TextColumn(alignment="right")
        st.dataframe(
            _table(done, recorded, block), hide_index=True, alt=f"Answers with {block} changed",
            column_config={"wrong here": share, "recorded": share, "points more": right},
        )  # fmt: skip
    start = done.pictures if done else 0
    if start < recorded.pictures:
        label = f"Measure {AT_ONCE} more pictures" if done else f"Measure {AT_ONCE} pictures"
        run = partial(_block, network, block, start)
        if measured(_key(network, block, start), run, "asked", "up to 3 seconds", label, empty=not done) is not None:
            st.rerun()


def _key(network: str, block: str, start: int) -> str:
    return f"lesions {network} {block} {start}"


def _block(network: str, block: str, start: int, progress: Progress) -> Lesions:
    return rc.theory.block_lesions(network, block, start, AT_ONCE, progress)


def _so_far(network: str, block: str) -> Lesions | None:
    """All hundreds that visitors have measured of this block, added up."""
    total: Lesions | None = None
    while (seen := background().look(_key(network, block, total.pictures if total else 0))) and seen.result:
        total = total + seen.result if total else seen.result
    return total


def _beside(done: Lesions, recorded: Lesions, block: str) -> str:
    from resnet_core.figures.photo.block_parts import block_name

    here, there = (100 * one.wrong / one.pictures for one in (done, recorded))
    return (
        f"The first {done.pictures:,} of the {recorded.pictures:,} pictures: {here:.1f} % wrong as it is (all: "
        f"{there:.1f} %), {done.error(block):.1f} % when {block_name(block)} adds nothing (all: "
        f"{recorded.error(block):.1f} %)."
    )


def _table(done: Lesions, recorded: Lesions, block: str) -> list[dict[str, object]]:
    """A row for each change: the pairs that make the difference, and what is recorded."""
    return [
        {
            "in place of F": row["in place of F"], "wrong here": row["wrong %"],
            "points more": f"{row['points more']:+.1f} ± {row['standard error']:.1f}",
            "broken": row["broken"], "mended": row["mended"],
            "recorded": recorded.error(block, row["in place of F"]),
        }
        for row in done.to_frame().to_dict("records")
    ]  # fmt: skip


def _digits(instead: list[str]) -> None:
    """Another network and other pictures: trained on digits now, then cut."""
    with st.container(width=PROSE_WIDTH):
        st.markdown(
            "A residual network of 20 layers learns the bundled digits for two passes; then each block's F is "
            "replaced on digits that it has not seen. It is small and young: expect larger costs than above."
        )
    found = measured(
        "digit_lesions", lambda progress: rc.theory.digit_lesions(progress=progress), "asked", "some 3 seconds",
        "Train and measure on digits",
    )  # fmt: skip
    if found is not None:
        _, sentence = _told(found)
        with st.container(width=PROSE_WIDTH):
            st.markdown(literal(sentence))
        chart(rc.figures.lesions_figure(found, instead, theme_name()), "digit_lesions", sentence)
        numbers(found, "digit_lesions")
