"""consequence(): what a defect of a published listing does, measured on the listing itself with and without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import pandas as pd
from torch import nn

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError
from resnet_core.models.listings.build import build_listing, get_listing
from resnet_core.models.listings.gradients import listing_gradients, shortcut_gradient
from resnet_core.models.listings.idle import idle_biases
from resnet_core.notation import of_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """A question to guess at, its measured answer, and the measurements.

    Attributes:
        question: asked before anything is shown.
        options: possible answers, the right one among them.
        answer: the right one, from the measurement.
        table: what was measured, "as published" beside "corrected".
    """

    question: str
    options: tuple[str, ...]
    answer: str
    table: pd.DataFrame


def consequence(defect: str) -> Consequence:
    """Measure one defect of the code.

    Raises:
        InvalidSpecError: for a name that is no defect of any listing's code.
    """
    if defect not in _MEASURES:
        raise InvalidSpecError(f"{defect!r} has no consequence to measure. Those that have: {', '.join(_MEASURES)}.")
    return _MEASURES[defect]()


def _traced(listing: str, *fix: str, depth: int | None = None) -> Trace:
    return trace_model(build_listing(listing, fix=fix, depth=depth, device="meta"), get_listing(listing).input_size)


def _side_by_side(published: Mapping[str, object], corrected: Mapping[str, object]) -> pd.DataFrame:
    """One row per measurement; what only one of the two has is 0 in the other."""
    rows = [(name, published.get(name, 0), corrected.get(name, 0)) for name in dict.fromkeys([*published, *corrected])]
    return pd.DataFrame(rows, columns=["measured", "as published", "corrected"])


def _max_pool_padding() -> Consequence:
    published, corrected = (_stage_shapes(_traced("listing_hook_blog", *fix)) for fix in ((), ("max_pool_padding",)))
    answer = str(published["max-pool"])
    options = tuple(dict.fromkeys([str(corrected["max-pool"]), answer, "64×54×54"]))
    table = _side_by_side(published, corrected)
    return Consequence(question="What is the shape after the max-pool?", options=options, answer=answer, table=table)


def _stage_shapes(trace: Trace) -> dict[str, object]:
    """Output shape of the max-pool and of each stage."""
    shapes: dict[str, object] = {"max-pool": of_one(next(c.output_shape for c in trace.calls if c.kind == "MaxPool2d"))}
    return shapes | {c.stage: of_one(c.output_shape) for c in trace.calls if c.stage.endswith("_x")}


def _detached_shortcut() -> Consequence:
    fixed = ("detached_shortcut",)
    broken, whole = listing_gradients(), listing_gradients(fixed)
    published = {"through the shortcut alone": shortcut_gradient(), "stem, first layer": broken.first_layer}
    corrected = {"through the shortcut alone": shortcut_gradient(fixed), "stem, first layer": whole.first_layer}
    table = _side_by_side(
        published | {f"into {g.path}": g.norm for g in broken.blocks},
        corrected | {f"into {g.path}": g.norm for g in whole.blocks},
    )
    return Consequence(
        question="A gradient of 1 arrives behind the addition. How much of it passes back through the shortcut?",
        options=("0", "0.5", "1"), answer=f"{published['through the shortcut alone']:g}", table=table,
    )  # fmt: skip


def _stem_without_relu() -> Consequence:
    traces = [_traced("listing_hook_blog", *fix) for fix in ((), ("stem_without_relu",))]
    relus = [sum(call.kind == "ReLU" for call in trace.calls) for trace in traces]
    return Consequence(
        question="ResNet-50 calls ReLU in the stem and three times in each of 16 blocks. How often does the listing?",
        options=tuple(str(n) for n in (relus[0], relus[1], relus[1] + 1)), answer=str(relus[0]),
        table=_side_by_side({"ReLU calls": relus[0]}, {"ReLU calls": relus[1]}),
    )  # fmt: skip


def _idle(defect: str, listing: str, question: str) -> Callable[[], Consequence]:
    def measure() -> Consequence:
        size = get_listing(listing).input_size
        models = [build_listing(listing, fix=fix, device="meta") for fix in ((), (defect,))]
        found = [{bias.path: bias.count for bias in idle_biases(model, size)} for model in models]
        totals = [sum(biases.values()) for biases in found]
        counts = [sum(p.numel() for p in model.parameters()) for model in models]
        published, corrected = (
            {"idle biases, all": total, "parameters": count, **{f"idle in {path}": n for path, n in biases.items()}}
            for total, count, biases in zip(totals, counts, found, strict=True)
        )
        options = tuple(dict.fromkeys(f"{n:,}" for n in (totals[1], totals[0], 10 * totals[0])))
        table = _side_by_side(published, corrected)
        return Consequence(question=question, options=options, answer=f"{totals[0]:,}", table=table)

    return measure


def _ignored_block() -> Consequence:
    fixed = ("ignored_block", "fixed_classifier")
    traces = [_traced("listing_hook_blog", *fix, depth=18) for fix in ((), fixed)]
    depths = [_weight_layers(trace) for trace in traces]
    published, corrected = (
        {"layers with weights": depth, "parameters": trace.total_params, "MACs": trace.total_macs}
        for depth, trace in zip(depths, traces, strict=True)
    )
    return Consequence(
        question="The listing is asked for ResNet-18. How many layers with weights does it build?",
        options=tuple(dict.fromkeys(str(n) for n in (depths[1], depths[0], 34))), answer=str(depths[0]),
        table=_side_by_side(published, corrected),
    )  # fmt: skip


def _weight_layers(trace: Trace) -> int:
    """Convolutions and linear layers, projections left out: the number in a ResNet's name."""
    return sum(call.kind in ("Conv2d", "Linear") and "downsample" not in call.path for call in trace.calls)


def _fixed_classifier() -> Consequence:
    outcomes = [_outcome(*fix) for fix in (("ignored_block",), ("ignored_block", "fixed_classifier"))]
    options = ("it runs", "it fails at the classifier")
    answer = options[0] if outcomes[0].startswith("runs") else options[1]
    table = _side_by_side({"one picture": outcomes[0]}, {"one picture": outcomes[1]})
    return Consequence(
        question="With the block argument respected, what happens when ResNet-18 sees a picture?",
        options=options, answer=answer, table=table,
    )  # fmt: skip


def _outcome(*fix: str) -> str:
    try:
        trace = _traced("listing_hook_blog", *fix, depth=18)
    except InvalidSpecError as error:
        return str(error)
    return f"runs: {of_one(trace.calls[-1].output_shape)}"


def _no_initialisation() -> Consequence:
    models = [build_listing("listing_handbook", fix=fix) for fix in ((), ("no_initialisation",))]
    published, corrected = ({path: s for path, s, _ in _weight_scales(model)} for model in models)
    table = _side_by_side(dict(published), dict(corrected))
    table["sqrt(2 / fan-out)"] = [derived for _, _, derived in _weight_scales(models[1])]
    ratios = table["as published"] / table["sqrt(2 / fan-out)"]
    options = ("smaller", "equal", "larger")
    answer = options[0] if ratios.median() < 0.95 else options[2] if ratios.median() > 1.05 else options[1]
    return Consequence(
        question="Are the first weights smaller or larger than the spread that He et al. derive for ReLU?",
        options=options, answer=answer, table=table,
    )  # fmt: skip


def _weight_scales(model: nn.Module, every: int = 8) -> list[tuple[str, float, float]]:
    """Path, standard deviation of the weights and the derived one, of every eighth convolution."""
    layers = [(path, m) for path, m in model.named_modules() if isinstance(m, nn.Conv2d)][::every]
    return [
        (path, float(m.weight.detach().std()), sqrt(2 / (m.out_channels * m.kernel_size[0] * m.kernel_size[1])))
        for path, m in layers
    ]


_MEASURES: dict[str, Callable[[], Consequence]] = {
    "max_pool_padding": _max_pool_padding,
    "detached_shortcut": _detached_shortcut,
    "stem_without_relu": _stem_without_relu,
    "idle_stem_bias": _idle(
        "idle_stem_bias", "listing_hook_blog", "How many of the stem's parameters can never change an output?"
    ),
    "ignored_block": _ignored_block,
    "fixed_classifier": _fixed_classifier,
    "idle_biases": _idle(
        "idle_biases", "listing_d2l", "How many biases of D2L's ResNet-18 batch norm subtracts again?"
    ),
    "no_initialisation": _no_initialisation,
}
