"""The pieces of a page: its modules, styles and data, beside it as files or within it as text."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from string import Template
from typing import Any

from resnet_core.data import data_folder, drawing_script, network_module, training_module
from resnet_core.data.component import component
from resnet_core.figures.diagram.marks import palette
from resnet_core.figures.theme import FONT, THEMES

LIVE = ("page", "photo", "pictures", "answers", "network")  # what a page with a network in it loads
DRAWS = ("stacks",)  # own modules that are made of the drawings' few elements
# What the drawings' style sheets call a colour: its name in the palette.
TOKENS = {
    "--st-text-color": "ink", "--st-background-color": "page", "--st-secondary-background-color": "surface",
    "--st-border-color": "hairline", "--st-primary-color": "residual", "--st-link-color": "residual",
    "--muted": "muted", "--identity": "identity", "--residual": "residual", "--projection": "projection",
    "--zero_pad": "zero_pad", "--plain": "plain", "--error": "error",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One page of the site.

    Attributes:
        name: of its file and of its main module.
        label: in the navigation.
        question: the title; `answer` is the sentence below it.
        body: HTML between title and foot.
        modules: names of the modules that it loads, beside its own.
        styles: names of the drawings whose style it needs.
        data: small data that always stand in the page, name -> anything JSON.
        files: data that are loaded when they are needed, path -> JSON text or bytes.
    """

    name: str
    label: str
    question: str
    answer: str
    body: str
    modules: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str | bytes] = field(default_factory=dict)


def module_text(name: str) -> str:
    """The text of a module by the name under which pages import it: "page", "network" or "drawing/shortcut"."""
    if name == "network":
        return network_module()
    if name == "training":
        return training_module()
    if name.startswith("drawing/"):
        return component(name.removeprefix("drawing/"), "app").js
    own = (data_folder("site") / f"{name}.js").read_text("utf-8")
    return "\n".join((drawing_script("marks.js"), own)) if name in DRAWS else own


def site_style() -> str:
    """The style sheet of all pages, with the colours of both themes."""
    light, dark = (_variables(theme) for theme in ("light", "dark"))
    fixed = f"--st-font: {FONT}; --st-button-radius: 6px;"
    return (
        f":root {{ {fixed} {light} color-scheme: light; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme='light']) {{ {dark} color-scheme: dark; }}\n"
        f"  :root:not([data-theme='light']) .when-dark {{ display: flex !important; }}\n"
        f"  :root:not([data-theme='light']) .when-light {{ display: none !important; }} }}\n"
        f":root[data-theme='dark'] {{ {dark} color-scheme: dark; }}\n"
        ":root[data-theme='dark'] .when-dark { display: flex !important; }\n"
        ":root[data-theme='dark'] .when-light { display: none !important; }\n"
        f"{(data_folder('site') / 'site.css').read_text('utf-8')}"
    )


def _variables(theme: str) -> str:
    colours = palette(theme) | {"warning": THEMES[theme].warning}
    return " ".join(f"{name}: {colours[token]};" for name, token in (TOKENS | {"--warning": "warning"}).items())


def drawing_style(name: str) -> str:
    """The style sheet of one drawing, as the app has it."""
    return component(name, "app").css


def frame(name: str) -> str:
    """The HTML that a drawing fills, as the app has it."""
    return component(name, "app").html


def body(name: str, **values: str) -> str:
    """The HTML of a topic with its computed parts."""
    return Template((data_folder("site") / f"{name}.html").read_text("utf-8")).substitute(values)


def both_themes(draw: Callable[[str], str]) -> str:
    """A drawing in light and dark, of which the style sheet shows one."""
    return "".join(f'<div class="when-{theme}">{draw(theme)}</div>' for theme in ("light", "dark"))


def as_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def embedded(name: str, content: str | bytes) -> str:
    """Data within a page. No text can end the element early: "<" is written as JSON's escape."""
    if isinstance(content, bytes):
        return f'<script type="text/plain" data-name="{name}">{b64encode(content).decode()}</script>'
    safe = content.replace("<", "\\u003c")
    return f'<script type="application/json" data-name="{name}">{safe}</script>'


def module_address(name: str) -> str:
    """Where a module lies, seen from a page."""
    return f"./modules/{name.replace('/', '-')}.js"


def module_uri(name: str) -> str:
    """A module as an address that holds it, for pages that are one file."""
    return f"data:text/javascript;base64,{b64encode(module_text(name).encode()).decode()}"
