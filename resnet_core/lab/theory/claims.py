"""CLAIMS: sentences about residual networks, each with a measurement that says whether it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

import torch
from torch import nn

from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.lab.theory.gradient_grid import gradient_grid
from resnet_core.lab.theory.growing import grow
from resnet_core.lab.theory.record import recorded_lesions
from resnet_core.lab.theory.sensitivity import sensitivity
from resnet_core.lab.theory.start import calibrated, first_batch, untrained
from resnet_core.models.catalogue import get_spec

Answer = Literal["true", "false", "depends"]
ANSWERS: tuple[Answer, ...] = ("true", "false", "depends")
PAPER = "He et al. 2015"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a measurement says of a claim.

    Attributes:
        answer: "true", "false" or "depends".
        sentence: the numbers.
    """

    answer: Answer
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence, and how it is judged.

    Attributes:
        name: for the choice and the link.
        source: number of the document, as `listings.defects.DOCUMENTS` has it, or a paper.
        quote: as printed.
        translation: into English, where it is in another language.
        judge: measures; a second at most.
    """

    name: str
    source: str
    quote: str
    translation: str = ""
    judge: Callable[[], Judgement]


def _at_least_as_good() -> Judgement:
    grid = gradient_grid((56,), ("plain", "residual"))
    losses = {norm: [grid.flow(arm, 56, norm).loss for arm in ("plain", "residual")] for norm in ("batch", "none")}
    worse = losses["none"][1] > 2 * losses["none"][0]
    return Judgement(
        answer="depends" if worse else "true",
        sentence="What a network can compute is not what it does. Untrained, at 56 layers without batch norm, the "
        f"plain one's loss is {losses['none'][0]:.2f}, the residual one's {losses['none'][1]:.1f}: it starts worse, "
        "and its rate must be smaller.",
    )


def _memory() -> Judgement:
    from torchvision.models import vgg19

    with torch.device("meta"):
        traces = {"VGG-19": trace_model(vgg19()), "ResNet-152": trace_model("resnet152")}
    weights = {name: trace.total_params / 1e6 for name, trace in traces.items()}
    outputs = {name: sum(call.activation_bytes for call in trace.calls) / 1e6 for name, trace in traces.items()}
    fewer = weights["ResNet-152"] < weights["VGG-19"], outputs["ResNet-152"] < outputs["VGG-19"]
    return Judgement(
        answer="true" if all(fewer) else "depends" if any(fewer) else "false",
        sentence="; ".join(f"{n}: {weights[n]:.1f} M weights, {outputs[n]:.0f} MB of outputs a picture" for n in traces)
        + ". Training keeps the outputs.",
    )


def _bottleneck() -> Judgement:
    pair = compare_bottleneck()
    return Judgement(
        answer="true" if round(100 * pair.share, 1) == 5.9 else "false",
        sentence=f"{pair.bottleneck_params:,} of {pair.basic_params:,} weights are {100 * pair.share:.1f} %. The two "
        "stacks are not alike: one 3×3 convolution sees less than two.",
    )


def _more_macs(changed: str, answer_if_more: Answer) -> Judgement:
    macs = [walk_spec(name).total_macs for name in ("resnet50", changed)]
    return Judgement(
        answer=answer_if_more if macs[1] > macs[0] else "true",
        sentence=f"resnet50: {macs[0] / 1e9:.3f} G multiply-adds, {changed}: {macs[1] / 1e9:.3f} G, "
        f"{100 * (macs[1] / macs[0] - 1):+.1f} %.",
    )


def _unread() -> Judgement:
    x = torch.ones(1, 1, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(nn.Conv2d(1, 1, 1, stride=2, bias=False)(x).sum(), x)
    share = float((gradient == 0).double().mean())
    return Judgement(
        answer="true" if share == 0.75 else "false",
        sentence=f"Of the pixels before a 1×1 convolution with stride 2, {100 * share:.0f} % are read by nothing: "
        "no gradient comes back to them.",
    )


def _sensitive() -> Judgement:
    plain, residual, *_ = sensitivity().descents
    equal = abs(plain.first_gradient - residual.first_gradient) < 1e-9
    return Judgement(
        answer="false" if equal else "true",
        sentence=f"With equal outputs, dL/dw is {plain.first_gradient:.2f} in the plain layer and "
        f"{residual.first_gradient:.2f} in the residual one. What differs is where a weight of zero begins.",
    )


def _vanishing() -> Judgement:
    grid = gradient_grid((56,), ("plain", "residual"), ("batch",))
    plain, residual = (grid.flow(arm, 56).ratio for arm in ("plain", "residual"))
    return Judgement(
        answer="false" if plain > 1 else "true",
        sentence=f"At 56 layers with batch norm, before training, the first convolution's gradient is {plain:,.0f} "
        f"times the last one's in the plain network and {residual:.0f} times in the residual one: it explodes.",
    )


def _free() -> Judgement:
    counts = {name: walk_spec(name).total_params for name in ("plain34", "resnet34_a", "resnet34")}
    zero_padded, projected = (counts[name] - counts["plain34"] for name in ("resnet34_a", "resnet34"))
    return Judgement(
        answer="true" if projected == 0 else "depends" if zero_padded == 0 else "false",
        sentence=f"Beside 34 plain layers: with zeros for new channels {zero_padded:+,} weights, with projections, "
        f"which are usual, {projected:+,}.",
    )


def _identity_is_hard() -> Judgement:
    images, _ = first_batch()
    changes = {}
    for arm in ("plain", "residual"):
        model = calibrated(untrained(arm, 8), images)
        with torch.no_grad():
            changes[arm] = float((grow(model, 32)(images) - model(images)).abs().max())
    return Judgement(
        answer="depends" if changes["plain"] == 0 else "true",
        sentence=f"Both hold the copy: 12 blocks that copy change the plain network's logits by "
        f"{changes['plain']:.1g} and the residual one's by {changes['residual']:.1g}. From random weights the copy is "
        "far away for the plain one alone (views Grow and Copy).",
    )


def _same_time() -> Judgement:
    calls = walk_spec("resnet34").calls
    macs = [next(c.macs for c in calls if c.path == f"layer{stage}.1.conv1") for stage in (1, 2, 3, 4)]
    equal = len(set(macs)) == 1
    listed = ", ".join(f"{m:,}" for m in macs)
    return Judgement(
        answer="true" if equal else "false",
        sentence=f"Multiply-adds of a 3×3 convolution in each stage of resnet34: {listed}. The weights grow fourfold.",
    )


def _filters() -> Judgement:
    spec = get_spec("resnet50")
    inner, out = spec.widths[0], spec.widths[0] * spec.expansion
    return Judgement(
        answer="depends",
        sentence=f"{inner} are the channels inside the block; {out} leave it. Both are called its filters.",
    )


def _lesion() -> Judgement:
    costs = {name: median(recorded_lesions(name).costs().values()) for name in ("cifar_resnet56", "cifar_resnet20")}
    small = [cost < 3 for cost in costs.values()]
    return Judgement(
        answer="true" if all(small) else "depends" if any(small) else "false",
        sentence="More wrong answers without the median block: "
        + ", ".join(f"{name} {cost:.1f} points" for name, cost in costs.items()) + ".",
    )  # fmt: skip


CLAIMS: dict[str, Claim] = {
    claim.name: claim
    for claim in (
        Claim(
            name="at least as good", source="000", judge=_at_least_as_good,
            quote="the residual mapping must perform AT LEAST as good as the plain nonlinear layers",
        ),
        Claim(
            name="no extra cost", source="000", judge=_free,
            quote="it introduces neither extra parameters nor computational complexity",
        ),
        Claim(
            name="memory", source="000", judge=_memory,
            quote="Despite the significant increase of depth, ResNet has much more efficient memory usage",
        ),
        Claim(
            name="sensitive", source="001", judge=_sensitive, quote="引入残差后的映射对输出的变化更敏感",
            translation="the mapping with the residual is more sensitive to changes of the output",
        ),
        Claim(
            name="zero is easier", source="001", judge=_identity_is_hard, quote="而F(x)=0 任务会更容易",
            translation="and the task F(x) = 0 is easier (than F(x) = x)",
        ),
        Claim(
            name="5.9 %", source="001", judge=_bottleneck,
            quote="使用了 1x1 卷积的 bottleneck 将计算量简化为原有的 5.9%",
            translation="the bottleneck with its 1×1 convolutions reduces the computation to 5.9 % of what it was",
        ),
        Claim(
            name="three quarters unread", source="001", judge=_unread,
            quote="1x1 卷积和 stride=2 会导致输入特征图3/4的信息不被利用",
            translation="a 1×1 convolution with stride 2 leaves 3/4 of the input map's information unused",
        ),
        Claim(
            name="ResNet-C", source="001", judge=lambda: _more_macs("resnet50c", "false"),
            quote="将ResNet输入部分的7x7大卷积核换成3个3x3卷积核,可以有效减小计算量",
            translation="three 3×3 kernels in place of the 7×7 at the input effectively reduce the computation",
        ),
        Claim(
            name="ResNeSt", source="001", judge=lambda: _more_macs("resnest50d", "false"), quote="没有增加额外的计算量",
            translation="(ResNeSt) adds no extra computation",
        ),
        Claim(
            name="gradients", source="004", judge=_vanishing,
            quote="This shortcut connection helps mitigate the vanishing gradient problem",
        ),
        Claim(
            name="64 filters", source="004", judge=_filters, quote="Conv Layer 2: 3 bottleneck blocks with 64 filters.",
        ),
        Claim(
            name="halve and double", source=f"{PAPER}, section 3.3", judge=_same_time,
            quote="if the feature map size is halved, the number of filters is doubled so as to preserve the time "
            "complexity per layer",
        ),
        Claim(
            name="blocks can go", source="Veit et al. 2016, in our words", judge=_lesion,
            quote="Any one block of a trained residual network can be left out with hardly any effect.",
        ),
    )
}  # fmt: skip


def list_claims() -> dict[str, Claim]:
    """Sentences about residual networks by name, each with the measurement that judges it."""
    return dict(CLAIMS)
