"""Commands that measure: bench trace, bench inference, bench train, bench load, bench theory, bench explore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeElapsedColumn
from rich.table import Table

from resnet_core.cli.forms import AsForm, Form, IntoFile, Target, choose_target
from resnet_core.cli.printing import print_note, print_wide, progress_bar
from resnet_core.errors import require
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from resnet_core.bench.measure import Watch
    from resnet_core.bench.report import Report

AsJson = Annotated[bool, typer.Option("--json", help="Short for --format json: one object.")]

commands = typer.Typer(help="Measure this package beside its peers, in turn, in one run.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands, name="bench")


@commands.callback()
def bench() -> None:
    """Measure this package beside its peers, in turn, in one run."""


@commands.command()
def trace(
    model: Annotated[str, typer.Option(help="A network that torchvision has too.")] = "resnet152",
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 7,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure how long the layer table takes, beside torchvision and torchinfo.

    Examples:

        python -m resnet_core bench trace

        python -m resnet_core bench trace --model resnet50 --repeats 3 --json
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.trace import bench_trace

    with watched() as watch:
        report = bench_trace(model, repeats, watch)
    print_report(report, target)


@commands.command()
def inference(
    model: Annotated[str, typer.Option(help="A network that torchvision has too.")] = "resnet50",
    batch: Annotated[
        list[int] | None, typer.Option(help="Pictures at once; may be repeated. 1 and 16 if left out.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 10,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    backend: Annotated[str, typer.Option(help="Ours: auto, openvino, cuda_graphs or eager.")] = "auto",
    agreement: Annotated[
        Path | None, typer.Option(help="A folder of pictures: how often automatic precision agrees with fp32.")
    ] = None,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure a forward pass, beside torchvision, ONNX Runtime and OpenVINO.

    Examples:

        python -m resnet_core bench inference

        python -m resnet_core bench inference --model resnet18 --batch 1 --batch 32 --json

        python -m resnet_core bench inference --agreement pictures/test
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.inference import bench_inference

    with watched() as watch:
        report = bench_inference(model, batch or (1, 16), repeats, device, backend, agreement, watch)
    print_report(report, target)


@commands.command()
def train(
    model: Annotated[
        list[str] | None, typer.Option(help="May be repeated. cifar_resnet20 and cifar_resnet56 if left out.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 5,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    data_dir: Annotated[Path | None, typer.Option(help="CIFAR-10; generated pictures if left out.")] = None,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure training, beside the plain PyTorch loop: fp32, NCHW, DataLoader with standard transforms.

    Examples:

        python -m resnet_core bench train

        python -m resnet_core bench train --model cifar_resnet20 --data-dir ~/data --json
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.train import bench_train

    with watched() as watch:
        report = bench_train(model or ("cifar_resnet20", "cifar_resnet56"), repeats, device, data_dir, watch)
    print_report(report, target)


@commands.command()
def load(
    weights: Annotated[str, typer.Option(help="A name from `weights list`.")] = DEFAULT_WEIGHTS,
    visitors: Annotated[int, typer.Option(help="How many classify at once.")] = 40,
    predictions: Annotated[int, typer.Option(help="Photos in all.")] = 500,
    explanations: Annotated[int, typer.Option(help="Grad-CAM maps in all, after them.")] = 200,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure a class of visitors who upload photos at once: errors, waiting times, memory.

    Example:

        python -m resnet_core bench load --visitors 40
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.load import bench_load

    with watched() as watch:
        report = bench_load(weights, visitors, predictions, explanations, watch)
    print_report(report, target)


@commands.command()
def theory(
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 1,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure what the experiments on why it works take of one core, beside what they may take.

    Example:

        python -m resnet_core bench theory --json
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.theory import bench_theory

    with watched() as watch:
        report = bench_theory(repeats, watch)
    print_report(report, target)


@commands.command()
def teach(
    photos: Annotated[int, typer.Option(help="JPEG files of each size.")] = 100,
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure what teaching takes: features of photos, the head beside scikit-learn's, a new photo; fine-tuning.

    Example:

        python -m resnet_core bench teach --json
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.teach import bench_teach

    with watched() as watch:
        report = bench_teach(photos, repeats, device, watch)
    print_report(report, target)


@commands.command()
def explore(
    model: Annotated[
        list[str] | None, typer.Option(help="One of twelve kinds, e.g. unet; may be repeated. All if left out.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 3,
    as_json: AsJson = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure the way from any module to its drawing, beside torchinfo, torchview and torchvista.

    Examples:

        python -m resnet_core bench explore

        python -m resnet_core bench explore --model resnet50 --model unet --repeats 1
    """
    target = choose_target(_form(form, as_json), output)

    from resnet_core.bench.explore import bench_explore
    from resnet_core.bench.kinds import KINDS

    with watched() as watch:
        report = bench_explore(model or tuple(KINDS), repeats, watch)
    print_report(report, target)


@contextmanager
def watched() -> Iterator[Watch]:
    """A bar on a terminal while a benchmark runs."""
    with progress_bar("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task("getting ready", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def _form(form: Form | None, as_json: bool) -> Form | None:
    """--json beside --format, as one of them."""
    require(not as_json or form in (None, Form.json), "format", form and form.value, "left away beside --json")
    return Form.json if as_json else form


def print_report(report: Report, target: Target) -> None:
    """Print a benchmark's rows, each peer with how many times longer it takes; as JSON all of it, as one object."""
    if target.form is Form.json:
        target.write(report.to_json() + "\n")
        return
    if not target.for_people:
        target.show(report.to_frame())
        return
    table = Table("engine", "precision", box=None)
    for column in ("batch", "median ms", "images/s", "times ours", "memory MB"):
        table.add_column(column, justify="right")
    for row in report.rows:
        ratio, memory = report.times_faster(row), report.resident_growth_mb.get(row.engine)
        table.add_row(
            ", ".join(filter(None, (row.engine, row.model))), row.precision, str(row.batch), f"{row.median_ms:.1f}",
            "" if row.images_per_s is None else f"{row.images_per_s:,.0f}",
            "" if ratio is None else f"{ratio:.2f}", "" if memory is None else f"{memory:.1f}",
        )  # fmt: skip
    print(f"{report.title}\n")
    print_wide(table)
    if report.facts:
        figures = Table(box=None, show_header=False)
        for name, value in report.facts.items():
            figures.add_row(name, f"{value:,.2f}".removesuffix(".00"))
        print()
        print_wide(figures)
        print()
    if report.resident_growth_mb:
        print_note("\nMemory: peak of a fresh process above what it holds after its imports.")
    for note in report.notes:
        print_note(note)
