"""Shortcut: one addition of a network on one picture, as a widget. What the drawing lacks it asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from traitlets import Dict, Int, Unicode, observe, validate

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.shortcut.asked import answer
from resnet_core.figures.shortcut.drawings import addition_drawing, transformation_drawing
from resnet_core.figures.shortcut.scene import Found, Progress, Scene, scene_of
from resnet_core.notebook.host import DrawingWidget

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import Classifier


class Shortcut(DrawingWidget):
    """The addition of one block, value by value.

    Attributes:
        block: path of the block that is open, e.g. "layer3.2"; takes its name as well, e.g. "conv4_x.2".
        channel: that is shown.
    """

    drawing = "shortcut"

    at = Dict().tag(sync=True)
    block = Unicode()
    channel = Int()

    def __init__(self, scene: Scene, block: str | None = None) -> None:
        self._scene = scene
        self._paths = {name: path for path, name, *_ in scene.blocks}
        first = self._path_of(block or scene.blocks[0][0])
        moving = self._opened(first, None, 0)
        super().__init__(scene.still, moving)
        with self._one_move():
            self.block, self.channel = first, moving["channel"]

    @classmethod
    def of(cls, network: str | Classifier, picture: str | Path | bytes | Image, block: str | None = None) -> Self:
        """The widget of a picture before a network."""
        from resnet_core.inference.classifier import Classifier, read_image
        from resnet_core.inference.preprocessing import to_batch
        from resnet_core.inference.samples import SAMPLES, load_sample
        from resnet_core.weights.record import Weights

        if not isinstance(network, str | Path | Weights | Classifier):
            raise InvalidSpecError(
                f"A {type(network).__name__} is no network that this takes: give the name or the file of weights, e.g. "
                "'cifar_resnet56', or a Classifier, which knows how its pictures are prepared and what its classes are "
                "called. addition() takes a network of build_model() as well."
            )
        network = network if isinstance(network, Classifier) else Classifier.load(network)
        names = {sample.name for sample in SAMPLES}
        is_sample = isinstance(picture, str) and picture in names and not Path(picture).exists()
        seen = network.seen(load_sample(str(picture)) if is_sample else read_image(picture))
        batch = to_batch([seen], network.weights.preprocessing)
        key = (hashlib.sha256(seen.tobytes()).hexdigest(), network.weights.name)
        trace = walk_spec(network.model.spec, (1, network.model.spec.in_channels, seen.height, seen.width))
        return cls(scene_of(key, network, seen, batch, trace, Kept()), block)

    def _path_of(self, block: str) -> str:
        path: str = self._paths.get(block, block)
        if path not in self._paths.values():
            raise InvalidSpecError(
                f"block={block!r} is no block of {self._scene.name}. They are called "
                f"{', '.join(list(self._paths.values())[:3])}, ...; or {', '.join(list(self._paths)[:3])}, ..."
            )
        return path

    @validate("block")
    def _check_block(self, proposal: Any) -> str:
        return self._path_of(str(proposal["value"]))

    @validate("channel")
    def _check_channel(self, proposal: Any) -> int:
        channel, count = proposal["value"], self._channels
        if not 0 <= channel < count:
            raise InvalidSpecError(f"channel={channel} does not work: {self.block} has those from 0 to {count - 1}.")
        return int(channel)

    @property
    def _channels(self) -> int:
        inside = [call for call in self._scene.trace.calls if call.path.startswith(f"{self.block}.")]
        return inside[-1].output_shape[1] if inside else 0

    @observe("block", "channel")
    def _move(self, change: Any) -> None:
        if not self._hearing:
            wanted = None if change["name"] == "block" else self.channel
            self._moving = self._opened(self.block, wanted, self._moving["turn"] + 1)
            with self._one_move():
                self.channel = self._moving["channel"]

    def _opened(self, path: str, wanted: int | None, turn: int) -> dict[str, Any]:
        found = answer(self._scene, {"block": path, "have": False}, wanted)
        return {"open": path, "turn": turn, **found}

    @observe("at")
    def _hear(self, change: Any) -> None:
        at = change["new"]
        known = at.get("key") == self._scene.still["key"] and at.get("block") in self._paths.values()
        if not known or at.get("turn") != self._moving["turn"]:  # Python has moved the drawing since
            return
        channel = at.get("channel")
        wanted = channel if isinstance(channel, int) and channel >= 0 else None
        found = answer(self._scene, at, wanted)
        with self._one_move():
            self.block = at["block"]
            if found["channel"] >= 0:
                self.channel = found["channel"]
        self._moving = {"open": at["block"], "turn": self._moving["turn"], **found}

    def still_html(self) -> str:
        """The addition of one channel as a picture; of a plain network what stands in its place."""
        from resnet_core.inference.explain.shortcut.addition import addition, transformation

        asked = self._scene.network, self._scene.batch, self.block
        if self._scene.plain:
            said = f"<p>{escape(self._scene.name)} is plain: it has no addition. What is left of x is H(x) alone.</p>"
            return said + transformation_drawing(transformation(*asked), channel=self.channel)
        return addition_drawing(addition(*asked), channel=self.channel)

    def __repr__(self) -> str:
        return f"Shortcut({self._scene.name}, block={block_name(self.block)!r}, channel={self.channel})"


class Kept:
    """Results of one widget, each computed once; the oldest go first."""

    def __init__(self) -> None:
        self._shelves: dict[str, dict[Hashable, Any]] = {}

    def __call__(
        self, shelf: str, key: tuple[Hashable, ...], words: str, compute: Callable[[Progress], Found], most: int
    ) -> Found:
        """What `compute(progress)` gives for this key."""
        kept = self._shelves.setdefault(shelf, {})
        if key not in kept:
            kept[key] = compute(lambda _: None)
            while len(kept) > most:
                del kept[next(iter(kept))]
        found: Found = kept[key]
        return found
