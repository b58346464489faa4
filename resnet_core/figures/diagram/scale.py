"""Scale: how large a feature map is drawn, and the bow of a shortcut around it. Both sides follow square roots."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from resnet_core.anatomy.counting.calls import Shape
from resnet_core.anatomy.tables.parts import Part
from resnet_core.figures.diagram.marks import COLOURS, DASHES, PLUS, Mark, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Pixels of a box: its height follows the spatial size, its width the channels, both by square root.

    Linear scales would leave a 7x7 map next to a 224x224 picture, or 3 channels next to 2048, invisible.
    """

    largest_side: int
    most_channels: int
    tallest: float
    widest: float
    lowest: float = 20
    slimmest: float = 10

    def height(self, shape: Shape) -> float:
        """Of a map (N, C, H, W); of a vector the lowest."""
        side = max(shape[2:], default=1)
        return max(self.lowest, min(self.tallest, self.tallest * sqrt(side / self.largest_side)))

    def width(self, shape: Shape) -> float:
        """Of a map or a vector, by its channels."""
        return max(self.slimmest, min(self.widest, self.widest * sqrt(channels_of(shape) / self.most_channels)))


def channels_of(shape: Shape) -> int:
    """Of a map, features of a vector; 1 of anything less."""
    return max(shape[1:2], default=1)


def scale_of(part: Part, tallest: float, widest: float, beside: Part | None = None) -> Scale:
    """The scale on which the parts of `part`, and of another one beside it, fill the given height and width."""
    shapes = [part.input_shape, *(child.map_shape for whole in (part, beside or part) for child in whole.children)]
    sides = [max(shape[2:], default=1) for shape in shapes]
    return Scale(largest_side=max(sides), most_channels=max(map(channels_of, shapes)), tallest=tallest, widest=widest)


def bow(start: float, stop: float, near: float, far: float, clear: float) -> float:
    """How far the handles of a curve from `start` to `stop` stand off, so that it passes a box.

    The box reaches from `near` to `far` along the trunk and `clear` away from it. A cubic curve with handles at a
    distance h is 3t(1-t)h away from its ends, and 3t^2-2t^3 of the way along.
    """
    share = min(near - start, stop - far) / (stop - start)
    low, high = 0.0, 0.5
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if 3 * middle**2 - 2 * middle**3 < share else (low, middle)
    return clear / (3 * low * (1 - low))


def arc(kind: str, start: float, stop: float, trunk: float, handle: float, *, vertical: bool = False) -> list[Mark]:
    """A shortcut bowed away from the trunk (upwards, or to the left) into the addition at `stop`."""
    colour, peak = COLOURS[kind], trunk - handle
    if vertical:
        d = f"M{trunk:.1f} {start:.1f}C{peak:.1f} {start:.1f} {peak:.1f} {stop:.1f} {trunk - PLUS - 1:.1f} {stop:.1f}"
    else:
        d = f"M{start:.1f} {trunk:.1f}C{start:.1f} {peak:.1f} {stop:.1f} {peak:.1f} {stop:.1f} {trunk - PLUS - 1:.1f}"
    return [line(d, colour, 2.5, DASHES[kind])]
