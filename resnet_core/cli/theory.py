"""The command that measures why it works: theory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, TimeElapsedColumn

from resnet_core.cli.forms import AsForm, Form, IntoFile, choose_target
from resnet_core.cli.printing import print_note, progress_bar
from resnet_core.errors import require

if TYPE_CHECKING:
    from resnet_core.lab.theory.start import Progress

NAMES = (
    "growing",
    "gradient_grid",
    "forgetting",
    "trained_forgetting",
    "shattering",
    "gradient_paths",
    "lesions",
    "digit_lesions",
    "refutation",
    "first_steps",
    "table_1",
    "sensitivity",
)

AGAIN = ("refutation", "first_steps", "table_1")  # recorded, because they take minutes


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(theory)


def theory(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")],
    seed: Annotated[int, typer.Option(help="Of weights and pictures.", min=0, max=2**31 - 1)] = 0,
    model: Annotated[str, typer.Option(help="lesions: the bundled network.")] = "cifar_resnet56",
    data_dir: Annotated[
        Path | None, typer.Option(help="lesions, trained_forgetting: CIFAR-10, to measure instead of reading.")
    ] = None,
    pictures: Annotated[int, typer.Option(help="lesions: how many, with --data-dir.", min=10, max=10_000)] = 1000,
    again: Annotated[bool, typer.Option("--again", help=f"{', '.join(AGAIN)}: measure it, in some minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json: one object.")] = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Measure why residual networks learn: one experiment, in seconds, on one core.

    The functions are those of rc.theory; the page Why it works shows them.

    Examples:

        python -m resnet_core theory forgetting

        python -m resnet_core theory gradient_grid --seed 1 --json

        python -m resnet_core theory lesions --data-dir ~/data --output lesions.json
    """
    require(name in NAMES, "name", name, f"one of {', '.join(NAMES)}")
    require(not as_json or form in (None, Form.json), "format", form and form.value, "left away beside --json")
    target = choose_target(Form.json if as_json else form, output)

    from resnet_core.lab.theory.experiments import EXPERIMENTS, run_experiment

    with progress_bar("{task.description}", BarColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task(name, total=1.0)

        def watch(share: float) -> None:
            bar.update(task, completed=share)

        if name == "lesions":
            found = _lesions(model, data_dir, pictures, seed, watch)
        elif name == "trained_forgetting" and data_dir is not None:
            found = _trained_forgetting(data_dir, watch)
        elif again and name in AGAIN:
            found = _again(name, seed, watch)
        else:
            found = run_experiment(name, seed, watch)
    if target.form is Form.json:
        from resnet_core.lab.theory.record import to_json

        target.write(to_json(found))
        return
    target.show(found.to_frame().round(4) if target.for_people else found.to_frame())
    if target.for_people:
        print_note(EXPERIMENTS[name].measures)


def _again(name: str, seed: int, watch: Progress) -> Any:
    """What is recorded, measured anew."""
    from resnet_core.lab.theory.first_steps import first_steps, table_1
    from resnet_core.lab.theory.refutation import refutation

    if name == "refutation":
        return refutation(seed=seed, progress=watch)
    return (first_steps if name == "first_steps" else table_1)(progress=watch)


def _trained_forgetting(data_dir: Path, watch: Progress) -> Any:
    from resnet_core.lab.theory.experiments import Several
    from resnet_core.lab.theory.trained_forgetting import trained_forgetting

    return Several(results=trained_forgetting(data_dir, progress=watch))


def _lesions(model: str, data_dir: Path | None, pictures: int, seed: int, watch: Progress) -> Any:
    from resnet_core.lab.theory.lesions import lesions
    from resnet_core.lab.theory.lesions_here import cifar_test
    from resnet_core.lab.theory.record import recorded_lesions

    if data_dir is None:
        return recorded_lesions(model)
    return lesions(*cifar_test(model, pictures, data_dir), seed=seed, progress=watch)
