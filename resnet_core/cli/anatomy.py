"""Commands that count: list, layers, bottleneck, explain-count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from resnet_core.anatomy.counting.cost import MAC_RULE
from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.cli.forms import AsForm, IntoFile, choose_target
from resnet_core.cli.own_module import as_typed, is_own, own_module, parse_shapes
from resnet_core.cli.printing import print_note
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec, list_models

if TYPE_CHECKING:
    from resnet_core.anatomy.counting.calls import Trace

LISTING = "listing"  # the family under which the published listings are listed
SHORT_COLUMNS = ["path", "kind", "stage", "output_shape", "kernel_size", "stride", "params", "macs"]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("list")(list_variants)
    app.command()(layers)
    app.command()(bottleneck)
    app.command("explain-count")(explain)


def list_variants(
    family: Annotated[str | None, typer.Option(help="One family only, e.g. resnet or cifar_plain.")] = None,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """List the variants with their parameters and multiply-adds.

    Examples:

        python -m resnet_core list

        python -m resnet_core list --family resnext --format csv
    """
    target = choose_target(form, output)

    import pandas as pd

    rows = _listing_rows() if family == LISTING else [_variant_row(name) for name in list_models(family)]
    target.show(pd.DataFrame(rows))
    if family is None and target.for_people:
        print_note(f"The published listings, defects included: list --family {LISTING}")


def _variant_row(name: str) -> dict[str, object]:
    from resnet_core.anatomy.walk.walk import walk_spec

    spec, trace = get_spec(name), walk_spec(name)
    return {
        "model": name,
        "family": spec.family,
        "block": spec.block,
        "depths": "-".join(map(str, spec.depths)),
        "input": "x".join(map(str, trace.input_shape[1:])),
        "params": trace.total_params,
        "macs": trace.total_macs,
    }


def _listing_rows() -> list[dict[str, object]]:
    """The four published listings, counted as they are."""
    from resnet_core.anatomy.trace.trace import trace_model
    from resnet_core.models.listings.build import LISTINGS

    traces = {name: trace_model(name) for name in LISTINGS}
    return [
        {
            "model": name,
            "family": LISTING,
            "block": f"document {LISTINGS[name].document}",
            "depths": str(LISTINGS[name].depth),
            "input": "x".join(map(str, trace.input_shape[1:])),
            "params": trace.total_params,
            "macs": trace.total_macs,
        }
        for name, trace in traces.items()
    ]


def layers(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name from `list`, or your own: module:Net or file.py:Net.")
    ],
    input_size: Annotated[
        str | None,
        typer.Option("--input", help="Pixels: 224, or 192x256 (height x width); of your own a shape: 3x64x64."),
    ] = None,
    stages: Annotated[bool, typer.Option("--stages", help="One row per stage instead of one per layer.")] = False,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Print every layer's shape, parameters and multiply-adds, and the totals.

    Formats other than table hold all columns and nothing but the table.

    Examples:

        python -m resnet_core layers resnet50

        python -m resnet_core layers resnet50_v1 --stages

        python -m resnet_core layers resnet18 --input 192x256 --output layers.csv

        python -m resnet_core layers torchvision.models:convnext_tiny --input 3x224x224

    Your own module's code is run.
    """
    target = choose_target(form, output)
    trace = _traced(model, input_size)

    from resnet_core.anatomy.tables.remarks import left_out
    from resnet_core.anatomy.tables.tables import layer_table, stage_table

    frame = (stage_table if stages else layer_table)(trace)
    target.show(frame, lambda frame: frame if stages else frame[SHORT_COLUMNS])
    if not target.for_people:
        return
    shape = ", ".join("x".join(map(str, size)) for size in trace.input_shapes.values())
    print(f"\n{model}: {trace.total_params:,} parameters, {trace.total_macs:,} MACs at {shape}")
    for remark in filter(None, (MAC_RULE, left_out(trace))):
        print_note(remark)


def _traced(model: str, size: str | None) -> Trace:
    """The trace of a variant, of a listing, or of a module of the visitor's own."""
    if is_own(model):
        shapes = parse_shapes(size) if size else None

        from resnet_core.anatomy.trace.trace import trace_model

        try:
            return trace_model(own_module(model), shapes)
        except InvalidSpecError as error:
            raise InvalidSpecError(as_typed(str(error))) from error
    pixels = parse_size(size) if size else None
    if not model.startswith(LISTING):
        get_spec(model)  # a wrong name is refused before PyTorch loads

    from resnet_core.anatomy.trace.trace import trace_model

    return trace_model(model, (1, _channels(model), *pixels) if pixels else None)


def _channels(model: str) -> int:
    """Input channels of a variant or a published listing."""
    from resnet_core.models.listings.build import LISTINGS

    return LISTINGS[model].input_size[1] if model in LISTINGS else get_spec(model).in_channels


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

    Examples:

        python -m resnet_core bottleneck

        python -m resnet_core bottleneck --channels 512 --width 256 --groups 32 --size 28
    """
    result = compare_bottleneck(channels, width, groups, size)
    titles = {"bottleneck": "1x1, 3x3, 1x1", "basic": "two 3x3", "equal_cost": "two 3x3 of equal cost"}
    for stack, title in titles.items():
        products = " + ".join(term.product for term in result.of(stack))
        sums = " + ".join(f"{term.params:,}" for term in result.of(stack))
        print(f"{title:22} {products}")
        print(f"{'':22} = {sums} = {result.params(stack):,} parameters, {result.macs(stack):,} MACs")
    print(f"\nThe bottleneck has {result.share * 100:.1f} % of the parameters: {result.ratio:.2f} times fewer.")


def explain(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="The network that the number was said of: a name from `list`.")
    ],
    seen: Annotated[str, typer.Option(help="The number as printed: 25,636,712 or 25.6M or 4.1 GFLOPs.")],
    input_size: Annotated[str | None, typer.Option("--input", help="Pixels that it was said of.")] = None,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Say which way of counting gives a number that you read elsewhere.

    Examples:

        python -m resnet_core explain-count resnet50 --seen 25,636,712

        python -m resnet_core explain-count resnet50 --seen "3.8 GFLOPs" --format json
    """
    target = choose_target(form, output)

    from resnet_core.anatomy.reconcile.explain import explain_count

    result = explain_count(model, seen, input_size=parse_size(input_size) if input_size else None)
    if not target.for_people:
        from resnet_core.anatomy.tables.explained import explanation_table

        target.show(explanation_table(result))
        return
    print(result.sentence)
    if result.others:
        print(f"\n{result.others}")
    for match in result.matches[1:]:
        print(f"  {match.sentence}")
