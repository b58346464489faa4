"""DOCUMENTS: the four documents whose listings are judged, with their titles and the lines that are shown. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from resnet_core.data import data_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A published text on residual networks.

    Attributes:
        number: as the project counts them.
        kind: what it is, in two words.
        short: the same in one, for names.
        title: its own.
        source: by whom or where, and what it may be used under if it says so.
        shows: its code, or passages of its prose.
    """

    number: str
    kind: str
    short: str
    title: str
    source: str
    shows: Literal["code", "prose"] = "code"

    @property
    def name(self) -> str:
        """ "Blog post “ResNet”"."""
        return f"{self.kind} “{self.title}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A line of a document's plain text: its number there, from 1, its words, and them in English if they are not."""

    number: int
    text: str
    translation: str = ""


_ROWS = (
    Document(
        number="000", kind="Blog post", short="blog",
        title="[Paper] ResNet - Deep Residual Learning for Image Recognition",
        source="Prints the shape of every layer with hooks. CC BY 4.0 by its author.",
    ),
    Document(
        number="001", kind="Notes in Chinese", short="notes", title="ResNet", shows="prose",
        source="By 顺强 (Shunqiang), 2019, CC BY-NC-SA 4.0. Two passages are quoted; their code is torchvision's.",
    ),
    Document(
        number="002", kind="Book chapter", short="d2l", title="8.6. Residual Networks (ResNet) and ResNeXt",
        source="Dive into Deep Learning. Its PyTorch code for ResNet-18.",
    ),
    Document(
        number="004", kind="Handbook page", short="handbook", title="ResNet (Residual Networks)",
        source="Of a handbook on machine learning. Its code is torchvision's, shortened.",
    ),
)  # fmt: skip

DOCUMENTS: dict[str, Document] = {document.number: document for document in _ROWS}


@cache
def document_lines(number: str) -> tuple[DocumentLine, ...]:
    """The lines of a document that are shown, as published; indented where its plain text has lost the indents.

    A file in `data/listings` holds them, one a line: number, text and translation, with tabs between.
    """
    rows = (data_folder("listings") / f"{number}.tsv").read_text("utf-8").splitlines()
    cells = [(*row.split("\t"), "", "")[:3] for row in rows]
    return tuple(DocumentLine(number=int(number), text=text, translation=english) for number, text, english in cells)
