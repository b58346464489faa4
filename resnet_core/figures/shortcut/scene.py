"""Scene: one picture in one network, and what the drawing of its additions asks for, each computed once."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.shortcut.payload import SCALE, flow_payload

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import Classifier

PHOTO_SIDE = 224
Progress = Callable[[float], None]
Found = TypeVar("Found")


class Once(Protocol):
    """What keeps results: `compute(progress)`, once for each key of a shelf, of which it keeps so many."""

    def __call__(
        self, shelf: str, key: tuple[Hashable, ...], words: str, compute: Callable[[Progress], Found], most: int
    ) -> Found: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture in one network: all that the drawing shows whichever block is open.

    Attributes:
        key: of picture and network, so that the drawing knows when another comes.
        seen: the picture as the network gets it, and `batch` the same as numbers, (1, C, H, W).
        trace: the network's calls at that size.
        still: what the drawing gets whichever block is open.
        once: keeps what has been computed.
    """

    key: tuple[Hashable, ...]
    network: Classifier
    seen: Image
    batch: Any
    trace: Trace
    still: dict[str, Any]
    once: Once

    @property
    def blocks(self) -> list[list[Any]]:
        """Each block in figures, as `flow_payload` has it; of a plain network path and name alone."""
        blocks: list[list[Any]] = self.still["blocks"]
        return blocks

    @property
    def name(self) -> str:
        """Of the network."""
        return self.network.model.spec.name

    @property
    def side(self) -> int:
        """Pixels a side of what the network sees."""
        return self.seen.width

    @property
    def plain(self) -> bool:
        """Whether the network has no addition at all."""
        return len(self.blocks[0]) == 2


def scene_of(
    key: tuple[Hashable, ...], network: Classifier, seen: Image, batch: Any, trace: Trace, once: Once
) -> Scene:
    """A picture before a network, with each block in figures. A plain network has its blocks' names alone."""
    from resnet_core.inference.explain.shortcut.flow import block_flow

    flow = once("shortcut_flow", key, "Following the gradient", lambda _: block_flow(network, batch), most=8)
    blocks = flow_payload(flow) or [[path, block_name(path)] for path, _ in network.model.residual_blocks()]
    weights = network.weights
    still = {
        "key": f"{key[0]}|{weights.name}|{weights.sha256}", "blocks": blocks, "photo": _uri(seen), "side": seen.width,
        "scale": SCALE,
    }  # fmt: skip
    return Scene(key=key, network=network, seen=seen, batch=batch, trace=trace, still=still, once=once)


def _uri(seen: Image) -> str:
    """What the network sees as a data URI: a small picture pixel by pixel, a large one as a photograph."""
    picture, data = seen.convert("RGB"), BytesIO()
    small = picture.width <= PHOTO_SIDE // 2
    if not small:
        picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    picture.save(data, "PNG" if small else "JPEG", quality=85)
    return f"data:image/{'png' if small else 'jpeg'};base64,{b64encode(data.getvalue()).decode()}"
