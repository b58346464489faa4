"""write_site(): the folder that any web server can serve, or one file a topic that needs none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from resnet_core.atomic import refusal, write_atomically
from resnet_core.data import data_folder
from resnet_core.figures.diagram.marks import palette
from resnet_core.site.pieces import (
    Topic,
    as_json,
    drawing_style,
    embedded,
    module_address,
    module_text,
    module_uri,
    site_style,
)
from resnet_core.site.topics import all_topics
from resnet_core.version import VERSION

Written = Callable[[str], None]


def write_site(out: Path, *, single_file: bool = False, written: Written = lambda _: None) -> list[Path]:
    """Write all topics and what they load; returns the files. What else lies in the folder stays.

    Args:
        out: the folder, made where it is missing.
        single_file: one HTML file a topic, with all that it needs within it.
        written: called with the name of each file, before the next is made.

    Raises:
        DataError: if a file can't be written.
        WeightsError: if a bundled network can't be read.
    """
    topics, paths = list(all_topics()), []
    for name, content in _single(topics) if single_file else _folder(topics):
        path = out / name
        data = content.encode() if isinstance(content, str) else content
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data)
        except OSError as error:
            raise refusal(path, error) from error
        paths.append(path)
        written(name)
    return paths


def _folder(topics: list[Topic]) -> Iterable[tuple[str, str | bytes]]:
    modules = sorted({name for topic in topics for name in _modules(topic)})
    yield "site.css", site_style()
    for name in sorted({style for topic in topics for style in topic.styles}):
        yield f"{name}.css", drawing_style(name)
    for name in modules:
        yield module_address(name).removeprefix("./"), module_text(name)
    yield from {path: content for topic in topics for path, content in topic.files.items()}.items()
    for topic in topics:
        styles = "".join(f'<link rel="stylesheet" href="{name}.css">\n' for name in ("site", *topic.styles))
        loads = "".join(f'<link rel="modulepreload" href="{module_address(name)}">\n' for name in _modules(topic))
        imports = {name: module_address(name) for name in _modules(topic)}
        yield f"{topic.name}.html", _page(topic, topics, styles + loads, imports, _own_data(topic))


def _single(topics: list[Topic]) -> Iterable[tuple[str, str]]:
    for topic in topics:
        sheets = (site_style(), *map(drawing_style, topic.styles))
        imports = {name: module_uri(name) for name in _modules(topic)}
        data = _own_data(topic) + "".join(embedded(name, content) for name, content in topic.files.items())
        yield f"{topic.name}.html", _page(topic, topics, f"<style>{''.join(sheets)}</style>", imports, data, alone=True)


def _modules(topic: Topic) -> tuple[str, ...]:
    return (*topic.modules, topic.name) if topic.modules else ()


def _own_data(topic: Topic) -> str:
    palettes = {theme: palette(theme) for theme in ("light", "dark")}
    return "".join(embedded(name, as_json(one)) for name, one in ({"palettes.json": palettes} | topic.data).items())


def _page(
    topic: Topic, topics: list[Topic], style: str, imports: dict[str, str], data: str, *, alone: bool = False
) -> str:
    """A whole page. One that stands alone leads only from the contents to the others: it may be all that was copied."""
    template = Template(_asset("page.html"))
    # The map comes before all that loads a module, a preload included.
    names = f'<script type="importmap">{as_json({"imports": imports})}</script>\n' if imports else ""
    run = f'<script type="module">import "{topic.name if imports else "page"}";</script>' if imports else ""
    lists = [] if alone else [one for one in topics if one.name != "index"]
    here = ' aria-current="page"'
    links = "".join(f'<a href="{one.name}.html"{here if one is topic else ""}>{one.label}</a>' for one in lists)
    return template.substitute(
        title=escape(f"{topic.label}: ResNet explainer"), name=topic.name, question=topic.question,
        answer=_unbroken(topic.answer),
        icon=f"data:image/svg+xml,{quote(_asset('icon.svg'))}", style=names + style, topics=links,
        logo=_asset("icon.svg"), home="" if alone else ' href="index.html"', body=_unbroken(topic.body), data=data,
        share=_asset("share.html"), version=f"ResNet explainer {VERSION}", script=run,
    )  # fmt: skip


def _unbroken(text: str) -> str:
    """A number and its percent sign stay on one line."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


def _asset(name: str) -> str:
    return (data_folder("site") / name).read_text("utf-8").rstrip()
