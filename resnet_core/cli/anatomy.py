"""Commands that read a network: list, layers, bottleneck."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from resnet_core.anatomy.bottleneck import compare_bottleneck
from resnet_core.anatomy.cost import MAC_RULE
from resnet_core.models.catalogue import get_spec, list_models

if TYPE_CHECKING:
    from pandas import DataFrame

SHORT_COLUMNS = ["path", "kind", "stage", "output_shape", "kernel_size", "stride", "params", "macs"]


class Form(StrEnum):
    """How to print a table."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("list")(list_variants)
    app.command()(layers)
    app.command()(bottleneck)


def list_variants(
    family: Annotated[str | None, typer.Option(help="One family only, e.g. resnet or cifar_plain.")] = None,
) -> None:
    """List the variants with their parameters and multiply-adds.

    Example: `python -m resnet_core list --family resnext`
    """
    from resnet_core.anatomy.walk import walk_spec

    table = Table("model", "family", "blocks", "input", box=None)
    table.add_column("parameters", justify="right")
    table.add_column("MACs", justify="right")
    for name in list_models(family):
        spec, trace = get_spec(name), walk_spec(name)
        size = f"{spec.in_channels}x{spec.input_size[0]}x{spec.input_size[1]}"
        depths = f"{spec.block} {'-'.join(map(str, spec.depths))}"
        table.add_row(name, spec.family, depths, size, f"{trace.total_params:,}", f"{trace.total_macs:,}")
    _console().print(table)


def layers(
    model: Annotated[str, typer.Argument(help="A name from `list`.")],
    input_size: Annotated[str | None, typer.Option("--input", help="Pixels: 224, or 192x256 (height x width).")] = None,
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
    stages: Annotated[bool, typer.Option("--stages", help="One row per stage instead of one per layer.")] = False,
) -> None:
    """Print every layer's shape, parameters and multiply-adds.

    Examples: `python -m resnet_core layers resnet50`,
    `python -m resnet_core layers resnet50_v1 --input 192x256 --format csv > layers.csv`
    """
    from resnet_core.anatomy.export import export_table
    from resnet_core.anatomy.tables import layer_table, stage_table
    from resnet_core.anatomy.trace import trace_model

    spec = get_spec(model)
    size = (1, spec.in_channels, *parse_size(input_size)) if input_size else None
    trace = trace_model(spec, size)
    frame = (stage_table if stages else layer_table)(trace)
    if form is not Form.table:
        print(export_table(frame, form.value), end="")
        return
    console = _console()
    console.print(_rich_table(frame if stages else frame[SHORT_COLUMNS]))
    shape = "x".join(map(str, trace.input_shape))
    console.print(f"\n{model}: {trace.total_params:,} parameters, {trace.total_macs:,} MACs at {shape}")
    console.print(MAC_RULE, style="dim")


def _rich_table(frame: DataFrame) -> Table:
    table = Table(box=None)
    for column in frame:
        table.add_column(str(column), justify="right" if frame[column].dtype.kind in "iuf" else "left", no_wrap=True)
    for row in frame.astype(object).where(frame.notna(), "").itertuples(index=False):
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else str(value) for value in row))
    return table


def parse_size(text: str) -> tuple[int, int]:
    """Height and width from "224" or "192x256".

    Raises:
        typer.BadParameter: for anything else.
    """
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.isdigit() and 0 < int(part) <= 4096 for part in parts):
        raise typer.BadParameter(f"{text!r} is no size. Give pixels from 1 to 4096: 224, or 192x256 (height x width).")
    return int(parts[0]), int(parts[-1])


def bottleneck(
    channels: Annotated[int, typer.Option(help="Into and out of the block.")] = 256,
    width: Annotated[int, typer.Option(help="Inside the bottleneck.")] = 64,
    groups: Annotated[int, typer.Option(help="Of the 3x3 convolution.")] = 1,
    size: Annotated[int, typer.Option(help="Side of the feature map in pixels.")] = 56,
) -> None:
    """Count a bottleneck against two 3x3 convolutions, product by product.

    Example: `python -m resnet_core bottleneck --channels 512 --width 128`
    """
    result = compare_bottleneck(channels, width, groups, size)
    titles = {"bottleneck": "1x1, 3x3, 1x1", "basic": "two 3x3", "equal_cost": "two 3x3 of equal cost"}
    for stack, title in titles.items():
        products = " + ".join(term.product for term in result.of(stack))
        sums = " + ".join(f"{term.params:,}" for term in result.of(stack))
        print(f"{title:22} {products}")
        print(f"{'':22} = {sums} = {result.params(stack):,} parameters, {result.macs(stack):,} MACs")
    print(f"\nThe bottleneck has {result.share:.1%} of the parameters: {result.ratio:.2f} times fewer.")


def _console() -> Console:
    """Wide when piped: a table cut at 80 columns would lose digits."""
    console = Console(highlight=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, soft_wrap=True, width=200)
