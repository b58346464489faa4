"""identify(): which networks a file's tensors can be of, read from their names and shapes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import count, product
from typing import Any

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import CATALOGUE
from resnet_core.models.network import build_model
from resnet_core.models.spec import ModelSpec
from resnet_core.models.spec_fields import STEM_CONV

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]

LAST_CONV = {"basic": "conv2", "bottleneck": "conv3", "sk_bottleneck": "conv3.conv", "split_bottleneck": "conv3"}
INNER_CONV = {"bottleneck": "conv2", "sk_bottleneck": "conv1.conv", "split_bottleneck": "conv1"}
USUAL_SIZE = {"cifar": (32, 32), "half": (64, 64)}  # of pictures, by a stem that a variant has not
DESCRIBED = ("name", "family", "source", "in_channels", "num_classes", "input_size")  # all else is a choice


def identify(shapes: Shapes) -> tuple[ModelSpec, ...]:
    """Every spec whose network has exactly these tensors, under our names; the most usual first.

    Several fit where a choice has no parameters: on which side zeros are padded, whether there is a shortcut at all,
    which convolution of a bottleneck has the stride, and whether a 3x3 stem has one. None fit where the network is none
    of ours.
    """
    wanted = {name: shape for name, shape in shapes.items() if not name.endswith("num_batches_tracked")}
    fitting = [_named(fields) for fields in _proposals(shapes) if _shapes_of(fields) == wanted]
    # A stride on the first 1x1, or in a 3x3 stem, is no likely reading of a network that nobody is known to give one.
    unusual = [spec for spec in fitting if spec.stride_on == "1x1" or spec.stem == "half"]
    return tuple(spec for spec in fitting if spec not in unusual or not differing(CATALOGUE[spec.name], spec))


def shapes_of(spec: ModelSpec) -> dict[str, Shape]:
    """Shapes of a network's tensors by name, without batch norm's step counters."""
    state = build_model(spec, device="meta").state_dict()
    return {name: tuple(v.shape) for name, v in state.items() if not name.endswith("num_batches_tracked")}


def differing(row: ModelSpec, own: ModelSpec) -> list[str]:
    """Names of the choices in which two specs differ."""
    choices = (name for name in ModelSpec.__dataclass_fields__ if name not in DESCRIBED)
    return [name for name in choices if getattr(row, name) != getattr(own, name)]


def _shapes_of(fields: Mapping[str, Any]) -> dict[str, Shape] | None:
    try:
        spec = ModelSpec(name="unnamed", family="own", **fields)
    except InvalidSpecError:
        return None
    return _cached_shapes(spec.override(stride_on="3x3", shortcut=_with_equal_shapes(spec.shortcut)))


@lru_cache(maxsize=32)
def _cached_shapes(spec: ModelSpec) -> dict[str, Shape]:
    return shapes_of(spec)


def _with_equal_shapes(shortcut: str) -> str:
    """One of the shortcuts that have the same tensors: then one network is built where three are compared."""
    return "none" if shortcut in ("zero_pad", "zero_pad_both") else shortcut


def _proposals(shapes: Shapes) -> Iterator[dict[str, Any]]:
    """Fields of ModelSpec that these tensors suggest, the most usual first."""
    depths = tuple(_depths(shapes))
    first = shapes.get("conv1.weight") or shapes.get("conv1.0.weight")
    head = shapes.get("fc.weight")
    if not depths or head is None or first is None or len(first) != 4 or len(head) != 2:
        return
    shared = {
        "depths": depths, "in_channels": first[1], "num_classes": head[0],
        "norm": "batch" if any(name.endswith("running_mean") for name in shapes) else "none",
        "squeeze_excite": "layer1.0.se.fc1.weight" in shapes,
    }  # fmt: skip
    shared["conv_bias"] = shared["norm"] == "batch" and "layer1.0.conv1.bias" in shapes
    for block in _blocks(shapes):
        for stem_shortcut in _ways(shapes, block, depths):
            yield shared | block | stem_shortcut


def _depths(shapes: Shapes) -> Iterator[int]:
    for stage in count(1):
        blocks = {found[1] for name in shapes if (found := re.match(rf"layer{stage}\.(\d+)\.", name))}
        if not blocks:
            return
        yield len(blocks)


def _kind(shapes: Shapes) -> str:
    if "layer1.0.conv1.conv.weight" in shapes:
        return "sk_bottleneck"
    if "layer1.0.conv2.fc1.weight" in shapes:
        return "split_bottleneck"
    return "bottleneck" if "layer1.0.conv3.weight" in shapes else "basic"


def _blocks(shapes: Shapes) -> Iterator[dict[str, Any]]:
    """The block and its widths; with expansion 4, then 1."""
    kind, stages = _kind(shapes), len(list(_depths(shapes)))
    outs = [_first(shapes, f"layer{n}.0.{LAST_CONV[kind]}.weight") for n in range(1, stages + 1)]
    preact = f"layer{stages}.bn.weight" in shapes
    if kind == "basic":
        yield {"block": "preact_basic" if preact else "basic", "widths": tuple(outs)}
        return
    for block, expansion in ((f"preact_{kind}" if preact else kind, 4), (f"flat_{kind}", 1)):
        if all(out % expansion == 0 for out in outs):
            widths = tuple(out // expansion for out in outs)
            yield {"block": block, "widths": widths, **_groups(shapes, kind, widths)}


def _groups(shapes: Shapes, kind: str, widths: Shape) -> dict[str, Any]:
    """Groups and width of the convolution inside a bottleneck."""
    inner = [_first(shapes, f"layer{n}.0.{INNER_CONV[kind]}.weight") for n in range(1, len(widths) + 1)]
    if kind == "split_bottleneck":
        made, read, *_ = shapes.get("layer1.0.conv2.conv.weight", (0, 0))
        radix = made // inner[0] if inner[0] else 0
        groups = inner[0] // (read * radix) if read and radix else 1
        return {"radix": radix, **_width(inner[0], groups, widths[0])}
    if kind == "sk_bottleneck":
        read = _second(shapes, "layer1.0.conv2.paths.0.conv.weight")
        return _width(inner[0], inner[0] // 2 // read if read else 1, widths[0])
    read_of = [_second(shapes, f"layer{n}.0.conv2.weight") or 1 for n in range(1, len(widths) + 1)]
    groups_of = [channels // read for channels, read in zip(inner, read_of, strict=True)]
    if len(set(groups_of)) == 1:
        return _width(inner[0], groups_of[0], widths[0])
    return {"group_width": read_of[0], **_width(inner[0], 1, widths[0])}


def _width(inner: int, groups: int, base: int) -> dict[str, int]:
    """What `SpecFields.inner_width` makes these inner channels of."""
    groups = max(groups, 1)
    return {"groups": groups, "width_per_group": max(1, -(-(inner // groups) * 64 // max(base, 1)))}


def _ways(shapes: Shapes, block: Mapping[str, Any], depths: Shape) -> Iterator[dict[str, Any]]:
    """Stem, shortcut and place of the stride; more than one where the tensors do not tell."""
    if "conv1.0.weight" in shapes:
        stems = ["deep_wide" if _first(shapes, "conv1.6.weight") == 2 * block["widths"][0] else "deep"]
    else:
        side = shapes["conv1.weight"][2]
        stems = [stem for stem in ("imagenet", "cifar", "half") if STEM_CONV[stem][0] == side]
    for stem, shortcut in product(stems, _shortcuts(shapes, depths)):
        for stride in ("3x3", "1x1") if block["block"].endswith("bottleneck") else ("3x3",):
            if stride == "3x3" or block["block"] in ("bottleneck", "preact_bottleneck"):
                yield {"stem": stem, "shortcut": shortcut, "stride_on": stride}


def _shortcuts(shapes: Shapes, depths: Shape) -> tuple[str, ...]:
    made = [name for name in shapes if ".downsample." in name and len(shapes[name]) == 4]
    if not made:
        return ("zero_pad", "zero_pad_both", "none")
    if any(re.match(r"layer\d+\.1\.downsample", name) for name in made) and max(depths) > 1:
        return ("projection_all",)
    if made[0].endswith("downsample.1.weight"):
        return ("pooled_projection",)
    normed = made[0].replace("downsample.0.weight", "downsample.1.weight") in shapes
    return ("projection", "bare_projection") if normed else ("bare_projection", "projection")


def described(spec: ModelSpec) -> str:
    """A spec by its name and by what it changes in that variant: "resnet18 with stem=cifar"."""
    changes = [f"{name}={getattr(spec, name)}" for name in differing(CATALOGUE[spec.name], spec)]
    return f"{spec.name} with {' and '.join(changes)}" if changes else spec.name


def _named(fields: Mapping[str, Any]) -> ModelSpec:
    """The spec under the name of the variant that it differs least from; least of all in block and depths."""
    own = ModelSpec(name="own", family="own", **fields)

    def distance(row: ModelSpec) -> float:
        changes = differing(row, own)
        return len(changes) + 0.5 * len({"block", "depths"}.intersection(changes))

    row = min(CATALOGUE.values(), key=distance)
    changes = {name: getattr(own, name) for name in differing(row, own)}
    size = USUAL_SIZE.get(own.stem, (224, 224)) if "stem" in changes else row.input_size
    return row.override(in_channels=own.in_channels, num_classes=own.num_classes, input_size=size, **changes)


def _first(shapes: Shapes, name: str) -> int:
    return shapes.get(name, (0,))[0]


def _second(shapes: Shapes, name: str) -> int:
    return shapes.get(name, (0, 0))[1]
