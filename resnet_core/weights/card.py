"""The model card of bundled weights: its text, and what was measured, from the files beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from resnet_core.weights.record import Weights


@dataclass(frozen=True, slots=True)
class Alarms:
    """How often pictures of one source, none of them of a class that the network knows, got a sure answer.

    Attributes:
        pictures: how many they were.
        called_class, called_group: of them, in percent: called a class, and called a wrong group or a class.
    """

    pictures: int
    called_class: float
    called_group: float


@dataclass(frozen=True, slots=True)
class Card:
    """What stands beside weights.

    Attributes:
        text: the model card in Markdown.
        outside: false alarms by source, e.g. "airplane".
        unsure: of the validation pictures, in percent: those that are called unsure.
        class_top1: accuracy of each class on the validation pictures, in percent.
    """

    text: str
    outside: Mapping[str, Alarms]
    unsure: float
    class_top1: Mapping[str, float]

    @property
    def mean_alarms(self) -> tuple[float, float]:
        """Percent called a class, and a wrong group: the means over the sources, each counting as much."""
        rows = list(self.outside.values())
        return sum(r.called_class for r in rows) / len(rows), sum(r.called_group for r in rows) / len(rows)


def read_card(weights: Weights) -> Card | None:
    """The card beside these weights; None where there is none, or nothing was measured of pictures outside."""
    text, note = weights.path.with_suffix(".md"), weights.path.with_suffix(".json")
    if weights.source != "bundled" or not (text.is_file() and note.is_file()):
        return None
    return _read(text, note, note.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(text: Path, note: Path, _changed: int) -> Card | None:
    measured = json.loads(note.read_text("utf-8")).get("measured")
    if not measured or not measured.get("outside"):
        return None
    outside = {
        name: Alarms(row["pictures"], row["class_alarms"], row["group_alarms"])
        for name, row in measured["outside"].items()
    }
    return Card(text.read_text("utf-8"), outside, measured["inside"]["unsure"], measured["class_top1"])
