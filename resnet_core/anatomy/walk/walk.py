"""walk_spec(): the same Trace as trace_model's by arithmetic alone. No torch: each is the other's oracle."""

from __future__ import annotations

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.walk.blocks import walk_block
from resnet_core.anatomy.walk.calls import Map, Walk
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec
from resnet_core.models.spec_fields import STEM_CONV


def walk_spec(name_or_spec: str | ModelSpec, input_size: Shape | None = None) -> Trace:
    """What `trace_model` records, computed from the spec with pencil-and-paper formulas.

    Args:
        name_or_spec: a catalogue name or a ModelSpec.
        input_size: (N, C, H, W); by default one picture of the spec's size.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
    """
    spec = get_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    batch, channels, height, width = input_size or (1, spec.in_channels, *spec.input_size)
    walk = Walk(batch, biased=spec.has_bias, normed=spec.norm == "batch")
    x = _stem(walk, spec, Map(channels, (height, width), (1, 1), (1, 1)))
    x = _stages(walk, spec, x)
    _head(walk, spec, x)
    return Trace(
        name=spec.name,
        input_shape=(batch, channels, height, width),
        calls=tuple(walk.calls),
        total_params=sum(call.params for call in walk.calls),
        input_shapes={"input": (batch, channels, height, width)},
        output_shapes={"": (batch, spec.num_classes)},
        sources=tuple(walk.sources),
    )


def _stem(walk: Walk, spec: ModelSpec, x: Map) -> Map:
    if spec.stem in ("deep", "deep_wide"):
        x = _deep_stem(walk, spec, x)
    else:
        x = walk.conv("conv1", x, spec.stem_channels, *STEM_CONV[spec.stem])
    if not spec.preactivated:
        x = walk.same("relu", "ReLU", walk.norm("bn1", x))
    return walk.pool("maxpool", "MaxPool2d", x, 3, 1) if spec.stem_pools else x


def _deep_stem(walk: Walk, spec: ModelSpec, x: Map) -> Map:
    half = spec.stem_channels // 2
    for index, stride in ((0, 2), (3, 1)):
        x = walk.norm(f"conv1.{index + 1}", walk.conv(f"conv1.{index}", x, half, 3, stride))
        x = walk.same(f"conv1.{index + 2}", "ReLU", x)
    return walk.conv("conv1.6", x, spec.stem_channels, 3)


def _stages(walk: Walk, spec: ModelSpec, x: Map) -> Map:
    for stage, (depth, base) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        for index in range(depth):
            stride = 2 if stage > 0 and index == 0 else 1
            x = walk_block(walk, spec, f"layer{stage + 1}.{index}", x, base, stride)
    if spec.preactivated:
        last = f"layer{len(spec.depths)}"
        x = walk.same(f"{last}.relu", "ReLU", walk.norm(f"{last}.bn", x))
    return x


def _head(walk: Walk, spec: ModelSpec, x: Map) -> None:
    x = walk.global_pool("avgpool", x)
    x = walk.flat("flatten", "Flatten", x, x.channels)
    params = cost.linear_params(x.channels, spec.num_classes)
    macs = cost.linear_macs(x.channels, (walk.batch, spec.num_classes))
    walk.flat("fc", "Linear", x, spec.num_classes, params=params, macs=macs)
