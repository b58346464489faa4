"""lines_drawing(): a few lines on one percent scale, named at their ends: for the wall, the page and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.figures.training.labels import apart

PAGE, WALL = (396, 290), (620, 340)  # a page's is drawn in half its width, on a phone in 358 pixels: words stay legible
WIDEST = 520  # pixels, on a page
MOST_MARKS = 12  # points of a line that get a mark each
Kind = Literal["plain", "residual", "copy", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line.

    Attributes:
        name: at its end, before its last value.
        kind: gives colour, dash and mark: plain ones are dashed with squares.
        points: (x, percent), left to right.
        thin: whether it stands behind the others.
    """

    name: str
    kind: Kind
    points: Sequence[Sequence[float]]
    thin: bool = False


def lines_drawing(
    lines: Sequence[Line], theme: str = "light", *, x: str, y: str, last: float, top: float = 100, decimals: int = 1
) -> Drawing:
    """An SVG of lines over a common axis.

    Args:
        x, y: what the axes measure; `y` stands above the chart.
        last: where the x axis ends, so that a line that has only begun leaves room.
        top: where the y axis ends, in percent.
        decimals: of the values at the ends.
    """
    look = THEMES[theme]
    chart = _Chart(look, *frame(look), last, top, decimals, _label_room(lines, look, decimals))
    ends = "; ".join(f"{line.name} {line.points[-1][1]:.{decimals}f} %" for line in lines if line.points)
    said = f"{y} by {x}, up to {last:g}. " + (f"Last values: {ends}" if ends else "Nothing is drawn yet")
    parts = (chart.grid(x, y), *map(chart.line, lines), chart.names(lines))
    return drawing(chart.width, chart.height, *parts, title=said, max_width=max(WIDEST, chart.width))


def frame(theme: Theme) -> tuple[int, int]:
    """Width and height of the drawing, in its own units."""
    return PAGE if theme.scale == 1 else WALL


def _size(theme: Theme) -> float:
    return 16 if theme.scale == 1 else 25


def _label_room(lines: Sequence[Line], theme: Theme, decimals: int) -> float:
    longest = max((len(line.name) for line in lines), default=0) + (6 if decimals else 4)
    return longest * _size(theme) * 0.56 + 12


@dataclass(frozen=True, slots=True)
class _Chart:
    theme: Theme
    width: int
    height: int
    last: float
    top: float
    decimals: int
    room: float

    @property
    def size(self) -> float:
        return _size(self.theme)

    @property
    def tick(self) -> float:
        return 15.5 if self.theme.scale == 1 else 25

    @property
    def left(self) -> float:
        return 3.4 * self.size

    @property
    def right(self) -> float:
        return self.width - self.room

    @property
    def bottom(self) -> float:
        return self.height - 2.8 * self.size

    def x(self, value: float) -> float:
        return self.left + value / max(self.last, 1) * (self.right - self.left)

    def y(self, percent: float) -> float:
        above = 2.2 * self.size
        return self.bottom - min(percent, self.top) / self.top * (self.bottom - above)

    def grid(self, x: str, y: str) -> Markup:
        t, parts = self.theme, [text(0, self.size, y, self.theme.muted, self.size)]
        for quarter in (0.0, 0.25, 0.5, 0.75, 1.0) if t.scale == 1 else (0.0, 0.5, 1.0):
            at = self.y(self.top * quarter)
            parts.append(path(f"M{self.left:.1f} {at:.1f} H{self.right:.1f}", t.hairline, t.scale))
            words = f"{self.top * quarter:g} %"
            parts.append(text(self.left - 8, at + self.size / 3, words, t.muted, self.tick, "end"))
        begin = text(self.left, self.bottom + 1.2 * self.size, "0", t.muted, self.tick, "middle")
        end = text(self.right, self.bottom + 1.2 * self.size, f"{self.last:g}", t.muted, self.tick, "middle")
        name = text((self.left + self.right) / 2, self.bottom + 2.3 * self.size, x, t.muted, self.size, "middle")
        return together(*parts, begin, end, name)

    def line(self, line: Line) -> Markup:
        if not line.points:
            return together()
        colour, dash = _look(self.theme, line.kind)
        width = (1.4 if line.thin else 3) * (1 if self.theme.scale == 1 else 1.7)
        places = [(self.x(at), self.y(percent)) for at, percent in line.points]
        d = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        marked = places if len(places) <= MOST_MARKS else places[-1:]
        radius = width + 1
        square = line.kind in ("plain", "copy")
        marks = [_mark(x, y, radius, colour, square) for x, y in marked]
        return together(path(d, colour, width, dash, stroke_linejoin="round"), *marks)

    def names(self, lines: Sequence[Line]) -> Markup:
        drawn = [line for line in lines if line.points]
        wanted = [self.y(line.points[-1][1]) for line in drawn]
        places = apart(wanted, 1.25 * self.size, 2 * self.size, self.bottom)
        return together(*(self._name(line, y) for line, y in zip(drawn, places, strict=True)))

    def _name(self, line: Line, y: float) -> Markup:
        at, value = line.points[-1]
        words = f"{line.name} {value:.{self.decimals}f} %"
        colour, _ = _look(self.theme, line.kind)
        weight = 400 if line.thin else 650
        return text(self.x(at) + self.size * 0.7, y + self.size / 3, words, colour, self.size, font_weight=weight)


def _mark(x: float, y: float, r: float, colour: str, square: bool) -> Markup:
    return rect(x - r, y - r, 2 * r, 2 * r, colour, rx=1) if square else tag("circle", cx=x, cy=y, r=r, fill=colour)


def _look(theme: Theme, kind: Kind) -> tuple[str, str | None]:
    looks: dict[Kind, tuple[str, str | None]] = {
        "plain": (theme.plain, "8 6"), "residual": (theme.residual, None), "copy": (theme.identity, "3 5"),
        "other": (theme.muted, None),
    }  # fmt: skip
    return looks[kind]
