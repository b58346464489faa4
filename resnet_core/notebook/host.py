"""DrawingWidget: what all widgets share. The app's own drawing, its data, and a still picture where no widget runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import anywidget
from traitlets import Dict, Unicode

from resnet_core.data.component import component
from resnet_core.figures.diagram.marks import palette
from resnet_core.figures.theme import FONT, LIGHT

THEMES = ("light", "dark")


class DrawingWidget(anywidget.AnyWidget):
    """A drawing of the app in a notebook.

    The browser gets three dicts and lays them over each other: what stays as it is, what depends on the theme, and
    what moves. So a move travels alone.
    """

    drawing: ClassVar[str]  # its name in `resnet_core.data.component`
    _hearing = False

    _frame = Unicode().tag(sync=True)
    _style = Unicode().tag(sync=True)
    _still = Dict().tag(sync=True)
    _themes = Dict().tag(sync=True)
    _moving = Dict().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "drawing" in cls.__dict__:  # anywidget makes a class of its own of each widget, which has it already
            cls._esm = component(cls.drawing, "widget").js
        super().__init_subclass__(**kwargs)

    def __init__(
        self, still: dict[str, Any], moving: dict[str, Any], themes: dict[str, dict[str, Any]] | None = None, **own: Any
    ) -> None:
        frame, style, _ = component(self.drawing, "widget")
        looks = {theme: {"colours": palette(theme)} | (themes or {}).get(theme, {}) for theme in THEMES}
        super().__init__(_frame=frame, _style=style, _still=still, _themes=looks, _moving=moving, **own)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the browser says is heard as that, so that it is not sent back as Python's own move."""
        with self._one_move():
            super().set_state(sync_data)

    @contextmanager
    def _one_move(self) -> Iterator[None]:
        """What changes within belongs to one move, and is no move of its own."""
        before, self._hearing = self._hearing, True
        try:
            yield
        finally:
            self._hearing = before

    def still_html(self) -> str:
        """The same as a picture in HTML: for pages without a kernel, and for a reader without scripts."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        look = f"max-width:1200px;padding:12px 16px;background:{LIGHT.page};color:{LIGHT.ink};font-family:{FONT}"
        return {"text/html": f"<div style='{look}'>{self.still_html()}</div>", **live}, metadata
