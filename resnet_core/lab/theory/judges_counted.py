"""Judges that count: weights, multiply-adds, filters and outputs of networks, ours and others'."""

from __future__ import annotations

import time
from statistics import median

import torch
from torch import nn

from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.tables.bottleneck import compare_bottleneck
from resnet_core.anatomy.tables.family import accuracy_table
from resnet_core.anatomy.tables.others import beside_others, trace_other
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.lab.theory.judgement import Judgement
from resnet_core.lab.theory.start import Progress, nobody
from resnet_core.lab.training.train import one_thread
from resnet_core.models.catalogue import get_spec


def memory(progress: Progress = nobody) -> Judgement:
    """Weights and outputs of ResNet-152 beside VGG-19's, which is found in torchvision: at first that takes a while."""
    traces = {"ResNet-152": walk_spec("resnet152")}
    progress(0.1)
    traces = {"VGG-19": trace_other("VGG-19"), **traces}
    progress(1.0)
    weights = {name: trace.total_params / 1e6 for name, trace in traces.items()}
    outputs = {name: trace.total_activation_bytes / 1e6 for name, trace in traces.items()}
    fewer = weights["ResNet-152"] < weights["VGG-19"], outputs["ResNet-152"] < outputs["VGG-19"]
    return Judgement(
        answer="true" if all(fewer) else "depends" if any(fewer) else "false",
        sentence="; ".join(f"{n}: {weights[n]:.1f} M weights, {outputs[n]:.0f} MB of outputs a picture" for n in traces)
        + ". Training keeps the outputs.",
    )


def share_of_vgg() -> Judgement:
    """ResNet-34's multiply-adds as a share of VGG-19's."""
    whole = trace_other("VGG-19").total_macs
    ours = {name: walk_spec(name).total_macs for name in ("resnet34", "resnet34_a")}
    shares = {name: 100 * macs / whole for name, macs in ours.items()}
    return Judgement(
        answer="true" if all(abs(share - 18) < 1 for share in shares.values()) else "false",
        sentence=f"Counted: {ours['resnet34'] / 1e9:.3f} of {whole / 1e9:.3f} G multiply-adds, "
        f"{shares['resnet34']:.1f} %; {shares['resnet34_a']:.1f} % with zeros for new channels. The printed numbers, "
        f"3.6 and 19.6, give {360 / 19.6:.1f} %. What the paper calls a FLOP is a multiply-add.",
    )


def fewer_filters() -> Judgement:
    """Filters, layers and multiply-adds of ResNet-34 beside VGG-19's."""
    rows = beside_others(["resnet34"], ["VGG-19"]).set_index("network")
    ours, vgg = rows.loc["resnet34"], rows.loc["VGG-19"]
    fewer = ours["filters"] < vgg["filters"], ours["macs"] < vgg["macs"]
    return Judgement(
        answer="true" if all(fewer) else "depends" if any(fewer) else "false",
        sentence=f"All together {ours['filters']:,} filters against VGG-19's {vgg['filters']:,}, so more; a layer has "
        f"fewer. {ours['macs'] / 1e9:.2f} G multiply-adds against {vgg['macs'] / 1e9:.2f} G: far less, since the first "
        "layer and the pooling make the map small before the many layers come.",
    )


def stem_of_googlenet() -> Judgement:
    """The first convolution and the first pooling of both, and what stands between them."""

    def first(trace: Trace) -> list[tuple[Shape, Shape, Shape]]:
        kinds = ("Conv2d", "MaxPool2d")
        calls = [next(call for call in trace.calls if call.kind == kind) for kind in kinds]
        return [(call.kernel_size or (), call.stride or (), call.output_shape) for call in calls]

    googlenet, resnet = trace_other("GoogLeNet"), walk_spec("resnet18")
    (kernel, stride, conv), (_, _, pool) = first(resnet)
    return Judgement(
        answer="true" if first(googlenet) == first(resnet) else "false",
        sentence=f"Both begin with a convolution of kernel {kernel}, stride {stride}, to {conv[1:]}, and a max-pool to "
        f"{pool[1:]}. The GoogLeNet of 2014 has no batch norm between them; torchvision's, traced here, has.",
    )


def relus() -> Judgement:
    """Activations between the convolutions of a basic block and of a bottleneck."""
    counts = {}
    for name in ("resnet34", "resnet50"):
        kinds = [call.kind for call in walk_spec(name).calls if call.path.startswith("layer1.1.")]
        counts[name] = kinds[: kinds.index("ShortcutAdd")].count("ReLU")
    return Judgement(
        answer="true" if counts == {"resnet34": 1, "resnet50": 2} else "false",
        sentence=f"Before its addition a basic block has {counts['resnet34']}, a bottleneck {counts['resnet50']}. One "
        "more follows each addition.",
    )


def cardinality() -> Judgement:
    """Published accuracies under one recipe, beside counted costs: groups against width and depth."""
    names = {"resnext101_32x8d": "32 groups", "wide_resnet101_2": "twice the width", "resnet152": "51 layers more"}
    table = accuracy_table(["resnet50", "resnext50_32x4d", *names])
    of = table[table["weights"].str.endswith(".IMAGENET1K_V2")].set_index("variant")
    groups, width, depth = (of.loc[name] for name in names)
    pair = of.loc["resnext50_32x4d"], of.loc["resnet50"]
    better = groups["top1"] > max(width["top1"], depth["top1"]) and pair[0]["top1"] > pair[1]["top1"]
    cheaper = groups["macs"] < min(width["macs"], depth["macs"])
    told = ", ".join(
        f"{words} {of.loc[n]['top1']:.2f} % at {of.loc[n]['macs'] / 1e9:.1f} G" for n, words in names.items()
    )
    return Judgement(
        answer="true" if better and cheaper else "depends" if better else "false",
        sentence=f"Top-1 on ImageNet as torchvision publishes it, under one recipe; costs counted. At equal cost, 50 "
        f"layers: {pair[1]['top1']:.2f} % without groups, {pair[0]['top1']:.2f} % with 32. Larger: {told}. More "
        "groups are best, and cost less than the wide one and more than the deep one.",
    )


def bottleneck() -> Judgement:
    """The share of the weights that a bottleneck has."""
    pair = compare_bottleneck()
    return Judgement(
        answer="true" if round(100 * pair.share, 1) == 5.9 else "false",
        sentence=f"{pair.bottleneck_params:,} of {pair.basic_params:,} weights are {100 * pair.share:.1f} %. The two "
        "stacks are not alike: one 3×3 convolution sees less than two.",
    )


def more_macs(changed: str) -> Judgement:
    """Whether a variant of resnet50 costs no more."""
    macs = [walk_spec(name).total_macs for name in ("resnet50", changed)]
    return Judgement(
        answer="false" if macs[1] > macs[0] else "true",
        sentence=f"resnet50: {macs[0] / 1e9:.3f} G multiply-adds, {changed}: {macs[1] / 1e9:.3f} G, "
        f"{100 * (macs[1] / macs[0] - 1):+.1f} %.",
    )


def stem_of_three() -> Judgement:
    """ResNet-C's cost, and why a 7×7 is no dearer there than three 3×3."""
    found = more_macs("resnet50c")
    stems = [[c for c in walk_spec(n).calls if c.stage == "stem" and c.macs] for n in ("resnet50", "resnet50c")]
    weights = [sum(call.params for call in stem) for stem in stems]
    return Judgement(
        answer=found.answer,
        sentence=f"{found.sentence} A 7×7 is dearer than three 3×3 where both read as many channels. This one reads "
        f"the picture's 3: {weights[0]:,} weights, and the three {weights[1]:,}.",
    )


def free() -> Judgement:
    """Weights that shortcuts add."""
    counts = {name: walk_spec(name).total_params for name in ("plain34", "resnet34_a", "resnet34")}
    zero_padded, projected = (counts[name] - counts["plain34"] for name in ("resnet34_a", "resnet34"))
    return Judgement(
        answer="true" if projected == 0 else "depends" if zero_padded == 0 else "false",
        sentence=f"Beside 34 plain layers: with zeros for new channels {zero_padded:+,} weights, with projections, "
        f"which are usual, {projected:+,}.",
    )


def same_time() -> Judgement:
    """A 3×3 convolution of each stage: its multiply-adds, and its milliseconds here and now."""
    calls = walk_spec("resnet34").calls
    convs = [next(c for c in calls if c.path == f"layer{stage}.1.conv1") for stage in (1, 2, 3, 4)]
    equal = len({call.macs for call in convs}) == 1
    took = ", ".join(f"{_milliseconds(*call.input_shape[1:3]):.1f}" for call in convs)
    return Judgement(
        answer="true" if equal else "false",
        sentence=f"Half the sides, a quarter of the pixels; twice the filters on twice the channels, four times the "
        f"work at each. Multiply-adds of a 3×3 convolution in the four stages of resnet34: "
        f"{', '.join(f'{call.macs:,}' for call in convs)}. Milliseconds need not be equal: {took}, here and now.",
    )


def _milliseconds(channels: int, side: int) -> float:
    conv, x = nn.Conv2d(channels, channels, 3, padding=1, bias=False), torch.randn(1, channels, side, side)
    times = []
    with one_thread(), torch.inference_mode():
        for _ in range(6):
            started = time.perf_counter()
            conv(x)
            times.append(1000 * (time.perf_counter() - started))
    return median(times[1:])


def filters() -> Judgement:
    """What "64 filters" may mean."""
    spec = get_spec("resnet50")
    inner, out = spec.widths[0], spec.widths[0] * spec.expansion
    return Judgement(
        answer="depends",
        sentence=f"{inner} are the channels inside the block; {out} leave it. Both are called its filters.",
    )
