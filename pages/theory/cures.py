"""The view of ways to train that cure nothing: a recorded table, each cell of which can be trained here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import background
from pages._layout import PROSE_WIDTH, chart, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.theory.measuring import MEASURED, ask, awaits, experiment, measured, numbers, rest, settings_row, verdict

if TYPE_CHECKING:
    from resnet_core.lab.theory.background import Seen
    from resnet_core.lab.theory.refutation import Refutation
    from resnet_core.lab.theory.start import Progress

LEARNED = 0.5  # loss in nats, where a guess has 2.303
ARMS = ("plain", "residual")
WAY = "SGD, rate 0.02"


def show_cures() -> None:
    """Other rates, clipping, warm-up, Adam and layer-wise steps: a recorded table, each cell of which can be run."""
    with experiment("cures"):
        options = ("none of them", "one or two", "most of them")
        guess = ask("cures", "With how many of thirteen ways does a plain network of 56 layers learn?", options)
        found = rc.theory.recorded_refutation()
        if guess is None:
            awaits(MEASURED)
        else:
            _judge(found, guess, options)
            loss = {arm: st.column_config.NumberColumn(f"loss, {arm}", format="%.3f") for arm in ARMS}
            st.dataframe(
                found.to_frame(), hide_index=True, alt="Training loss of both networks with each way",
                column_config=loss, placeholder="", height="content",
                key="cures_table", on_select=partial(_take_cell, found), selection_mode="single-cell",
            )  # fmt: skip
            _one_cell(found)
            numbers(found, "refutation")
    rest(
        "cures", rc.theory.refutation, cure=st.session_state.get("cure", WAY), arm=st.session_state.get("arm", ARMS[0])
    )


def _judge(found: Refutation, guess: str, options: tuple[str, ...]) -> None:
    losses = {arm: [cell.loss for cell in found.cells if cell.arm == arm] for arm in ARMS}
    learned = {arm: sum(loss < LEARNED for loss in row) for arm, row in losses.items()}
    answer = options[0] if not learned["plain"] else options[1] if learned["plain"] < 3 else options[2]
    best, tried = min(losses["plain"]), len(losses["residual"])
    sentence = (
        f"Recorded after {found.steps} steps: the plain one's loss is at best {best:.2f} (a guess has 2.30), "
        f"the residual one's below {LEARNED:g} with {learned['residual']} of {tried}."
    )
    verdict(guess, answer, sentence)


def _take_cell(found: Refutation) -> None:
    """A number that is chosen in the table is the cell that can be trained."""
    for row, column in st.session_state.cures_table.selection.cells:
        st.session_state["cure"] = found.to_frame()["training"].iloc[row]
        if column in ARMS:
            st.session_state["arm"] = column


def _one_cell(found: Refutation) -> None:
    """Train one network one way, and see where its loss goes."""
    ways = [cell.cure for cell in found.cells if cell.arm == ARMS[0]]
    asked = asked_in_vain(cure=ways, arm=ARMS)
    st.markdown("**Train one cell again, here.** Choose it below or in the table.")
    with settings_row() as row:
        cure = st.selectbox("Way to train", ways, ways.index(WAY), key="cure", bind="query-params", width=220)
        arm = st.segmented_control("Network", ARMS, default=ARMS[0], key="arm", bind="query-params", required=True)
    say_in_vain(asked)
    key, recorded = f"refutation {cure} {arm}", found.loss(cure, arm)

    def draw(seen: Seen) -> None:
        """What has been trained so far."""
        figure = rc.figures.cure_figure(seen.so_far, arm, found.steps, recorded, theme_name())
        chart(figure, "cell", f"Training loss of the {arm} network, {cure}, after {len(seen.so_far)} steps")

    run = partial(_train, key, cure, arm)
    trained = measured(key, run, "asked", "some 10 seconds", "Train this cell", draw, row, empty=False)
    seen = background().look(key)
    if trained is not None and seen is not None:
        with st.container(width=PROSE_WIDTH):
            st.markdown(f"{cure}, {arm}: trained here **{trained.loss(cure, arm):.3f}**, recorded {recorded:.3f}.")
        draw(seen)


def _train(key: str, cure: str, arm: str, progress: Progress) -> Refutation:
    return rc.theory.refutation([cure], [arm], progress=progress, each_loss=partial(background().note, key))
