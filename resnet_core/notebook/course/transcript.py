"""What a reader's own hook wrote of the listing of document 000, beside the transcript that the document prints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from torch import nn

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.models.listings.build import build_listing, get_listing

LISTING = "listing_hook_blog"
HOOKED = (nn.Conv2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.Linear)
SIZE = r"torch\.Size\(\[([\d, ]*)\]\)"
LINE = re.compile(rf"^(\w+)\((.*?)\)\s*\[input\]\s*{SIZE}\s*\[out?put\]\s*{SIZE}", re.MULTILINE | re.DOTALL)


class Printed(NamedTuple):
    """What the hook says of one call."""

    kind: str
    settings: str
    taken: str
    given: str


@cache
def documents_transcript() -> tuple[Printed, ...]:
    """What document 000 prints, made from its listing."""
    model = build_listing(LISTING, device="meta")
    modules = dict(model.named_modules())
    hooked = [
        c for c in trace_model(model, get_listing(LISTING).input_size).calls if isinstance(modules[c.path], HOOKED)
    ]
    lines = (f"{modules[c.path]!r} [input] {_size(c.input_shape)} [ouput] {_size(c.output_shape)}" for c in hooked)
    return read_transcript(lines)


def _size(shape: Iterable[int]) -> str:
    return f"torch.Size([{', '.join(map(str, shape))}])"


def read_transcript(written: object) -> tuple[Printed, ...]:
    """The calls that a text, or its lines, tell of: layer, [input] and its size, [output] and its size."""
    text = (
        written if isinstance(written, str) else "\n".join(map(str, written if isinstance(written, Iterable) else ()))
    )
    return tuple(Printed(*found) for found in LINE.findall(text))


def judge_transcript(answer: object) -> tuple[bool, str]:
    """Whether a reader's hook wrote what the document prints, and if not, what it did."""
    found, right = read_transcript(answer), documents_transcript()
    if found == right:
        return True, f"All {len(right)} lines are as the document prints them."
    return False, _mistake(found, right) if found else _nothing(answer)


def _nothing(answer: object) -> str:
    if not answer:
        return "Nothing was written: the hook has not run. Register it at the layers, then call the network."
    return "No line reads as the document's do: the layer, [input] and its size, [ouput] and its size."


def _mistake(found: tuple[Printed, ...], right: tuple[Printed, ...]) -> str:
    kinds, wanted = ({one.kind for one in lines} for lines in (found, right))
    if kinds - wanted:
        return f"It tells of {_and(kinds - wanted)} too; the document hooks {_and(wanted)} alone."
    if wanted - kinds:
        return f"It tells of no {_and(wanted - kinds)}."
    if [one for one in right for _ in range(2)] == list(found):
        return "Each line stands there twice: two hooks hang on each layer. Build the network again, and register once."
    if found in (right * 2, right * 3):
        return "The network ran more than once. Empty the list before you call it."
    if [one._replace(taken=one.given, given=one.taken) for one in found] == list(right):
        return "Input and output have changed places."
    if not found[0].taken.startswith("1, "):
        return "The document gives the network one picture at a time."
    if all(line.taken == line.given for line in found):
        return "Each line has the same size twice: one is what goes in, the other what comes out."
    number = next((n for n, (one, other) in enumerate(zip(found, right, strict=False), 1) if one != other), None)
    if number is None:
        return f"What is there is right, but the document has {len(right)} lines and you have {len(found)}."
    return f"Line {number}, of a {found[number - 1].kind}, is the first that is not the document's."


def _and(kinds: Iterable[str]) -> str:
    *first, last = sorted(kinds)
    return f"{', '.join(first)} and {last}" if first else last
