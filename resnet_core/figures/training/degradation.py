"""degradation_drawing(): error against depth, plain and residual: the problem and the cure in one picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_core.anatomy.papers.published import PublishedError
from resnet_core.figures.svg import Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.figures.training.labels import apart

if TYPE_CHECKING:
    from resnet_core.lab.runs.recorded import RecordedRun

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 48, 46
RECORDED_HEIGHT = 200


def degradation_drawing(
    plain_rows: Iterable[PublishedError],
    residual_rows: Iterable[PublishedError],
    theme: str = "light",
    recorded: Iterable[RecordedRun] = (),
) -> str:
    """An SVG of errors in percent against the number of layers: recorded runs above, published figures below.

    Args:
        plain_rows, residual_rows: published test errors of CIFAR networks, e.g. `published.FIGURE_6` and
            `published.TABLE_6`. An error above 15 % is drawn as an arrow that leaves the chart, with its value
            beside it; networks deeper than 110 layers are left out.
        theme: "light" or "dark".
        recorded: runs whose last training and test errors stand on the same axis of layers; without them there is
            one chart.
    """
    plain, residual = _by_depth(plain_rows), _by_depth(residual_rows)
    lines = _lines_of(recorded)
    depths, top = tuple(sorted({*plain, *residual})), RECORDED_HEIGHT if lines else 0
    published = _Chart(THEMES[theme], depths, 15.0, top, HEIGHT)
    above = [_recorded_chart(_Chart(THEMES[theme], depths, 20.0, 0, RECORDED_HEIGHT), lines)] if lines else []
    return drawing(WIDTH, top + HEIGHT, *above, _published_chart(published, plain, residual), title=_title(lines))


def _published_chart(chart: _Chart, plain: Mapping[int, float], residual: Mapping[int, float]) -> Markup:
    inside = {depth: error for depth, error in plain.items() if error <= chart.ceiling}
    return together(
        chart.grid("Test error, published", chart.depths),
        chart.series(inside, chart.theme.plain, "7 5"),
        *(chart.escape(depth, error, inside) for depth, error in plain.items() if error > chart.ceiling),
        chart.series(residual, chart.theme.residual, None),
        chart.names(plain, residual),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Last errors in percent by depth of one kind of network: "test" bold, "training" thin."""

    kind: str
    measured: str
    errors: Mapping[int, float]

    @property
    def words(self) -> str:
        first, last = self.errors[min(self.errors)], self.errors[max(self.errors)]
        return f"{self.kind}, {self.measured}: {first:.1f} to {last:.1f} %"


def _lines_of(runs: Iterable[RecordedRun]) -> list[_Line]:
    """One line for each kind of network and of error that two depths or more were recorded of."""
    errors: dict[tuple[str, str], dict[int, float]] = {}
    for run in runs:
        last = run.epochs[-1]
        for measured, error in (("training", last.train_error), ("test", last.validation_error)):
            errors.setdefault((run.kind, measured), {})[run.layers] = error * 100
    return [_Line(*names, by_depth) for names, by_depth in sorted(errors.items()) if len(by_depth) > 1]


def _recorded_chart(chart: _Chart, lines: Sequence[_Line]) -> Markup:
    """Test errors bold, training errors thin, as in the replay; each line's words stand at its deep end."""
    depths = sorted({depth for line in lines for depth in line.errors})
    right = chart.x(depths[-1]) + 14
    wanted = [chart.y(line.errors[max(line.errors)]) + 5 for line in lines]
    places = apart(wanted, 20, chart.y(chart.ceiling) + 8, chart.y(0))
    parts = [chart.grid("Error in training and in test, recorded here", depths)]
    for line, y in zip(lines, places, strict=True):
        colour, bold = getattr(chart.theme, line.kind), line.measured == "test"
        parts.append(chart.trace(line.errors, colour, "7 5" if line.kind == "plain" else None, 3 if bold else 1.4))
        parts.append(text(right, y, line.words, colour, 13, font_weight=650 if bold else 400))
    return together(*parts)


def _title(lines: Iterable[_Line]) -> str:
    """What the drawing shows, for who can't see it."""
    here = "; ".join(line.words for line in lines)
    return (f"Errors on CIFAR-10, shallowest to deepest network. Recorded here: {here}. " if here else "") + (
        "Published test errors up to 110 layers: rising for plain networks, falling for residual ones"
    )


def _by_depth(rows: Iterable[PublishedError], deepest: int = 110) -> dict[int, float]:
    """Layers -> error in percent; the layers are the number in the variant's name."""
    named = {int("".join(filter(str.isdigit, row.variant))): row.top1 for row in rows if row.variant}
    return {depth: error for depth, error in named.items() if error is not None and depth <= deepest}


@dataclass(frozen=True, slots=True)
class _Chart:
    theme: Theme
    depths: tuple[int, ...]
    ceiling: float
    top: float
    height: float

    def x(self, depth: float) -> float:
        share = (depth - self.depths[0]) / (self.depths[-1] - self.depths[0])
        return LEFT + 20 + share * (WIDTH - LEFT - RIGHT - 44)

    def y(self, error: float) -> float:
        return self.bottom - min(error, self.ceiling) / self.ceiling * (self.height - TOP - BOTTOM)

    @property
    def bottom(self) -> float:
        return self.top + self.height - BOTTOM

    def grid(self, title: str, depths: Iterable[int]) -> Markup:
        t = self.theme
        parts = [text(LEFT - 40, self.top + 16, title, t.ink, 14, font_weight=650)]
        for error in range(0, int(self.ceiling) + 1, 5):
            parts.append(path(f"M{LEFT} {self.y(error):.1f} H{WIDTH - RIGHT}", t.hairline, 1))
            parts.append(text(LEFT - 8, self.y(error) + 5, f"{error} %", t.muted, 13, "end"))
        parts += [text(self.x(d), self.bottom + 20, str(d), t.muted, 13, "middle") for d in depths]
        return together(*parts, text(WIDTH - RIGHT, self.bottom + 38, "layers", t.muted, 13, "end"))

    def trace(self, points: Mapping[int, float], colour: str, dash: str | None, width: float) -> Markup:
        """A line with its marks: squares and dashes for plain, circles for residual."""
        places = [(self.x(depth), self.y(error)) for depth, error in sorted(points.items())]
        r = 4 + width / 2
        marks = [
            rect(x - r, y - r, 2 * r, 2 * r, colour, rx=1) if dash else tag("circle", cx=x, cy=y, r=r, fill=colour)
            for x, y in places
        ]
        return together(path("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places), colour, width, dash), *marks)

    def series(self, points: Mapping[int, float], colour: str, dash: str | None) -> Markup:
        """A line with its marks and values."""
        lift = -13 if dash else 23
        decimals = max(len(f"{error:g}".partition(".")[2]) for error in points.values())
        labels = [
            text(self.x(depth), self.y(error) + lift, f"{error:.{decimals}f}", self.theme.ink, 13, "middle")
            for depth, error in points.items()
        ]
        return together(self.trace(points, colour, dash, 2.5), *labels)

    def escape(self, depth: int, error: float, inside: Mapping[int, float]) -> Markup:
        """An arrow out of the top of the chart towards a value that does not fit."""
        t, last = self.theme, max(d for d in inside if d < depth)
        x, y, end, top = self.x(last), self.y(inside[last]), self.x(last) + 44, self.top + TOP - 10
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
