"""Commands about runs that are over: runs list, show, export, record, check."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from resnet_core.atomic import check_file
from resnet_core.cli.forms import ENDINGS, AsForm, IntoFile, choose_target
from resnet_core.cli.printing import print_note
from resnet_core.errors import DataError, require
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

if TYPE_CHECKING:
    from resnet_core.lab.runs.history import RunHistory
    from resnet_core.lab.runs.recorded import RecordedRun
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

MOST_KEPT = 50_000  # records of one race in the history; of a longer one each second, third ... step

commands = typer.Typer(help="List, show and export finished races and recorded trainings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands, name="runs")


@commands.command("list")
def list_all(form: AsForm = None, output: IntoFile = None) -> None:
    """List the finished races of this machine, newest first, and the recorded trainings.

    Example:

        python -m resnet_core runs list
    """
    target = choose_target(form, output)

    import pandas as pd

    from resnet_core.lab.runs.recorded import recorded_runs
    from resnet_core.lab.runs.table import recorded_table, run_table

    history = _history()
    try:
        races = history.latest(history.keep)
    except DataError as error:  # the recorded trainings are in the package
        print(f"Races are left out. {error}", file=sys.stderr)
        races = []
    target.show(pd.concat([run_table(races), recorded_table(recorded_runs())]))
    if target.for_people:
        print_note("\nLosses are training losses; errors in percent. `runs show RUN` says what the curves show.")


@commands.command()
def show(
    run: Annotated[str, typer.Argument(help="A name from `runs list`, or the beginning of one.")],
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Say what a run was and what its curves show, and print its epochs; formats for programs have these alone.

    Example:

        python -m resnet_core runs show cifar_plain56
    """
    target = choose_target(form, output)

    from resnet_core.lab.runs.named import find_run, run_rows
    from resnet_core.lab.runs.table import run_sentences

    found = find_run(run, _history())
    if target.for_people:
        print("\n".join(run_sentences(found)), end="\n\n")
    target.show(run_rows(found, "epochs"))


@commands.command()
def export(
    run: Annotated[str, typer.Argument(help="A name from `runs list`, or the beginning of one.")],
    output: Annotated[
        str | None,
        typer.Option("--output", "--out", metavar="FILE", help=".csv, .json, .md, .tex, .html, .png, .svg or .pdf."),
    ] = None,
    form: AsForm = None,
    detail: Annotated[str | None, typer.Option(help="steps or epochs; the finest that there is otherwise.")] = None,
) -> None:
    """Write a run's curves as a table or as a chart. The ending of the file's name says which.

    A chart as .html needs no network to be opened; a picture needs `pip install kaleido` and a Chrome.

    Examples:

        python -m resnet_core runs export 89f8c5 --output race.html

        python -m resnet_core runs export cifar_plain56 --output plain56.csv
    """
    from resnet_core.figures.files import SUFFIXES as FIGURES
    from resnet_core.figures.files import save_figure
    from resnet_core.lab.runs.named import Detail, find_run, run_rows
    from resnet_core.lab.runs.table import run_sentences

    if detail not in (None, "steps", "epochs"):
        raise typer.BadParameter(f"detail={detail!r} does not work: it must be steps or epochs.")
    chart = Path(output) if output and Path(output).suffix.lower() in FIGURES else None
    if chart is None:
        target = choose_target(form, output, (*ENDINGS, *FIGURES))
        target.show(run_rows(find_run(run, _history()), cast("Detail | None", detail)))
        return
    require(form is None, "format", form and form.value, f"left away: {chart.name} is a chart")
    found = find_run(run, _history())
    check_file(chart)
    save_figure(_figure(found, detail), chart, run_sentences(found)[0])
    print(f"Written: {chart}")


def _figure(run: RunSnapshot | RecordedRun, detail: str | None) -> Any:
    """The curves as a Plotly figure: losses of a race's steps, errors of epochs."""
    from resnet_core.figures.training.race import race_error_figure, race_loss_figure
    from resnet_core.lab.runs.curves import epoch_curves, step_curves
    from resnet_core.lab.runs.recorded import RecordedRun

    if isinstance(run, RecordedRun):
        return race_error_figure(epoch_curves(run.epochs).assign(arm=run.kind), run.epochs[-1].step)
    if detail == "epochs":
        return race_error_figure(epoch_curves(run.metrics), run.total_steps)
    return race_loss_figure(step_curves(run.metrics), run.total_steps)


@commands.command()
def record(
    folder: Annotated[Path, typer.Argument(help="Of a finished training, as `train` leaves it.")],
    out: Annotated[Path, typer.Option("--output", "--out", help="The file to write, e.g. cifar_plain56.json.")],
    note: Annotated[str, typer.Option(help="Where the pictures come from.")] = "",
) -> None:
    """Keep a training as one small file without its weights: all epochs, recipe, command, machine and time.

    Example:

        python -m resnet_core runs record runs/plain56 --output cifar_plain56.json
    """
    from resnet_core.lab.runs.recorded import record_run, save_run

    check_file(out)
    save_run(record_run(folder, note), out)
    print(f"Written: {out} ({out.stat().st_size / 1000:.0f} kB)")


@commands.command()
def check(
    seeds: Annotated[int, typer.Option(min=1, max=100, help="How many seeds, from 0 on.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each race may take, on the clock.")] = 30.0,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Race the default pair once for each seed, as the page does, and print both losses when the time is up.

    Example:

        python -m resnet_core runs check --seeds 5 --seconds 30
    """
    target = choose_target(form, output)

    import pandas as pd

    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.curves import final_losses
    from resnet_core.lab.runs.timed_races import timed_race

    rows = []
    for seed in range(seeds):
        run = timed_race(RACE.override(seed=seed), seconds=seconds)
        losses = final_losses(run.metrics)
        plain, residual = losses.get("plain", float("nan")), losses.get("residual", float("nan"))
        rows.append((seed, run.step, round(plain, 4), round(residual, 4), round(plain / residual, 2)))
    table = pd.DataFrame(rows, columns=["seed", "steps", "plain_loss", "residual_loss", "ratio"])
    target.show(table)
    if target.for_people:
        wide = int((table["ratio"] >= 4).sum())
        print_note(f"\nThe residual loss is at most a quarter of the plain one for {wide} of {seeds} seeds.")


def keep_race(request: RunRequest, seen: Sequence[StepMetrics | EpochMetrics], total_steps: int) -> str:
    """Put a race that is over into this machine's history, and say where it is found again, or why it is not kept."""
    from resnet_core.lab.runs.records import RunSnapshot

    every = 1 + len(seen) // MOST_KEPT
    run = RunSnapshot(
        id=f"{request.id}-{secrets.token_hex(4)}", request=request, state="finished", total_steps=total_steps,
        metrics=tuple(m for m in seen if m.step % every == 0 or isinstance(m, EpochMetrics)),
        step=max(m.step for m in seen), elapsed_s=sum({m.arm: m.elapsed_s for m in seen}.values()),
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    try:
        _history().add(run)
    except DataError as error:
        return f"The race is not kept. {error}"
    return f"The race is kept: `runs show {run.id}`."


def _history() -> RunHistory:
    from resnet_core.cache import cache_folder
    from resnet_core.lab.runs.history import RunHistory

    return RunHistory(cache_folder() / "races.sqlite")
