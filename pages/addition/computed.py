"""What the page Shortcut computes of a picture: once in a visit, a few at a time on the server, gone with the visit."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import resnet_core as rc
from pages._caches import walked
from pages.photo.explained import Progress, Subject, flow_of, once
from resnet_core.figures.photo.block_parts import block_name

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BLOCKS = 12  # whose maps a visit keeps
MOST_OPTIONS = 2**15  # values of all options together, some 90 kB as they travel
PHOTO_SIDE = 224


class Scene(NamedTuple):
    """One picture in one network: all that the drawing shows whichever block is open."""

    key: str
    name: str
    subject: Subject
    network: rc.Classifier
    blocks: list[list[Any]]
    photo: str
    side: int

    @property
    def plain(self) -> bool:
        """Whether the network has no addition at all."""
        return len(self.blocks[0]) == 2


def scene_of(subject: Subject, network: rc.Classifier) -> Scene:
    """A picture before a network, with each block in figures. A plain network has its blocks' names alone."""
    spec = network.model.spec
    flow = flow_of(subject, network)
    blocks = rc.figures.flow_payload(flow) or [[path, block_name(path)] for path, _ in network.model.residual_blocks()]
    return Scene(
        key=f"{subject.key[0]}|{network.weights.name}|{network.weights.sha256}",
        name=spec.name, subject=subject, network=network, blocks=blocks,
        photo=_uri(subject.seen), side=subject.seen.width,
    )  # fmt: skip


def maps_of(scene: Scene, path: str, first: int, wanted: int | None) -> dict[str, Any]:
    """The maps of one block, as the drawing gets them.

    Raises:
        InvalidSpecError: where values are infinite.
    """

    def compute(_: Progress) -> dict[str, Any]:
        if scene.plain:
            bare = rc.transformation(scene.network, scene.subject.batch, path)
            liked = rc.figures.likest_channel(bare.h, _grey(scene.subject.seen, bare.h.shape[1:]))
            return rc.figures.plain_payload(bare, first, liked if wanted is None else wanted) | {"liked": liked}
        terms = rc.addition(scene.network, scene.subject.batch, path)
        liked = rc.figures.likest_channel(terms.sum, _grey(scene.subject.seen, terms.sum.shape[1:]))
        return rc.figures.addition_payload(terms, first, liked if wanted is None else wanted) | {"liked": liked}

    key = (*scene.subject.key, path, first, wanted)
    maps = once("shortcut_maps", key, "Looking into the block", compute, most=MOST_BLOCKS)
    liked = maps["liked"] if maps["liked"] in maps["sent"] else maps["sent"][0]
    return maps | {"liked": liked, "fields": _fields(scene, path), "convolutions": _convolutions(scene, path)}


def answers_of(scene: Scene, path: str) -> dict[str, Any]:
    """The answers for each alpha, of this block under its path and of all blocks under ""."""
    if scene.plain:
        return {}
    classes = scene.network.weights.classes

    def swept(block: str | None) -> dict[str, Any]:
        def compute(progress: Progress) -> dict[str, Any]:
            sweep = rc.branch_sweep(scene.network, scene.subject.batch, block, progress=progress)
            return rc.figures.sweep_payload(sweep, classes)

        words = "Asking the network once for each alpha"
        return once("shortcut_sweeps", (*scene.subject.key, block), words, compute, most=64)

    return {block or "": swept(block) for block in (path, None)}


def options_of(scene: Scene, path: str) -> dict[str, Any]:
    """Options A, B and C where the block changes shapes, for some of the channels; nothing where x passes as it is."""
    kind = next(block[2] for block in scene.blocks if block[0] == path) if not scene.plain else "none"
    if kind in ("none", "identity", "detached"):
        return {}

    def compute(_: Progress) -> list[dict[str, Any]]:
        options = rc.shortcut_options(scene.network, scene.subject.batch, path)
        if not options:
            return []
        values = len(options) * options[0].arrives[0].size
        sent = maps_of(scene, path, 0, None)["sent"][: max(1, MOST_OPTIONS // values)]
        return rc.figures.options_payload(options, sent)

    options = once("shortcut_options", (*scene.subject.key, path), "Trying the other shortcuts", compute, most=8)
    return {"options": {path: options}} if options else {}


def before_training(scene: Scene) -> dict[str, Any]:
    """The same figures of all blocks with fresh weights, and the law that they follow."""
    if scene.plain:
        return {}
    from resnet_core.inference.explain.shortcut.flow import law

    fresh = once(
        "shortcut_fresh", scene.subject.key, "Beginning anew with fresh weights",
        lambda _: rc.figures.flow_payload(rc.fresh_flow(scene.network, scene.subject.batch)), most=4,
    )  # fmt: skip
    return {"fresh": [one[3:6] for one in fresh], "law": law(scene.network.model.spec)}


def value_of(scene: Scene, asked: list[Any]) -> dict[str, Any] | None:
    """One value of a convolution for the place in F(x) that is read: [layer, channel, row, column] of the browser.

    A layer with fewer channels, or with a larger map, has the value at the corresponding place. None for what is not
    there, which the drawing does not ask for.
    """
    layer, place = str(asked[0]), [int(one) for one in asked[1:4]]
    calls = {call.path: call for call in walked(scene.network.model.spec, scene.side).calls}
    last = next((call for path, call in reversed(calls.items()) if path.startswith(_block(layer))), None)
    if layer not in calls or last is None or len(place) != 3:
        return None
    channels, *size = calls[layer].output_shape[1:]
    row, column = (
        min(one * inside // max(1, outside), inside - 1)
        for one, inside, outside in zip(place[1:], size, last.output_shape[2:], strict=True)
    )
    try:
        return once(
            "shortcut_values", (*scene.subject.key, layer, place[0] % channels, row, column), "Taking the value apart",
            lambda _: rc.figures.value_payload(
                rc.convolution_value(scene.network, scene.subject.batch, layer, place[0] % channels, row, column)
            ), most=32,
        )  # fmt: skip
    except rc.InvalidSpecError:
        return None


def _block(layer: str) -> str:
    return ".".join(layer.split(".")[:2]) + "."


def _convolutions(scene: Scene, path: str) -> list[str]:
    calls = walked(scene.network.model.spec, scene.side).calls
    return [call.path for call in calls if call.kind == "Conv2d" and call.path.startswith(f"{path}.")]


def _fields(scene: Scene, path: str) -> list[int]:
    """How many pixels a side one value of x and one of F(x) see."""
    calls = walked(scene.network.model.spec, scene.side).calls
    inside = [number for number, call in enumerate(calls) if call.path.startswith(f"{path}.")]
    before = max((_side(call.receptive_field) for call in calls[: inside[0]]), default=1)
    return [before, max(_side(calls[number].receptive_field) for number in inside)]


def _side(field: tuple[int, int] | None) -> int:
    return max(field) if field else 0


def _grey(seen: Image, size: tuple[int, ...]) -> Any:
    import numpy as np

    height, width = size
    return np.asarray(seen.convert("L").resize((width, height), resample=4), np.float32)


def _uri(seen: Image) -> str:
    """What the network sees as a data URI: a small picture pixel by pixel, a large one as a photograph."""
    picture, data = seen.convert("RGB"), BytesIO()
    small = picture.width <= PHOTO_SIDE // 2
    if not small:
        picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    picture.save(data, "PNG" if small else "JPEG", quality=85)
    return f"data:image/{'png' if small else 'jpeg'};base64,{b64encode(data.getvalue()).decode()}"
