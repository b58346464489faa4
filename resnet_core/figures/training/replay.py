"""replay_drawing(): the errors of recorded runs over their epochs, as in the paper's figure 6, ready to be revealed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_core.figures.svg import Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.figures.training.labels import apart
from resnet_core.lab.runs.recorded import RecordedRun
from resnet_core.notation import percent

NARROW = 480  # pixels: below, the panels stand under each other
WIDTHS = (820, 358)  # pixels: of a page and of a phone
HEADINGS = ("network", "training error", "test error", "training loss")
GAP, LABELS, LEFT, TOP, BOTTOM, TALL = 32, 128, 44, 34, 44, 300


def ceiling(runs: Iterable[RecordedRun]) -> int:
    """Where the error axis ends, in percent: at about twice the highest last error, so that the ends can be told apart.

    What is above enters the chart later, as in the paper's figure, which ends at 20.
    """
    last = max((max(run.epochs[-1].train_error, run.epochs[-1].validation_error) for run in runs), default=0.1)
    return min(max(math.ceil(last * 18) * 10, 20), 100)


def replay_drawing(
    runs: Iterable[RecordedRun], paper: Mapping[str, float], theme: str = "light", width: int = 820
) -> str:
    """An SVG with a panel for plain and one for residual networks: test error bold, training error thin.

    What a browser needs to replay it has a class: `reveal` is the clipped part, `cursor` the line at the epoch, and
    the marks of each epoch are a group `at` with its `data-epoch`. Without a script all is shown to the last epoch.

    Args:
        runs: any number, of one or both kinds.
        paper: model -> the paper's test error in percent, drawn as a hollow mark behind the last epoch.
        width: in pixels of the page.
    """
    runs, t = list(runs), THEMES[theme]
    kinds = [kind for kind in ("plain", "residual") if any(run.kind == kind for run in runs)]
    last = max((epoch.epoch for run in runs for epoch in run.epochs), default=1)
    stacked = width < NARROW
    top = ceiling(runs)
    side = width if stacked else (width - GAP * (len(kinds) - 1)) / max(len(kinds), 1)
    panels = []
    for place, kind in enumerate(kinds):
        x, y = (0, place * TALL) if stacked else (place * (side + GAP), 0)
        panel = _Panel(t, x, y, side, last, top, f"{width}-{kind}")
        panels.append(panel.draw(kind, [run for run in runs if run.kind == kind], paper))
    height = TALL * (len(kinds) if stacked else 1)
    return drawing(width, height, *panels, title=_title(runs), max_width=width if stacked else 1100)


def replay_payload(runs: Iterable[RecordedRun], paper: Mapping[str, float], theme: str = "light") -> dict[str, Any]:
    """What the browser needs to replay runs: the drawings, and each epoch's numbers as they are read.

    Keys: `wide` and `narrow`, the drawings; `last`, the number of epochs; `headings`; `rows`, one a run, with `name`,
    `colour` and `cells`, one list a column; `rates`, the learning rate of each epoch; `muted`, a colour.
    """
    runs = list(runs)
    last = max(len(run.epochs) for run in runs)
    longest = next(run for run in runs if len(run.epochs) == last)
    wide, narrow = (replay_drawing(runs, paper, theme, width) for width in WIDTHS)
    return {
        "wide": wide, "narrow": narrow, "last": last, "headings": HEADINGS,
        "rows": [_row(run, colour) for run, colour in zip(runs, run_colours(runs, THEMES[theme]), strict=True)],
        "rates": [_rate(epoch.learning_rate) for epoch in longest.epochs], "muted": THEMES[theme].muted,
    }  # fmt: skip


def _row(run: RecordedRun, colour: str) -> dict[str, Any]:
    columns = (
        [percent(epoch.train_error) for epoch in run.epochs], [percent(epoch.validation_error) for epoch in run.epochs],
        [f"{epoch.train_loss:.3f}" for epoch in run.epochs],
    )  # fmt: skip
    return {"name": run.title, "colour": colour, "cells": columns}


def _rate(rate: float) -> str:
    return f"{rate:.2g}" if rate >= 1e-4 else "below 0.0001"


def _title(runs: Sequence[RecordedRun]) -> str:
    ends = "; ".join(
        f"{run.title}: {run.epochs[-1].train_error * 100:.1f} % in training, "
        f"{run.epochs[-1].validation_error * 100:.1f} % in test"
        for run in runs
    )
    return f"Errors over the epochs. At the end, {ends}"


def run_colours(runs: Iterable[RecordedRun], theme: Theme) -> list[str]:
    """Of each kind the deepest network has the kind's colour, the others are grey; labels name them all."""
    runs = list(runs)
    deepest = {kind: max(run.layers for run in runs if run.kind == kind) for kind in {run.kind for run in runs}}
    own = {"plain": theme.plain, "residual": theme.residual}
    return [own[run.kind] if run.layers == deepest[run.kind] else theme.muted for run in runs]


@dataclass(frozen=True, slots=True)
class _Panel:
    theme: Theme
    left: float
    top: float
    width: float
    last: int
    ceiling: int
    name: str

    def x(self, epoch: float) -> float:
        inner = self.width - LEFT - LABELS
        return self.left + LEFT + (epoch - 1) / max(self.last - 1, 1) * inner

    def y(self, percent: float) -> float:
        return self.top + TALL - BOTTOM - percent / self.ceiling * (TALL - TOP - BOTTOM)

    def draw(self, kind: str, runs: Sequence[RecordedRun], paper: Mapping[str, float]) -> Markup:
        colours = run_colours(runs, self.theme)
        lines = together(*(self.lines(run, colour, kind) for run, colour in zip(runs, colours, strict=True)))
        area = {"x": self.left + LEFT, "y": self.y(self.ceiling), "height": self.y(0) - self.y(self.ceiling) + 4}
        whole = rect(**area, width=self.x(self.last) - self.x(1) + 6, fill="none", rx=0)
        shown = rect(**area, width=self.x(self.last) - self.x(1) + 6, fill="none", rx=0, class_="shown")
        clips = (
            tag("clipPath", whole, id=f"whole-{self.name}"), tag("clipPath", shown, id=f"shown-{self.name}"),
        )  # fmt: skip
        return together(
            tag("defs", *clips), self.grid(kind),
            tag("g", lines, opacity=0.18, clip_path=f"url(#whole-{self.name})"),
            tag("g", lines, class_="reveal", clip_path=f"url(#shown-{self.name})"),
            self.cursor(), *(self.marks(epoch, runs, colours, kind) for epoch in range(1, self.last + 1)),
            self.ends(runs, colours, paper),
        )  # fmt: skip

    def grid(self, kind: str) -> Markup:
        t, right = self.theme, self.x(self.last)
        own = t.plain if kind == "plain" else t.residual
        parts = [text(self.left + LEFT, self.top + 18, kind, own, 16, font_weight=650)]
        for level in range(0, self.ceiling + 1, 10 if self.ceiling <= 50 else 20):
            y = self.y(level)
            parts.append(path(f"M{self.left + LEFT:.1f} {y:.1f} H{right:.1f}", t.hairline, 1))
            parts.append(text(self.left + LEFT - 8, y + 5, f"{level} %", t.muted, 14, "end"))
        step = 5 if self.last > 12 else 2
        for epoch in (1, *range(step, self.last + 1, step)):
            parts.append(text(self.x(epoch), self.y(0) + 20, str(epoch), t.muted, 14, "middle"))
        return together(*parts, text(right, self.y(0) + 38, "epoch", t.muted, 14, "end"))

    def lines(self, run: RecordedRun, colour: str, kind: str) -> Markup:
        dash = "7 5" if kind == "plain" else None
        training = self.line([(e.epoch, e.train_error) for e in run.epochs], colour, 1.4, dash)
        return together(training, self.line([(e.epoch, e.validation_error) for e in run.epochs], colour, 3, dash))

    def line(self, points: Iterable[tuple[int, float]], colour: str, width: float, dash: str | None) -> Markup:
        d = " L".join(f"{self.x(epoch):.1f} {self.y(error * 100):.1f}" for epoch, error in points)
        return path(f"M{d}", colour, width, dash, stroke_linejoin="round")

    def cursor(self) -> Markup:
        """A line at the last epoch; a script moves it by whole epochs, whose width in units it carries."""
        d = f"M{self.x(self.last):.1f} {self.y(self.ceiling):.1f} V{self.y(0):.1f}"
        return path(d, self.theme.muted, 1, class_="cursor", data_step=f"{self.x(2) - self.x(1):.3f}")

    def marks(self, epoch: int, runs: Sequence[RecordedRun], colours: Sequence[str], kind: str) -> Markup:
        """Where each run's test error stands after that epoch: squares for plain, circles for residual."""
        parts = []
        for run, colour in zip(runs, colours, strict=True):
            error = next((e.validation_error * 100 for e in run.epochs if e.epoch == epoch), None)
            if error is not None and error <= self.ceiling:
                x, y = self.x(epoch), self.y(error)
                square = rect(x - 5, y - 5, 10, 10, colour, rx=1)
                parts.append(square if kind == "plain" else tag("circle", cx=x, cy=y, r=5.5, fill=colour))
        hidden = None if epoch == self.last else "display:none"
        return tag("g", *parts, class_="at", data_epoch=epoch, style=hidden)

    def ends(self, runs: Sequence[RecordedRun], colours: Sequence[str], paper: Mapping[str, float]) -> Markup:
        """At the right: which line is which, its test error and the paper's. A script writes other epochs' errors."""
        wanted = [self.y(min(run.epochs[-1].validation_error * 100, self.ceiling)) for run in runs]
        places = apart(wanted, 36, self.y(self.ceiling) + 12, self.y(0) - 18)
        parts, x = [], self.x(self.last) + 14
        for run, colour, y in zip(runs, colours, places, strict=True):
            name, errors = f"{run.layers} layers", [f"{e.validation_error * 100:.1f} %" for e in run.epochs]
            parts.append(text(x, y, f"{name}  {errors[-1]}", colour, 14, font_weight=650, class_="end",
                              data_name=name, data_errors="|".join(errors)))  # fmt: skip
            if run.model in paper:
                parts.append(text(x, y + 16, f"paper {paper[run.model]:g} %", self.theme.muted, 14))
        return together(*parts)
