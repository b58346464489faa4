"""What our types look like when they end a cell: a sentence, and a table or a drawing. In HTML, and in a line of text.

Tables take the notebook's own ink, so that they read in light and dark; drawings stand on the page they are drawn for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.anatomy.tables.bottleneck import BottleneckComparison
from resnet_core.anatomy.tables.compared import Comparison
from resnet_core.figures.svg import Markup, tag, together, words
from resnet_core.figures.theme import FONT, LIGHT
from resnet_core.inference.prediction import Prediction
from resnet_core.lab.runs.recorded import RecordedRun
from resnet_core.models.spec import ModelSpec
from resnet_core.notation import megabytes, milliseconds, of_one, percent, short

if TYPE_CHECKING:  # they load PyTorch
    from resnet_core.inference.explain.shortcut.addition import Addition
    from resnet_core.inference.explain.shortcut.convolution import ConvolutionValue
    from resnet_core.inference.explain.shortcut.options import ShortcutOption
    from resnet_core.inference.explain.shortcut.split import GradientSplit
    from resnet_core.inference.explain.shortcut.sweep import BranchSweep

CARD = f"font-family:{FONT};font-size:14px;line-height:1.5;max-width:1100px;font-variant-numeric:tabular-nums"
PAGE = f"padding:12px 16px;margin:8px 0;border-radius:6px;background:{LIGHT.page};color:{LIGHT.ink}"
CELL = "padding:4px 16px 4px 0;border:0;border-bottom:1px solid color-mix(in srgb, currentColor 18%, transparent)"
BAR = f"height:10px;min-width:2px;border-radius:3px;background:{LIGHT.residual}"


MOST_ROWS, MOST_ALPHAS = 12, 7  # of calls that differ, and of a sweep


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


def networks_text(comparison: Comparison) -> str:
    """ "resnet34 beside resnet18: +10,108,160 parameters and +1,849,688,064 multiply-adds. 56 of 125 calls differ."."""
    return comparison.sentence


def networks_html(comparison: Comparison) -> str:
    """The totals of both, and the calls that differ."""
    left, right = comparison.left, comparison.right
    totals = [
        (what, f"{a:,}", f"{b:,}", with_minus(f"{b - a:+,}") if b != a else "0")
        for what, a, b in (
            ("layer calls", len(left.calls), len(right.calls)),
            ("parameters", left.total_params, right.total_params),
            ("MACs", left.total_macs, right.total_macs),
        )
    ]
    rows = []
    for pair in comparison.differing[:MOST_ROWS]:
        calls = [(call.path, of_one(call.output_shape)) if call else ("–", "–") for call in (pair.left, pair.right)]
        rows.append((*calls[0], *calls[1], ", ".join(pair.differs)))
    more = len(comparison.differing) - len(rows)
    parts = [_table(("", left.name, right.name, "more"), totals)]
    if rows:
        parts.append(_table((left.name, "output", right.name, "output", "differs in"), rows, left=5))
    if more:
        parts.append(tag("div", words(f"And {more:,} more: to_frame(only_differing=True) has them all.")))
    return _card(comparison.sentence, *parts)


def addition_text(terms: Addition) -> str:
    """ "layer2.0: x + F(x) of 32×16×16 numbers, then a ReLU; mean sizes: x 0.258, F(x) 0.459, x + F(x) 0.62"."""
    lengths = [f"{name} {size:.3g}" for name, size in _sizes(terms)]
    after = "a ReLU" if terms.rectified else "no ReLU"
    shape = of_one((1, *terms.x.shape))
    return f"{terms.block}: x + F(x) of {shape} numbers, then {after}; mean sizes: {', '.join(lengths)}"


def addition_html(terms: Addition) -> str:
    """One channel of it as a picture."""
    from resnet_core.figures.shortcut.drawings import addition_drawing

    return _card(addition_text(terms), _paged(Markup(addition_drawing(terms))))


def _sizes(terms: Addition) -> list[tuple[str, float]]:
    maps = (("x", terms.x), ("F(x)", terms.branch), ("x + F(x)", terms.sum))
    return [(name, float(abs(one).mean())) for name, one in maps]


def split_text(split: GradientSplit) -> str:
    """ "layer2.0, class 1: 70.4 % of the gradient came through the shortcut, 29.6 % through F"."""
    shares = [with_minus(percent(share)) for share in (split.identity_share, split.branch_share)]
    return (
        f"{split.block}, class {split.class_index}: {shares[0]} of the gradient came through the shortcut, "
        f"{shares[1]} through F"
    )


def split_html(split: GradientSplit) -> str:
    """Its two shares as arrows."""
    from resnet_core.figures.shortcut.drawings import split_drawing

    return _card(split_text(split), _paged(Markup(split_drawing(split))))


def sweep_text(sweep: BranchSweep) -> str:
    """ "x + alpha F(x) of every block, 31 alphas from −1 to 2"."""
    low, high = (with_minus(f"{alpha:g}") for alpha in (min(sweep.alphas), max(sweep.alphas)))
    return f"x + alpha F(x) of {sweep.block or 'every block'}, {len(sweep.alphas)} alphas from {low} to {high}"


def sweep_html(sweep: BranchSweep) -> str:
    """The likeliest class at some of the alphas."""
    shares = sweep.probabilities
    best = shares.argmax(axis=1)
    rows = [
        (with_minus(f"{alpha:g}"), str(one), percent(float(share[one])))
        for alpha, one, share in zip(sweep.alphas, best, shares, strict=True)
    ][:: -(-len(sweep.alphas) // MOST_ALPHAS)]
    return _card(sweep_text(sweep), _table(("alpha", "likeliest class", "its probability"), rows))


def value_text(value: ConvolutionValue) -> str:
    """ "layer2.0.conv1 at channel 0, row 1, column 2: 144 products add up to −0.1246"."""
    channel, row, column = value.at
    return (
        f"{value.layer} at channel {channel}, row {row}, column {column}: {value.patch.size:,} products add up to "
        f"{_number(value.value)}"
    )


def value_html(value: ConvolutionValue) -> str:
    """The sum of each input channel's products, and what the batch norm makes of the value."""
    sums = zip(value.inputs, value.channel_sums, strict=True)
    largest = sorted(sums, key=lambda one: -abs(one[1]))[:8]
    rows = [(f"input channel {channel}", _number(float(one))) for channel, one in largest]
    if len(value.inputs) > len(rows):
        rest = float(value.channel_sums.sum()) - sum(float(one) for _, one in largest)
        rows.append((f"{len(value.inputs) - len(largest)} other channels", _number(rest)))
    rows += [("bias", _number(value.bias))] if value.bias else []
    rows.append(("together", _number(value.value)))
    rows += [("after the batch norm", _number(value.norm.result))] if value.norm else []
    return _card(value_text(value), _table((), rows))


def _number(value: float) -> str:
    return with_minus(f"{value:.4g}")


def option_text(option: ShortcutOption) -> str:
    """ "B, a projection where shapes change: 32×16×16 arrive, 2,752 parameters more; with fresh weights"."""
    trained = "the network's own" if option.own else "without weights" if option.trained else "with fresh weights"
    shape = of_one((1, *option.arrives.shape))
    return f"{option.letter}, {option.words}: {shape} arrive, {option.parameters:,} parameters more; {trained}"


def option_html(option: ShortcutOption) -> str:
    """What it lets arrive, and what it costs."""
    arrives = of_one((1, *option.arrives.shape))
    costs = [("arrives", arrives), ("parameters more", f"{option.parameters:,}"), ("MACs more", f"{option.macs:,}")]
    return _card(option_text(option), _table((), costs))


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
