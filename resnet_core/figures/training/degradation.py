"""degradation_drawing(): error against depth, plain and residual: the problem and the cure in one picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from resnet_core.anatomy.papers.published import PublishedError
from resnet_core.figures.svg import Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, HEIGHT = 480, 350
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 48, 46
TITLE = "Test error on CIFAR-10 against the number of layers: rising for plain networks, falling for residual ones"


def degradation_drawing(
    plain_rows: Iterable[PublishedError], residual_rows: Iterable[PublishedError], theme: str = "light"
) -> str:
    """An SVG of test error in percent against the number of layers.

    Args:
        plain_rows, residual_rows: published errors of CIFAR networks, e.g. `published.FIGURE_6` and
            `published.TABLE_6`. An error above 15 % is drawn as an arrow that leaves the chart, with its value
            beside it; networks deeper than 110 layers are left out.
        theme: "light" or "dark".
    """
    plain, residual, ceiling = _by_depth(plain_rows), _by_depth(residual_rows), 15.0
    chart = _Chart(THEMES[theme], tuple(sorted({*plain, *residual})), ceiling)
    inside = {depth: error for depth, error in plain.items() if error <= ceiling}
    parts = (
        chart.grid(),
        chart.series(inside, chart.theme.plain, "7 5"),
        *(chart.escape(depth, error, inside) for depth, error in plain.items() if error > ceiling),
        chart.series(residual, chart.theme.residual, None),
        chart.names(plain, residual),
    )
    return drawing(WIDTH, HEIGHT, *parts, title=TITLE)


def _by_depth(rows: Iterable[PublishedError], deepest: int = 110) -> dict[int, float]:
    """Layers -> error in percent; the layers are the number in the variant's name."""
    named = {int("".join(filter(str.isdigit, row.variant))): row.top1 for row in rows if row.variant}
    return {depth: error for depth, error in named.items() if error is not None and depth <= deepest}


@dataclass(frozen=True, slots=True)
class _Chart:
    theme: Theme
    depths: tuple[int, ...]
    ceiling: float

    def x(self, depth: float) -> float:
        share = (depth - self.depths[0]) / (self.depths[-1] - self.depths[0])
        return LEFT + 20 + share * (WIDTH - LEFT - RIGHT - 44)

    def y(self, error: float) -> float:
        return HEIGHT - BOTTOM - min(error, self.ceiling) / self.ceiling * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> Markup:
        t = self.theme
        parts = [text(LEFT - 40, 16, "Error on CIFAR-10's test set", t.muted, 13)]
        for error in range(0, int(self.ceiling) + 1, 5):
            parts.append(path(f"M{LEFT} {self.y(error):.1f} H{WIDTH - RIGHT}", t.hairline, 1))
            parts.append(text(LEFT - 8, self.y(error) + 5, f"{error} %", t.muted, 13, "end"))
        parts += [text(self.x(d), HEIGHT - BOTTOM + 22, str(d), t.muted, 13, "middle") for d in self.depths]
        return together(*parts, text(WIDTH - RIGHT, HEIGHT - 8, "layers", t.muted, 13, "end"))

    def series(self, points: Mapping[int, float], colour: str, dash: str | None) -> Markup:
        """A line with its marks and values: squares and dashes for plain, circles for residual."""
        places = [(self.x(depth), self.y(error), error) for depth, error in sorted(points.items())]
        line = path("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places), colour, 2.5, dash)
        marks = [
            rect(x - 5, y - 5, 10, 10, colour, rx=1) if dash else tag("circle", cx=x, cy=y, r=5.5, fill=colour)
            for x, y, _ in places
        ]
        lift = -13 if dash else 23
        decimals = max(len(f"{error:g}".partition(".")[2]) for error in points.values())
        labels = [text(x, y + lift, f"{error:.{decimals}f}", self.theme.ink, 13, "middle") for x, y, error in places]
        return together(line, *marks, *labels)

    def escape(self, depth: int, error: float, inside: Mapping[int, float]) -> Markup:
        """An arrow out of the top of the chart towards a value that does not fit."""
        t, last = self.theme, max(d for d in inside if d < depth)
        x, y, end, top = self.x(last), self.y(inside[last]), self.x(last) + 44, TOP - 10
        length = ((end - x) ** 2 + (top - y) ** 2) ** 0.5
        along, up = (end - x) / length * 10, (top - y) / length * 10  # ten units back along the line
        wings = " ".join(
            f"M{end:.1f} {top:.1f} L{end - along + side * up * 0.5:.1f} {top - up - side * along * 0.5:.1f}"
            for side in (-1, 1)
        )
        line = path(f"M{x:.1f} {y:.1f} L{end:.1f} {top:.1f}", t.plain, 2.5, "7 5")
        words = text(end + 12, top + 3, f"over {error:g} % at {depth} layers", t.ink, 13)
        return together(line, path(wings, t.plain, 2.5), words)

    def names(self, plain: Mapping[int, float], residual: Mapping[int, float]) -> Markup:
        t, first, last = self.theme, min(plain), max(residual)
        above_first = text(self.x(first) - 8, self.y(plain[first]) - 36, "plain", t.plain, 16, font_weight=650)
        above_last = text(
            self.x(last) + 8, self.y(residual[last]) - 16, "residual", t.residual, 16, "end", font_weight=650
        )
        return together(above_first, above_last)
