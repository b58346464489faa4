"""Exercise 2 of document 002: the five networks of the paper's Table 1, built, counted, and in their first steps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import background
from pages._layout import PROSE_WIDTH, chart, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.frame.whole import whole_table
from pages.theory.measuring import MEASURED, ask, awaits, measured, numbers, verdict
from resnet_core.anatomy.papers.published import TABLE_3

if TYPE_CHECKING:
    from resnet_core.lab.theory.background import Seen
    from resnet_core.lab.theory.first_steps import Beginnings
    from resnet_core.lab.theory.start import Progress

NAMES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
COMMANDS = """python -m resnet_core theory table_1 --again
python -m resnet_core train --config d2l-fashion-mnist --model resnet34 --data-dir DIR"""


def show_table_1() -> None:
    """A guess, the five networks with what they cost and how they begin, and one of them trained here."""
    with st.container(width=PROSE_WIDTH):
        st.markdown(
            '**Exercise.** "Refer to Table 1 in the ResNet paper to implement different variants of the network" (Dive '
            "into Deep Learning, 8.6.8). Two entries make each of the five: the kind of block, and how many blocks "
            "stand in each of four stages. Usual mistake: 34 and 50 layers have the same numbers of blocks; only the "
            "kind differs."
        )
    guess = ask("table_1", "After 40 steps, which of them answers new digits best?", NAMES)
    if guess is None:
        awaits(MEASURED)
        return
    found: Beginnings = rc.theory.recorded_table_1()
    table = found.beside_costs()
    best, worst = (table.sort_values("wrong %").iloc[place] for place in (0, -1))
    verdict(
        guess, best["network"],
        f"It has {best['wrong %']:.1f} % wrong, {worst['network']} {worst['wrong %']:.1f} %. " + _published(),
    )  # fmt: skip
    whole_table(
        table, hide_index=True, alt="The networks of Table 1, and how they begin",
        column_order=("network", "block", "blocks", "params", "loss", "wrong %"),
        on_phone=("network", "params", "wrong %"),
        column_config={
            "params": st.column_config.NumberColumn("parameters", format="localized"),
            "loss": st.column_config.NumberColumn("loss", format="%.2f"),
            "wrong %": st.column_config.NumberColumn("wrong", format="%.1f %%"),
        },
    )  # fmt: skip
    with st.container(width=PROSE_WIDTH):
        st.caption(
            f"Recorded: {found.steps} steps of 32 digits of 32×32 pixels, one rate, mean of two seeds. That is a "
            "beginning: it says how soon a network learns, not how well it ends. The chapter trains on Fashion-MNIST; "
            "who has it, or a connection, does so with the second command."
        )
    _train_one(found)
    st.code(COMMANDS, language=None, wrap_lines=True)
    numbers(found, "table_1")


def _published() -> str:
    """How the deeper ones end, as the paper has it."""
    errors = {row.variant: row.top1 for row in TABLE_3}
    told = f"{errors['resnet34_b']:.2f} % for 34 layers, {errors['resnet152_v1']:.2f} % for 152"
    return f"After the paper's 600,000 steps on ImageNet it is the other way round: top-1 error {told}."


def _train_one(found: Beginnings) -> None:
    """One of the five, trained in the visitor's sight, beside what is recorded of it."""
    asked = asked_in_vain(begin=NAMES)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium") as row:
        name = st.selectbox("Train one again, here", NAMES, key="begin", bind="query-params", width=220)
    say_in_vain(asked)
    key = f"table_1 {name}"
    recorded = next(one.loss for one in found.found if (one.network, one.seed) == (name, 0))

    def draw(seen: Seen) -> None:
        """Its loss so far."""
        figure = rc.figures.cure_figure(seen.so_far, "residual", found.steps, recorded, theme_name())
        chart(figure, "begun", f"Training loss of {name} after {len(seen.so_far)} steps")

    seconds = "some 15 seconds for 18 layers, a minute or two for 152,"
    trained = measured(key, partial(_train, key, name), "asked", seconds, "Train", draw, row, empty=False)
    seen = background().look(key)
    if trained is not None and seen is not None:
        with st.container(width=PROSE_WIDTH):
            st.markdown(f"{name}: trained here **{trained.mean_loss(name):.3f}**, recorded {recorded:.3f}.")
        draw(seen)


def _train(key: str, name: str, progress: Progress) -> Beginnings:
    return rc.theory.table_1((name,), (0,), progress=progress, each_loss=partial(background().note, key))
