"""What our types look like when they end a cell: a sentence, and a table or a drawing. In HTML, and in a line of text.

Tables take the notebook's own ink, so that they read in light and dark; drawings stand on the page they are drawn for.
"""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.tables.bottleneck import BottleneckComparison
from resnet_core.figures.svg import Markup, tag, together, words
from resnet_core.figures.theme import FONT, LIGHT
from resnet_core.inference.prediction import Prediction
from resnet_core.lab.runs.recorded import RecordedRun
from resnet_core.models.spec import ModelSpec
from resnet_core.notation import megabytes, milliseconds, of_one, percent, short

CARD = f"font-family:{FONT};font-size:14px;line-height:1.5;max-width:1100px;font-variant-numeric:tabular-nums"
PAGE = f"padding:12px 16px;margin:8px 0;border-radius:6px;background:{LIGHT.page};color:{LIGHT.ink}"
CELL = "padding:4px 16px 4px 0;border:0;border-bottom:1px solid color-mix(in srgb, currentColor 18%, transparent)"
BAR = f"height:10px;min-width:2px;border-radius:3px;background:{LIGHT.residual}"


def trace_text(trace: Trace) -> str:
    """ "resnet50, 3×224×224: 25,557,032 parameters, 4,089,184,256 MACs in 175 layer calls"."""
    return (
        f"{trace.name}, {of_one(trace.input_shape)}: {trace.total_params:,} parameters, {trace.total_macs:,} MACs in "
        f"{len(trace.calls):,} layer calls"
    )


def trace_html(trace: Trace) -> str:
    """The network as a drawing, and its stages as a table with a total."""
    from resnet_core.anatomy.tables.tables import stage_table
    from resnet_core.figures.diagram.scenes import diagram_svg

    if not trace.calls:
        return _card(trace_text(trace))
    stages = stage_table(trace)
    rows = [
        (row["stage"], row["output"], f"{row['calls']:,}", f"{row['params']:,}", f"{row['macs']:,}",
         megabytes(row["activation_bytes"]))
        for _, row in stages.iterrows()
    ]  # fmt: skip
    heads = ("stage", "output", "layer calls", "parameters", "MACs", "outputs in float32")
    return _card(trace_text(trace), _paged(Markup(diagram_svg(trace))), _table(heads, rows))


def spec_text(spec: ModelSpec) -> str:
    """ "resnet50: bottleneck blocks (3, 4, 6, 3), 50 layers, 25.6 M parameters, 4.09 G MACs"."""
    from resnet_core.anatomy.walk.walk import walk_spec

    walk = walk_spec(spec)
    blocks = spec.block.replace("_", " ")
    return (
        f"{spec.name}: {blocks} blocks {spec.depths}, {spec.layers} layers, {short(walk.total_params)} parameters, "
        f"{short(walk.total_macs)} MACs at {of_one(walk.input_shape)}"
    )


def spec_html(spec: ModelSpec) -> str:
    """The choices that make the network what it is."""
    choices = {
        "block": spec.block, "blocks per stage": spec.depths, "widths": spec.widths, "stem": spec.stem,
        "shortcut": spec.shortcut, "stride on": spec.stride_on, "groups": spec.groups, "norm": spec.norm,
        "input": f"{spec.in_channels}×{spec.input_size[0]}×{spec.input_size[1]}", "classes": spec.num_classes,
        "source": spec.source,
    }  # fmt: skip
    said = {key: _listed(value) for key, value in choices.items() if value not in ("", None)}
    return _card(spec_text(spec), _table((), list(said.items()), left=2))


def prediction_text(answer: Prediction) -> str:
    """ "a dog, 91 %: golden retriever 62.0 %, ...": what is said first, and the likeliest classes."""
    best = ", ".join(f"{one.label} {percent(one.probability)}" for one in answer.top)
    return f"{answer.headline.text}: {best}" if answer.headline else best


def prediction_html(answer: Prediction) -> str:
    """The answer, the likeliest classes as bars, and what answered."""
    looks = (f"{CELL};text-align:left", f"{CELL};width:320px", f"{CELL};text-align:right")
    rows = []
    for one in answer.top:
        cells = (words(one.label), _bar(one.probability), words(percent(one.probability)))
        rows.append(tag("tr", *(tag("td", cell, style=look) for cell, look in zip(cells, looks, strict=True))))
    said = answer.headline.text if answer.headline else answer.top[0].label
    by = f"{answer.weights} on {answer.device}, {answer.precision}, {milliseconds(answer.duration_ms)}"
    return _card(said, tag("table", *rows, style="border-collapse:collapse;margin:8px 0"), tag("div", words(by)))


def comparison_text(comparison: BottleneckComparison) -> str:
    """ "69,632 weights in the bottleneck, 1,179,648 in two 3×3 convolutions: 16.9 times as many"."""
    return (
        f"{comparison.bottleneck_params:,} weights in the bottleneck, {comparison.basic_params:,} in two 3×3 "
        f"convolutions: {comparison.ratio:.3g} times as many"
    )


def comparison_html(comparison: BottleneckComparison) -> str:
    """Each product of the two stacks, and their sums."""
    rows = []
    for stack in ("bottleneck", "basic"):
        rows += [(stack, one.name, one.product, f"{one.params:,}", f"{one.macs:,}") for one in comparison.of(stack)]
        rows.append((stack, "together", "", f"{comparison.params(stack):,}", f"{comparison.macs(stack):,}"))
    return _card(
        comparison_text(comparison), _table(("stack", "layer", "weights as a product", "weights", "MACs"), rows)
    )


def run_text(run: RecordedRun) -> str:
    """ "residual, 56 layers: 30 epochs, 5.9 % wrong in training, 9.1 % in test"."""
    last = run.epochs[-1]
    return (
        f"{run.title}: {last.epoch} epochs, {percent(last.train_error)} wrong in training, "
        f"{percent(last.validation_error)} in {run.validation_split}"
    )


def run_html(run: RecordedRun) -> str:
    """Its errors over the epochs, and how it was made."""
    from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
    from resnet_core.figures.training.replay import replay_drawing

    made = {
        "command": run.command, "seed": run.recipe.seed, "hours": f"{run.seconds / 3600:.1f}", "machine": run.machine,
        "precision": run.precision, "pictures": run.note,
    }  # fmt: skip
    facts = [(key, str(value)) for key, value in made.items() if value != ""]
    chart = _paged(Markup(replay_drawing([run], CIFAR_10_ERRORS)))
    return _card(run_text(run), chart, _table((), facts, left=2))


def _card(said: str, *parts: Markup) -> str:
    return str(tag("div", tag("div", words(said), style="font-size:16px;font-weight:600"), *parts, style=CARD))


def _paged(drawing: Markup) -> Markup:
    return tag("div", drawing, style=PAGE)


def _bar(share: float) -> Markup:
    return tag("div", style=f"{BAR};width:{100 * share:.1f}%")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> Markup:
    """Cells of text: the first columns to the left, numbers to the right."""

    def line(kind: str, cells: Sequence[str]) -> Markup:
        looks = (f"{CELL};text-align:{'left' if at < left else 'right'}" for at in range(len(cells)))
        return tag("tr", *(tag(kind, words(cell), style=look) for cell, look in zip(cells, looks, strict=True)))

    head = [tag("thead", line("th", heads))] if heads else []
    body = tag("tbody", together(*(line("td", row) for row in rows)))
    return tag("table", *head, body, style="border-collapse:collapse;margin:8px 0")


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value).replace("_", " ")
