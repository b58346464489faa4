"""Views of the start: the plain network begun as a copy, and what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import percent
from pages.frame.whole import whole_table
from pages.theory.measuring import FIRST_CHOOSE, ask, awaits, experiment, rest, verdict
from pages.training.in_place import race_in_place
from resnet_core.anatomy.papers.published import TABLE_6

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

ARMS = ("plain", "copy", "residual")
NARROW = {"w begins at": "first w", "first dL/dw": "dL/dw", "first error": "error", "last output": "ends at"}


def show_copy() -> None:
    """The race's third arm."""
    with experiment("copy"):
        options = ("it stands still", "it comes halfway", "it learns like a residual one")
        guess = ask("copy", "A plain network of 56 layers, begun as a copy of its input, without a shortcut:", options)
        run = race_in_place(
            "_copy_run", "Race all three", _request,
            locked="" if guess else "Choose first what you expect.", note="On this machine, in a minute or more.",
            judge=lambda run: _judge(run, guess, options) if guess is not None else None,
        )  # fmt: skip
        if run is None:
            awaits("The race appears here, once it is started." if guess else FIRST_CHOOSE)
    rest("copy", rc.race)
    st.page_link(
        "pages/race.py", label="The same race with other settings", icon=":material/speed:",
        query_params={"networks": list(ARMS)},
    )  # fmt: skip


def _request() -> RunRequest:
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.records import RunRequest

    return RunRequest(config=RACE, arms=ARMS)


def _judge(run: RunSnapshot, guess: str, options: tuple[str, ...]) -> None:
    from resnet_core.lab.runs.curves import final_errors

    errors = final_errors(run.metrics)
    if set(errors) < set(ARMS):
        return
    gap = errors["plain"] - errors["residual"]
    place = (errors["plain"] - errors["copy"]) / gap if gap > 0 else 0.0
    answer = options[0] if place < 0.25 else options[2] if place > 0.75 else options[1]
    words = ", ".join(f"{arm} {percent(errors[arm])}" for arm in ARMS)
    verdict(guess, answer, f"Wrong answers on unseen digits: {words}.")


def show_open() -> None:
    """What none of this explains."""
    with experiment("open"):
        st.markdown("**5 to 5.1, by gradient descent on one weight** (w, dL/dw and error: before the first step)")
        whole_table(
            rc.theory.sensitivity().to_frame(), hide_index=True, alt="Descents of one weight", column_config=NARROW
        )
        st.markdown("**Test error on CIFAR-10, as published** (He et al. 2015, Table 6; 110 layers: best of five)")
        published = [{"network": row.printed, "wrong %": row.top1} for row in TABLE_6]
        whole_table(published, hide_index=True, alt="Published test errors by depth")
    rest("open", rc.theory.sensitivity)
    links = {
        "Race at 20 layers": {"depth": "20"},
        "Race at rate 0.1": {"rate": "0.1"},
        "Race without batch norm": {"batch_norm": "false", "rate": "0.005"},
    }
    with st.container(horizontal=True):
        for label, query in links.items():
            st.page_link("pages/race.py", label=label, icon=":material/speed:", query_params=query)
