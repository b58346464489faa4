"""foretold_drawing(): training error beside test error against depth, with a handle for one's own guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.figures.training.labels import apart
from resnet_core.lab.runs.foretold import Foretold

CEILING = 30.0  # percent: room for guesses far above what was measured
WIDE, NARROW = (820, 284), (358, 452)  # one pixel a unit, at 1280 and at 390 pixels
GAP, LEFT, RIGHT, TOP, BOTTOM = 24, 44, 130, 40, 44


def foretold_drawing(asked: Sequence[Foretold], theme: str = "light", *, narrow: bool = False) -> Drawing:
    """An SVG of two panels: training errors, with a handle for each question, and test errors with the paper's.

    What a browser needs has a class: `handle KIND` is what is dragged, `told KIND` what appears when it is let go,
    `guess KIND` where it was let go, `line KIND` leads to it; `data-zero` and `data-unit` of the picture say where 0 %
    lies and how many units of the picture one percent has. Without a script all is shown.

    Args:
        narrow: for a phone; the panels stand under each other.
    """
    t, (width, height) = THEMES[theme], NARROW if narrow else WIDE
    wide, tall = (width, height / 2) if narrow else ((width - GAP) / 2, height)
    training = _Panel(t, 0, 0, wide, tall, asked[0].layers)
    test = _Panel(t, 0 if narrow else wide + GAP, tall if narrow else 0, wide, tall, asked[0].layers)
    parts = [
        training.grid("Training error", "photos it trained on"),
        test.grid("Test error", "new photos"),
        test.waiting(),
    ]
    parts += [training.known(one) for one in asked]
    ends = {one.kind: one.training[1] for one in asked}
    parts += [training.told(one, one.training, training.labels(ends)) for one in asked]
    ends = {one.kind: one.test[1] for one in asked}
    ends |= {f"paper {one.kind}": one.paper[max(one.paper)] for one in asked if one.paper}
    parts += [test.told(one, one.test, test.labels(ends), one.paper) for one in asked]
    parts += [training.handle(one) for one in asked]
    frame = tag("g", *parts, class_="foretold", data_zero=training.y(0), data_unit=training.y(0) - training.y(1))
    return drawing(width, height, frame, title=_title(asked), max_width=1040 if not narrow else 420, role="group")


def _title(asked: Iterable[Foretold]) -> str:
    return "Training error beside test error, in percent, by number of layers: " + ", then ".join(
        f"the {one.kind} networks of {one.layers[0]} and {one.layers[1]} layers" for one in asked
    )


@dataclass(frozen=True, slots=True)
class _Panel:
    theme: Theme
    left: float
    top: float
    width: float
    height: float
    ends: tuple[int, int]

    def x(self, layers: float) -> float:
        inner = self.width - LEFT - RIGHT - 24
        return self.left + LEFT + 20 + (layers - self.ends[0]) / (self.ends[1] - self.ends[0]) * inner

    def y(self, percent: float) -> float:
        return self.top + self.height - BOTTOM - percent / CEILING * (self.height - TOP - BOTTOM)

    def labels(self, values: Mapping[str, float]) -> dict[str, float]:
        """Where the labels of values in percent stand, so that none covers another."""
        places = apart([self.y(value) + 5 for value in values.values()], 18, self.y(CEILING), self.y(0))
        return dict(zip(values, places, strict=True))

    def colour(self, kind: str) -> str:
        return str(getattr(self.theme, kind))

    def grid(self, title: str, of: str) -> Markup:
        t, right = self.theme, self.left + self.width - RIGHT + 16
        name = tag(
            "text", Markup(f"{title}<tspan dx='8' font-weight='400' fill='{t.muted}'>{of}</tspan>"),
            x=self.left + LEFT, y=self.top + 18, fill=t.ink, font_size=16, font_weight=650,
        )  # fmt: skip
        parts = [name]
        for percent in range(0, int(CEILING) + 1, 10):
            parts.append(path(f"M{self.left + LEFT:.1f} {self.y(percent):.1f} H{right:.1f}", t.hairline, 1))
            parts.append(text(self.left + LEFT - 8, self.y(percent) + 5, f"{percent} %", t.muted, 14, "end"))
        parts += [text(self.x(end), self.y(0) + 22, f"{end} layers", t.muted, 14, "middle") for end in self.ends]
        return together(*parts)

    def waiting(self) -> Markup:
        """What stands where nothing is told yet."""
        x, y = (self.x(self.ends[0]) + self.x(self.ends[1])) / 2, self.y(CEILING / 2) + 5
        return text(x, y, "appears when you let go", self.theme.muted, 15, "middle", class_="waiting")

    def known(self, one: Foretold) -> Markup:
        """The shallow network's training error, which the question tells."""
        x, y = self.x(one.layers[0]), self.y(one.training[0])
        shown = self.mark(one.kind, x, y), self.value(one.kind, x, y, one.training[0])
        return tag("g", *shown, class_=f"known {one.kind}")

    def told(
        self, one: Foretold, errors: tuple[float, float], labels: Mapping[str, float],
        paper: Mapping[int, float] | None = None,
    ) -> Markup:  # fmt: skip
        """The measured line with its marks; behind it, hollow and thin, the paper's."""
        colour, dash = self.colour(one.kind), "7 5" if one.kind == "plain" else None
        places = [(self.x(layers), self.y(error)) for layers, error in zip(one.layers, errors, strict=True)]
        (x, y), (end, last) = places
        label = text(end + 16, labels[one.kind], f"{one.kind} {errors[1]:.1f} %", colour, 16, font_weight=650)
        ended = tag("g", self.mark(one.kind, end, last), label, class_="end")
        parts = [self.line(places, colour, 3, dash)]
        if paper is None:
            you = text(end - 14, 5, "you", colour, 14, "end", **self.halo())
            parts.append(tag("g", self.mark(one.kind, end, 0, hollow=True), you, class_=f"guess {one.kind}"))
        else:
            parts = [self.published(one.kind, paper, labels), *parts, self.beginning(one.kind, x, y, errors[0])]
        return tag("g", *parts, self.mark(one.kind, x, y), ended, class_=f"told {one.kind}")

    def published(self, kind: str, paper: Mapping[int, float], labels: Mapping[str, float]) -> Markup:
        places = [(self.x(layers), self.y(error)) for layers, error in sorted(paper.items())]
        if not places:
            return together()
        name = text(places[-1][0] + 16, labels[f"paper {kind}"], "paper", self.theme.muted, 14)
        marks = [self.mark(kind, x, y, hollow=True) for x, y in places]
        return together(self.line(places, self.colour(kind), 1.2, "7 5" if kind == "plain" else None), *marks, name)

    def beginning(self, kind: str, x: float, y: float, error: float) -> Markup:
        """The same for test errors, between which the paper's lie: beside the mark."""
        up = -9 if kind == "plain" else 18
        return text(x + 12, y + up, f"{error:.1f} %", self.theme.ink, 15, **self.halo())

    def halo(self) -> dict[str, Any]:
        """Words that lie over lines stay legible."""
        return {"stroke": self.theme.page, "stroke_width": 4, "paint_order": "stroke"}

    def value(self, kind: str, x: float, y: float, error: float) -> Markup:
        """The shallow network's number: above a plain one's mark, below a residual one's."""
        return text(x, y + (-14 if kind == "plain" else 26), f"{error:.1f} %", self.theme.ink, 15, "middle")

    def handle(self, one: Foretold) -> Markup:
        """A mark at the deep end, at the height of the shallow one: a slider, for pointer and keyboard."""
        t, colour = self.theme, self.colour(one.kind)
        x, y = self.x(one.layers[1]), self.y(one.training[0])
        start = self.x(one.layers[0]), y
        line = path(f"M{start[0]:.1f} {y:.1f} L{x:.1f} {y:.1f}", colour, 1.5, "2 5", class_=f"line {one.kind}")
        track = path(f"M{x:.1f} {self.y(CEILING):.1f} V{self.y(0):.1f}", t.muted, 1, "2 4")
        hit = rect(x - 56, self.top + TOP - 8, 112, self.height - TOP - BOTTOM + 16, "transparent", class_="hit")
        chevrons = path(f"M{x - 6} {-18} l6 -6 l6 6 M{x - 6} {18} l6 6 l6 -6", colour, 2)
        value = text(x + 24, 6, f"{one.training[0]:.1f} %", colour, 18, font_weight=650, class_="value")
        ring = tag("circle", cx=x, cy=0, r=24, fill="transparent", class_="ring")
        moved = tag(
            "g", ring, chevrons, self.mark(one.kind, x, 0, large=True), value,
            class_="moved", transform=f"translate(0 {y:.2f})",
        )  # fmt: skip
        label, now = (
            f"Your guess: training error of the {one.kind} network with {one.layers[1]} layers",
            one.training[0],
        )
        return tag(
            "g", line, track, hit, moved, class_=f"handle {one.kind}", tabindex=0, role="slider", aria_label=label,
            aria_orientation="vertical", aria_valuemin=0, aria_valuemax=CEILING, aria_valuenow=round(now, 1),
            data_start=round(now, 1),
        )  # fmt: skip

    def line(self, places: Iterable[tuple[float, float]], colour: str, width: float, dash: str | None) -> Markup:
        return path("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places), colour, width, dash)

    def mark(self, kind: str, x: float, y: float, *, hollow: bool = False, large: bool = False) -> Markup:
        """A square for plain, a circle for residual networks."""
        colour, r = self.colour(kind), 9.0 if large else 6.0
        look = {"fill": self.theme.page, "stroke": colour, "stroke_width": 2} if hollow else {"fill": colour}
        r = r - 1 if hollow else r
        if kind == "plain":
            return tag("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, rx=1, **look)
        return tag("circle", cx=x, cy=y, r=r, **look)
