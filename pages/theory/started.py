"""Views of the start and of training: the plain network begun as a copy, cures that do not cure, what stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal, percent
from pages._server import job_manager
from pages.frame.whole import whole_table
from pages.theory.measuring import ask, experiment, numbers, rest, verdict
from pages.training.runs import show_run
from pages.training.visitor import visitor
from resnet_core.anatomy.papers.published import TABLE_6

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

LEARNED = 0.5  # loss in nats, where a guess has 2.303
ARMS = ("plain", "copy", "residual")


def show_copy() -> None:
    """The race's third arm."""
    with experiment("copy"):
        options = ("it stands still like the plain one", "in between", "it learns nearly like the residual one")
        guess = ask("copy", "A plain network of 56 layers, begun as a copy of its input, without a shortcut:", options)
        jobs, owner = job_manager(), visitor()
        run_id = st.session_state.get("_copy_run", "")
        run = jobs.snapshot(run_id, owner) if run_id else None
        if run is None and st.button(
            "Race all three", type="primary", icon=":material/play_arrow:", disabled=guess is None, key="race_copy",
            help="On this machine, in a minute or more." if guess else "Choose first what you expect.",
        ):  # fmt: skip
            try:
                st.session_state["_copy_run"] = jobs.submit(_request(), owner).id
                st.rerun()
            except rc.ResNetCoreError as error:
                st.warning(literal(error), icon=":material/hourglass_top:")
        if run and run.absent:
            jobs.resume(run_id, owner)  # who comes back wants to see it go on

        @st.fragment(run_every=1.0 if run and not run.ended else None)
        def watch() -> None:
            """Draw the race as it is now; once it has ended, the page stops asking."""
            now = jobs.snapshot(run_id, owner)
            if now:
                show_run(now)
            if now and now.ended and run and not run.ended:
                st.rerun()

        if run:
            if run.ended and guess is not None:
                _judge(run, guess, options)
            watch()
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


def show_cures() -> None:
    """Other rates, clipping, warm-up, Adam and layer-wise steps: a recorded table, each row of which can be run."""
    with experiment("cures"):
        options = ("none of them", "one or two", "most of them")
        guess = ask("cures", "With how many of thirteen ways does a plain network of 56 layers learn?", options)
        if guess is None:
            st.caption("Choose what you expect; then the table is shown.")
        else:
            found = rc.theory.recorded_refutation()
            losses = {arm: [cell.loss for cell in found.cells if cell.arm == arm] for arm in ("plain", "residual")}
            learned = {arm: sum(loss < LEARNED for loss in row) for arm, row in losses.items()}
            answer = options[0] if not learned["plain"] else options[1] if learned["plain"] < 3 else options[2]
            best, tried = min(losses["plain"]), len(losses["residual"])
            sentence = (
                f"Recorded after {found.steps} steps: the plain one's loss is at best {best:.2f} (a guess has 2.30), "
                f"the residual one's below {LEARNED:g} with {learned['residual']} of {tried}."
            )
            verdict(guess, answer, sentence)
            loss = st.column_config.NumberColumn(format="%.3f")
            whole_table(
                found.to_frame(), hide_index=True, alt="Training loss of both networks with each way",
                column_config={"plain": loss, "residual": loss}, placeholder="", height="content",
            )  # fmt: skip
            numbers(found, "refutation")
            st.caption("A row again, on your own machine:")
            st.code(
                "import resnet_core as rc\nrc.theory.refutation(['AdamW, rate 0.001']).to_frame()", language="python"
            )
    rest("cures", rc.theory.refutation)


def show_open() -> None:
    """What none of this explains."""
    with experiment("open"):
        st.markdown("**5 to 5.1, by gradient descent on one weight**")
        whole_table(rc.theory.sensitivity().to_frame(), hide_index=True, alt="Descents of one weight")
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
