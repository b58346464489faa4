"""Recorded trainings of plain and residual networks, replayed beside the paper's figure 6."""

from __future__ import annotations

from typing import Any

import streamlit as st

import resnet_core as rc
from pages._caches import recordings
from pages._layout import PROSE_WIDTH, chart, how, literal, prose, theme_name, unbroken
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.training.replay import replay
from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
from resnet_core.figures.training.replay import ceiling
from resnet_core.lab.runs.degradation import beside_paper, depth_sentences, missing_commands, recipe_differences
from resnet_core.lab.runs.recorded import RecordedRun, block_table, epoch_table

INSIDE = {"gradient norm": "gradient_norms", "activation scale": "activation_scales"}
ERRORS = ("training error", "test error", "paper's test error")


def show_missing(runs: list[RecordedRun]) -> None:
    """What is not recorded here, and the commands that record it."""
    commands = missing_commands(runs)
    if not commands:
        return
    with st.container(width=PROSE_WIDTH):
        st.markdown(f"Not recorded here yet: {', '.join(commands)}. These commands train and record them.")
    lines = (
        f"{command} --out runs/{name}\n"
        f"python -m resnet_core runs record runs/{name} --out resnet_core/data/runs/{name}.json"
        for name, command in commands.items()
    )
    st.code("\n".join(lines), language=None, wrap_lines=True)


def show_blocks(runs: list[RecordedRun]) -> None:
    """A map of one value for each run, block by block over the epochs, all on one scale."""
    st.subheader("Inside, block by block", anchor=False)
    asked = asked_in_vain(inside=INSIDE)
    chosen = st.segmented_control(
        "What is measured", list(INSIDE), default="gradient norm", key="inside", bind="query-params", required=True
    )
    say_in_vain(asked)
    maps = _block_maps(tuple(run.model for run in runs), chosen, theme_name(), runs)
    columns = [column for _ in range(0, len(runs), 2) for column in st.columns(2, gap="large")]
    for column, run, figure in zip(columns, runs, maps, strict=False):
        with column:
            st.markdown(f"**{run.title}**")
            alt = f"{chosen.capitalize()} of each block over the epochs, {run.title}"
            chart(figure, f"inside_{run.model}", alt)


@st.cache_resource(max_entries=8, show_spinner=False)  # what is recorded is the same for all
def _block_maps(models: tuple[str, ...], chosen: str, theme: str, _runs: list[RecordedRun]) -> list[Any]:
    tables = [block_table(run, INSIDE[chosen]) for run in _runs]
    lowest, highest = rc.figures.block_scale(tables)
    return [
        rc.figures.gradient_figure(table, lowest, highest, theme, quantity=chosen.split()[1], time="epoch")
        for table in tables
    ]


def show_origin(runs: dict[str, RecordedRun]) -> None:
    """Every number, and where it comes from."""
    with st.expander("The numbers, and how they were made", icon=":material/table:"):
        st.dataframe(epoch_table(runs), hide_index=True, alt="Loss and errors of each run and epoch")
        origin = [
            {
                "run": name, "command": run.command, "seed": run.recipe.seed, "hours": run.seconds / 3600,
                "machine": run.machine, "precision": run.precision, "pictures": run.note,
            }
            for name, run in runs.items()
        ]  # fmt: skip
        hours = st.column_config.NumberColumn(format="%.1f")
        st.dataframe(origin, hide_index=True, alt="How each run was made", column_config={"hours": hours})


def show_recipes() -> None:
    """How the papers train, row by row: what the commands of these names do."""
    from resnet_core.lab.recipe.table import recipe_table

    with st.expander("How the papers train", icon=":material/menu_book:"):
        st.dataframe(recipe_table(), hide_index=True, alt="Recipes of the papers")
        st.caption(
            "One step learns from one batch. The rate is how far it goes, momentum how much of the last step it keeps, "
            "decay how strongly weights are pulled to zero. On ImageNet the paper lowers the rate when the "
            "error stands still; this recipe does so after each third. No network here has dropout: batch norm is in "
            "its place."
        )


def show_recorded() -> None:
    """Replay the recorded runs, say what their curves say, and set them beside the paper."""
    try:
        recorded = recordings()
    except rc.DataError as error:
        st.error(literal(error), icon=":material/broken_image:")
        recorded = {}
    runs = list(recorded.values())
    if runs:
        with st.container(width=PROSE_WIDTH):
            end = ceiling(runs)
            outside = (
                f" Errors above {end}\u00a0% lie outside the chart; the table below has them." if end < 100 else ""
            )
            st.caption(
                "Bold lines are test errors, thin ones training errors. Squares and dashes are plain, circles residual."
                f"{outside}"
            )
        replay(runs, theme_name())
        says, tries = st.columns(2, gap="large")
        with says:
            st.subheader("What the curves say", anchor=False)
            st.markdown("\n".join(f"- {unbroken(sentence)}" for sentence in depth_sentences(runs)))
        with tries:
            prose("degradation_try")
    show_missing(runs)
    if runs:
        st.subheader("Errors beside the paper's", anchor=False)
        whole_table(
            beside_paper(runs, CIFAR_10_ERRORS), hide_index=True, placeholder="",
            alt="Last errors of these runs and of the paper's",
            column_order=("network", *ERRORS),
            column_config={
                name: st.column_config.NumberColumn(name.replace(" error", ""), format="%.2f %%") for name in ERRORS
            },
        )  # fmt: skip
        with st.container(width=PROSE_WIDTH):
            notes = ". ".join(sorted({run.note for run in runs if run.note}))
            st.markdown(
                f"These runs differ from the paper's: {'; '.join(recipe_differences(runs[0]))}. "
                f"{f'The pictures: {notes}. ' if notes else ''}The paper's plain networks are read off its figure."
            )
        show_blocks(runs)
        show_origin(recorded)
    show_recipes()
    how("degradation_how", depth_sentences)
    if runs:
        offer_notebook("recorded")
