"""What students see: two small pages that need nothing but themselves, and what their page asks for every second."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from pages.room.judging import bars, range_words, verdict
from pages.room.race import settled_progress
from pages.room.records import Asked, Room
from pages.room.store import Rooms
from resnet_core.figures.theme import THEMES, Theme

PARTS = Path(__file__).parents[2] / "assets" / "room"


def student_page(code: str) -> str:
    """The page of one room; the code is made of letters."""
    return _filled("student.html", style=_style(), script=_part("student.js"), code=code)


def join_page(action: str, code: str = "", said: str = "") -> str:
    """The field for a code, and why the last one was none."""
    return _filled("join.html", style=_style(), action=escape(action), code=escape(code[:12]), said=escape(said))


def policy() -> str:
    """What the browser may load in these pages: what is written in them, and answers from where they came."""
    style, script = _digest(_style()), _digest(_part("student.js"))
    return (
        f"default-src 'none'; connect-src 'self'; img-src data:; style-src '{style}'; script-src '{script}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def news(rooms: Rooms, code: str) -> dict[str, Any]:
    """The step that a class is at, as every student may see it: no answer of anybody before the reveal.

    Raises:
        RoomError: if there is no such room.
    """
    room = rooms.find(code)
    asked = rooms.asked(room.code, room.step)
    if asked is None:
        return {"step": "", "joined": room.joined}
    race = settled_progress(rooms, room.code, asked)
    if asked.run:
        asked = rooms.asked(room.code, room.step) or asked
    question = asked.question
    told = {
        "step": asked.step, "asking": asked.asking, "round": asked.round, "state": asked.state, "ask": question.ask,
        "options": question.options or None, "least": question.least, "most": question.most, "unit": question.unit,
        "range": range_words(question),
        "joined": room.joined, "answered": rooms.given(room.code, asked.step), "race": race,
    }  # fmt: skip
    return told | (_outcome(rooms, room, asked) if asked.state == "revealed" else {})


def _outcome(rooms: Rooms, room: Room, asked: Asked) -> dict[str, Any]:
    given, question = rooms.revealed(room.code, asked.step), asked.question
    shown = bars(question, given, asked.measured, room.by_hands)
    return {
        "bars": [[bar.label, bar.counts, bar.right] for bar in shown], "right": asked.measured,
        "slack": question.slack, "verdict": verdict(question, given, asked.measured, room.by_hands),
    }  # fmt: skip


@cache
def _part(name: str) -> str:
    return (PARTS / name).read_text("utf-8")


@cache
def _style() -> str:
    light, dark = (_tokens(THEMES[name]) for name in ("light", "dark"))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n{_part('room.css')}"


def _tokens(theme: Theme) -> str:
    tokens = {
        "page": theme.page, "surface": theme.surface, "ink": theme.ink, "muted": theme.muted, "edge": theme.stages[2],
        "accent": theme.residual, "on-accent": theme.page, "good": theme.identity, "error": theme.error,
    }  # fmt: skip
    return " ".join(f"--{name}: {colour};" for name, colour in tokens.items())


def _filled(name: str, **parts: str) -> str:
    text = _part(name)
    for key, part in parts.items():
        text = text.replace("{{" + key + "}}", part)
    return text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
