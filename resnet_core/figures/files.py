"""save_figure(): a Plotly figure as a page that needs no network, or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.figures.theme import THEMES

if TYPE_CHECKING:
    import plotly.graph_objects as go

PICTURES = (".png", ".svg", ".pdf")
SUFFIXES = (".html", *PICTURES)


def save_figure(figure: go.Figure, path: Path, title: str, theme: str = "light") -> None:
    """Write a figure by its file's suffix: .html with all of Plotly inside; .png, .svg or .pdf through kaleido.

    Raises:
        InvalidSpecError: for another suffix, or where kaleido or a Chrome for it is missing.
        DataError: if the file can't be written.
    """
    if path.suffix not in SUFFIXES:
        raise InvalidSpecError(f"{path.name!r} is no figure's name: it must end in {', '.join(SUFFIXES)}.")
    t = THEMES[theme]
    figure.update_layout(
        title={"text": title, "font": {"size": 16}}, margin={"t": 56, "l": 16, "r": 16, "b": 16}, paper_bgcolor=t.page
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".html":
            figure.write_html(path, include_plotlyjs=True, full_html=True)
        else:
            figure.write_image(path, width=960, height=540, scale=2)
    except OSError as error:
        raise DataError(f"{path} can't be written: {error}. Choose another folder, or free some space.") from error
    except (ImportError, ValueError, RuntimeError) as error:  # kaleido absent, or without a Chrome
        raise InvalidSpecError(
            f"A picture needs kaleido and a Chrome or Chromium ({type(error).__name__}): `pip install kaleido` and "
            f"install one of the two, or write {path.with_suffix('.html').name} instead, which needs neither."
        ) from error
