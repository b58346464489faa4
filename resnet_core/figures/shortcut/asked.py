"""answer(): what the drawing of an addition asks for next, of one picture in one network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resnet_core.errors import InvalidSpecError
from resnet_core.figures.shortcut.payload import (
    addition_payload,
    flow_payload,
    likest_channel,
    options_payload,
    plain_payload,
    sweep_payload,
    value_payload,
)
from resnet_core.figures.shortcut.scene import Progress, Scene

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BLOCKS = 12  # whose maps are kept
MOST_OPTIONS = 2**15  # values of all options together, some 90 kB as they travel
SMALL_SIDE = 64  # pixels of a picture whose next block is sent unasked


def answer(scene: Scene, at: dict[str, Any], wanted: int | None) -> dict[str, Any]:
    """What the drawing asks for: the maps of a block first, and once they are painted what else belongs to it.

    Args:
        at: `block`, its path; `have`, whether its maps are there; `first`, where its channels begin; `value`, the
            value of a convolution that is looked at, if one is.
        wanted: a channel that is sent in any case.

    Raises:
        InvalidSpecError: where values are infinite.
    """
    path = at["block"]
    if not at["have"]:
        block = maps_of(scene, path, int(at.get("first", 0)), wanted)
        channel = wanted if wanted in block["sent"] else block["liked"]
        return {"block": block, "channel": -1 if channel is None else channel}
    more = {"sweeps": answers_of(scene, path)} | before_training(scene)
    more |= options_of(scene, path) or _next_maps(scene, path)  # both would be too much at once
    value = value_of(scene, at["value"]) if at.get("value") else None
    return more | {"value": value, "channel": -1 if wanted is None else wanted}


def _next_maps(scene: Scene, path: str) -> dict[str, Any]:
    """The maps of the block after this one, so that the next step asks nobody; of small pictures only."""
    paths = [one[0] for one in scene.blocks]
    following = paths[paths.index(path) + 1 :][:1]
    return {"block": maps_of(scene, following[0], 0, None)} if following and scene.side <= SMALL_SIDE else {}


def maps_of(scene: Scene, path: str, first: int, wanted: int | None) -> dict[str, Any]:
    """The maps of one block, as the drawing gets them.

    Raises:
        InvalidSpecError: where values are infinite.
    """

    from resnet_core.inference.explain.shortcut.addition import addition, transformation

    def compute(_: Progress) -> dict[str, Any]:
        if scene.plain:
            bare = transformation(scene.network, scene.batch, path)
            liked = likest_channel(bare.h, _grey(scene.seen, bare.h.shape[1:]))
            return plain_payload(bare, first, liked if wanted is None else wanted) | {"liked": liked}
        terms = addition(scene.network, scene.batch, path)
        liked = likest_channel(terms.sum, _grey(scene.seen, terms.sum.shape[1:]))
        return addition_payload(terms, first, liked if wanted is None else wanted) | {"liked": liked}

    key = (*scene.key, path, first, wanted)
    maps = scene.once("shortcut_maps", key, "Looking into the block", compute, most=MOST_BLOCKS)
    liked = maps["liked"] if maps["liked"] in maps["sent"] else maps["sent"][0]
    return maps | {"liked": liked, "fields": _fields(scene, path), "convolutions": _convolutions(scene, path)}


def answers_of(scene: Scene, path: str) -> dict[str, Any]:
    """The answers for each alpha, of this block under its path and of all blocks under ""."""
    if scene.plain:
        return {}
    classes = scene.network.weights.classes

    from resnet_core.inference.explain.shortcut.sweep import branch_sweep

    def swept(block: str | None) -> dict[str, Any]:
        def compute(progress: Progress) -> dict[str, Any]:
            sweep = branch_sweep(scene.network, scene.batch, block, progress=progress)
            return sweep_payload(sweep, classes)

        words = "Asking the network once for each alpha"
        return scene.once("shortcut_sweeps", (*scene.key, block), words, compute, most=64)

    return {block or "": swept(block) for block in (path, None)}


def options_of(scene: Scene, path: str) -> dict[str, Any]:
    """Options A, B and C where the block changes shapes, for some of the channels; nothing where x passes as it is."""
    kind = next(block[2] for block in scene.blocks if block[0] == path) if not scene.plain else "none"
    if kind in ("none", "identity", "detached"):
        return {}

    from resnet_core.inference.explain.shortcut.options import shortcut_options

    def compute(_: Progress) -> list[dict[str, Any]]:
        options = shortcut_options(scene.network, scene.batch, path)
        if not options:
            return []
        values = len(options) * options[0].arrives[0].size
        sent = maps_of(scene, path, 0, None)["sent"][: max(1, MOST_OPTIONS // values)]
        return options_payload(options, sent)

    options = scene.once("shortcut_options", (*scene.key, path), "Trying the other shortcuts", compute, most=8)
    return {"options": {path: options}} if options else {}


def before_training(scene: Scene) -> dict[str, Any]:
    """The same figures of all blocks with fresh weights, and the law that they follow."""
    if scene.plain:
        return {}
    from resnet_core.inference.explain.shortcut.flow import fresh_flow, law

    fresh = scene.once(
        "shortcut_fresh", scene.key, "Beginning anew with fresh weights",
        lambda _: flow_payload(fresh_flow(scene.network, scene.batch)), most=4,
    )  # fmt: skip
    return {"fresh": [one[3:6] for one in fresh], "law": law(scene.network.model.spec)}


def value_of(scene: Scene, asked: list[Any]) -> dict[str, Any] | None:
    """One value of a convolution for the place in F(x) that is read: [layer, channel, row, column] of the browser.

    A layer with fewer channels, or with a larger map, has the value at the corresponding place. None for what is not
    there, which the drawing does not ask for.
    """
    from resnet_core.inference.explain.shortcut.convolution import convolution_value

    layer, place = str(asked[0]), [int(one) for one in asked[1:4]]
    calls = {call.path: call for call in scene.trace.calls}
    last = next((call for path, call in reversed(calls.items()) if path.startswith(_block(layer))), None)
    if layer not in calls or last is None or len(place) != 3:
        return None
    channels, *size = calls[layer].output_shape[1:]
    row, column = (
        min(one * inside // max(1, outside), inside - 1)
        for one, inside, outside in zip(place[1:], size, last.output_shape[2:], strict=True)
    )
    try:
        return scene.once(
            "shortcut_values", (*scene.key, layer, place[0] % channels, row, column), "Taking the value apart",
            lambda _: value_payload(
                convolution_value(scene.network, scene.batch, layer, place[0] % channels, row, column)
            ), most=32,
        )  # fmt: skip
    except InvalidSpecError:
        return None


def _block(layer: str) -> str:
    return ".".join(layer.split(".")[:2]) + "."


def _convolutions(scene: Scene, path: str) -> list[str]:
    calls = scene.trace.calls
    return [call.path for call in calls if call.kind == "Conv2d" and call.path.startswith(f"{path}.")]


def _fields(scene: Scene, path: str) -> list[int]:
    """How many pixels a side one value of x and one of F(x) see."""
    calls = scene.trace.calls
    inside = [number for number, call in enumerate(calls) if call.path.startswith(f"{path}.")]
    before = max((_side(call.receptive_field) for call in calls[: inside[0]]), default=1)
    return [before, max(_side(calls[number].receptive_field) for number in inside)]


def _side(field: tuple[int, int] | None) -> int:
    return max(field) if field else 0


def _grey(seen: Image, size: tuple[int, ...]) -> Any:
    import numpy as np

    height, width = size
    return np.asarray(seen.convert("L").resize((width, height), resample=4), np.float32)
