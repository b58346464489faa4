"""A drawing as its host takes it: the frame, the style and the script, each as one text. All hosts share the files."""

from __future__ import annotations

from typing import Literal, NamedTuple

from resnet_core.data import drawing_script

Host = Literal["app", "browser", "widget"]


class Component(NamedTuple):
    """What a drawing is made of."""

    html: str
    css: str
    js: str


_EXPLORER = ("main", "parts", "gradient", "sum", "walk", "cursor", "facts")
_SHORTCUT = ("numbers", "paint", "blocks", "tiles", "alpha", "deeper", "options", "back", "main")
_RACE = ("charts", "reading", "race")
# Frame, style sheets and scripts of each drawing; every script defines a part of `drawing({data, parentElement, ...})`.
_FILES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "cuts": ("cuts.html", ("cutting.css", "cuts.css"), ("marks.js", "cutting.js", "cuts.js")),
    "explorer": (
        "explorer/explorer.html", ("cutting.css", "explorer/explorer.css"),
        ("marks.js", "cutting.js", *(f"explorer/{name}.js" for name in _EXPLORER)),
    ),
    "race": ("race/race.html", ("race/race.css",), ("marks.js", *(f"race/{name}.js" for name in _RACE))),
    "replay": ("replay.html", ("replay.css",), ("marks.js", "replay.js")),
    "shortcut": (
        "shortcut/shortcut.html", ("shortcut/shortcut.css",),
        ("marks.js", *(f"shortcut/{name}.js" for name in _SHORTCUT)),
    ),
}  # fmt: skip


def component(name: str, host: Host) -> Component:
    """One of the drawings for the app or for a notebook: the same files, and behind them the host's few own lines.

    Args:
        name: "explorer", "shortcut", "replay", "race" or "cuts".
        host: "browser" is the app where the visitor's browser may run the network itself.
    """
    html, css, js = _FILES[name]
    own = ("hosts/widget.css",) if host == "widget" else ()
    return Component(drawing_script(html), drawing_script(*css, *own), drawing_script(*js, f"hosts/{host}.js"))
