"""trainings_topic(): the recorded trainings, replayed epoch by epoch, and the recorded races on handwritten digits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any

from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
from resnet_core.data import data_folder
from resnet_core.figures.svg import Drawing
from resnet_core.figures.training.lines import Kind, Line, lines_drawing
from resnet_core.figures.training.replay import ceiling, replay_payload
from resnet_core.lab.runs.degradation import depth_sentences
from resnet_core.lab.runs.recorded import RecordedRun, recorded_runs
from resnet_core.site.pieces import Topic, body, both_themes, frame

RACES = data_folder("races.json")  # as tools/record_lesson.py writes them
KINDS: Mapping[str, Kind] = {"plain": "plain", "copy": "copy", "residual": "residual"}
NAMES = {"deep": "56 layers", "shallow": "20 layers", "bare": "20 layers, without batch norm"}
SEEDED = "between {least} and {most} % at the end, with {count} seeds"


def trainings_topic() -> Topic:
    """What depth does to plain and to residual networks, as it was recorded."""
    runs = list(recorded_runs().values())
    themes = {theme: replay_payload(runs, CIFAR_10_ERRORS, theme) for theme in ("light", "dark")}
    rows = "".join(
        f'<tr><th scope="row">{run.title}</th><td>{run.seconds / 3600:.1f} h</td><td>{escape(run.machine)}</td>'
        f"<td><code>{escape(run.command)}</code></td></tr>"
        for run in runs
    )
    page = body(
        "trainings", replay=frame("replay"), races=races(), end=str(ceiling(runs)), epochs=str(len(runs[0].epochs)),
        sentences="".join(f"<li>{escape(one)}</li>" for one in depth_sentences(runs)), rows=rows,
        notes=escape(_notes(runs)),
    )  # fmt: skip
    return Topic(
        name="trainings", label="Trainings", question="Does a deeper network make fewer mistakes?",
        answer="A plain one does not, even on the pictures that it learns from. With the addition it does.",
        body=page, modules=("page", "drawing/replay"), styles=("replay",), data={"trainings.json": themes},
    )  # fmt: skip


def _notes(runs: Sequence[RecordedRun]) -> str:
    return ". ".join(sorted({run.note for run in runs if run.note}))


def races() -> str:
    """The recorded races as drawings in both themes, each with what other seeds gave."""
    figures = []
    for name, title in NAMES.items():
        ends = _recorded()["ends"][name]
        said = "; ".join(
            f"{arm}: {SEEDED.format(count=len(each), least=min(each), most=max(each))}" for arm, each in ends.items()
        )
        drawn = both_themes(partial(race_drawing, name))
        figures.append(
            f'<figure class="race"><h3>{title}</h3>{drawn}<figcaption class="note">{said}.</figcaption></figure>'
        )
    return "".join(figures)


def race_drawing(name: str, theme: str) -> Drawing:
    """Wrong answers of each network of a recorded race, by training step: "deep", "shallow" or "bare"."""
    arms = _recorded()["races"][name]
    lines = [Line(name=arm, kind=KINDS[arm], points=points) for arm, points in arms.items()]
    last = max(points[-1][0] for points in arms.values())
    return lines_drawing(lines, theme, x="training step", y="wrong answers on new digits", last=last)


def _recorded() -> Any:
    return json.loads(RACES.read_text("utf-8"))
