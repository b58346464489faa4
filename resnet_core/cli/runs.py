"""Commands about runs that are over: runs list, show, export, record, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from resnet_core.cli.printing import Form, print_frame, print_note

if TYPE_CHECKING:
    from resnet_core.lab.runs.history import RunHistory
    from resnet_core.lab.runs.recorded import RecordedRun
    from resnet_core.lab.runs.records import RunSnapshot

commands = typer.Typer(help="List, show and export finished races and recorded trainings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands, name="runs")


@commands.command("list")
def list_all(form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table) -> None:
    """List the finished races of this machine, newest first, and the recorded trainings.

    Example:

        python -m resnet_core runs list
    """
    import pandas as pd

    from resnet_core.lab.runs.recorded import recorded_runs
    from resnet_core.lab.runs.table import recorded_table, run_table

    history = _history()
    print_frame(pd.concat([run_table(history.latest(history.keep)), recorded_table(recorded_runs())]), form)
    if form is Form.table:
        print_note("\nLosses are training losses; errors in percent. `runs show RUN` says what the curves show.")


@commands.command()
def show(run: Annotated[str, typer.Argument(help="A name from `runs list`, or the beginning of one.")]) -> None:
    """Say what a run was and what its curves show, and print its epochs.

    Example:

        python -m resnet_core runs show cifar_plain56
    """
    from resnet_core.lab.runs.named import find_run, run_rows
    from resnet_core.lab.runs.table import run_sentences

    found = find_run(run, _history())
    print("\n".join(run_sentences(found)), end="\n\n")
    print_frame(run_rows(found, "epochs"), Form.table)


@commands.command()
def export(
    run: Annotated[str, typer.Argument(help="A name from `runs list`, or the beginning of one.")],
    out: Annotated[Path, typer.Option(help="A file: .csv, .json, .md, .tex, .html, .png, .svg or .pdf.")],
    detail: Annotated[str | None, typer.Option(help="steps or epochs; the finest that there is otherwise.")] = None,
) -> None:
    """Write a run's curves as a table or as a chart. The file's suffix says which.

    A chart as .html needs no network to be opened; a picture needs `pip install kaleido` and a Chrome.

    Examples:

        python -m resnet_core runs export 89f8c5 --out race.html

        python -m resnet_core runs export cifar_plain56 --out plain56.csv
    """
    from resnet_core.anatomy.tables.as_text import SUFFIXES, export_table
    from resnet_core.atomic import write_atomically
    from resnet_core.figures.files import save_figure
    from resnet_core.lab.runs.named import Detail, find_run, run_rows
    from resnet_core.lab.runs.table import run_sentences

    if detail not in (None, "steps", "epochs"):
        raise typer.BadParameter(f"detail={detail!r} does not work: it must be steps or epochs.")
    found = find_run(run, _history())
    forms = {f".{suffix}": form for form, suffix in SUFFIXES.items()}
    if out.suffix in forms:
        rows = run_rows(found, cast("Detail | None", detail))
        write_atomically(out, export_table(rows, forms[out.suffix]).encode())
    else:
        save_figure(_figure(found, detail), out, run_sentences(found)[0])
    print(f"Written: {out}")


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
    out: Annotated[Path, typer.Option(help="The file to write, e.g. cifar_plain56.json.")],
    note: Annotated[str, typer.Option(help="Where the pictures come from.")] = "",
) -> None:
    """Keep a training as one small file without its weights: all epochs, recipe, command, machine and time.

    Example:

        python -m resnet_core runs record runs/plain56 --out cifar_plain56.json
    """
    from resnet_core.lab.runs.recorded import record_run, save_run

    save_run(record_run(folder, note), out)
    print(f"Written: {out} ({out.stat().st_size / 1000:.0f} kB)")


@commands.command()
def check(
    seeds: Annotated[int, typer.Option(min=1, max=100, help="How many seeds, from 0 on.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long each race may take, on the clock.")] = 30.0,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
) -> None:
    """Race the default pair once for each seed, as the page does, and print both losses when the time is up.

    Example:

        python -m resnet_core runs check --seeds 5 --seconds 30
    """
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
    print_frame(table, form)
    if form is Form.table:
        wide = int((table["ratio"] >= 4).sum())
        print_note(f"\nThe residual loss is at most a quarter of the plain one for {wide} of {seeds} seeds.")


def _history() -> RunHistory:
    from resnet_core.cache import cache_folder
    from resnet_core.lab.runs.history import RunHistory

    return RunHistory(cache_folder() / "races.sqlite")
