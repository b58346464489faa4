"""A page as a notebook, with what its visitor has set: a small download, the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_core.ipynb import address_in, as_notebook

if TYPE_CHECKING:
    from resnet_core.weights.record import Weights

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "assets" / "notebooks"


class Code(str):
    """A piece of Python that stands in a notebook as it is; any other value stands there as Python writes it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def page_notebook(name: str, **state: Any) -> str:
    """The notebook of a page: `assets/notebooks/NAME.md`, in which `$word` becomes that value of the page's state.

    Args:
        state: numbers, texts, lists and such, or `Code`. Nothing that a visitor typed, but in quotes.
    """
    values = {word: repr(value) for word, value in state.items()}
    text = Template((NOTEBOOKS / f"{name}.md").read_text("utf-8")).substitute(values)
    return as_notebook(text, address_in(ROOT / "pyproject.toml"))


def offer_notebook(name: str, **state: Any) -> None:
    """A button that takes this page away as a notebook. Arguments as of `page_notebook`."""
    file = f"{name}.ipynb"
    st.download_button(
        "This as a notebook", _made(name, state), file, "application/x-ipynb+json", icon=":material/book_2:",
        on_click="ignore", key="export_notebook",
        help="This page as a notebook, with what you have set. Its first cell says how to install what it needs.",
    )  # fmt: skip


def picture_code(source: str, sample: str) -> Code:
    """How a notebook gets the picture of a page: a sample by its name; another one from a file that is not sent along.

    Args:
        source: "sample", or where else the picture is from.
        sample: its name.
    """
    return Code(f"load_sample({sample!r})" if source == "sample" else 'Path("my_photo.jpg")  # your picture')


def weights_name(weights: Weights) -> str:
    """How a notebook names the weights of a page; a visitor's own lie in a file of theirs."""
    return "my_weights.safetensors" if weights.source == "sent" else weights.name


def _made(name: str, state: dict[str, Any]) -> Callable[[], str]:
    """The notebook, made once it is asked for."""
    return partial(page_notebook, name, **state)
