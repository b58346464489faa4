"""What is computed of photos: the lesson, the answer to a new one, comparisons. An example's are shared by all."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import streamlit as st

import resnet_core as rc
from pages._server import classifier, decoding_slot
from pages.frame.as_notebook import Code
from pages.photo.explained import Progress, once
from pages.photo.pictures import remembered

if TYPE_CHECKING:
    from resnet_core.inference.engine.engine import Engine
    from resnet_core.lab.teach.examples import Example
    from resnet_core.lab.teach.feature_store import MemoryStore
    from resnet_core.lab.teach.held_out import HeldOut
    from resnet_core.lab.teach.lesson import Asked, Lesson
    from resnet_core.lab.teach.photos import Shot

Found = TypeVar("Found")

DIGITS, TABLES, CIFAR, YOURS = "digits", "two tables", "CIFAR-10", "yours"
EXAMPLES = {DIGITS: "digits", TABLES: "two_tables", CIFAR: "cifar"}  # names of functions in `lab.teach.examples`
MOST_THUMBS, THUMB = 700, 88  # pictures, and the pixels of one's side


class Shown(NamedTuple):
    """Photos that are on the page. `name` is the example's; `key` tells the photos apart from all others."""

    name: str
    key: Hashable
    example: Example


def offered() -> list[str]:
    """What can be shown: examples whose pictures are on this machine, and photos of the visitor's own."""
    from resnet_core.lab.data.available import cifar10_on_disk

    return [DIGITS, TABLES, *([CIFAR] if cifar10_on_disk() else []), YOURS]


@st.cache_resource(max_entries=4, show_spinner=False)
def example(name: str) -> Example:
    """The photos of an example."""
    from resnet_core.lab.teach import examples

    make: Callable[[], Example] = getattr(examples, EXAMPLES[name])
    return make()


def photos_code(name: str) -> Code:
    """How a notebook gets the photos of an example; a visitor's own lie in a folder of theirs."""
    if name == YOURS:
        folder = 'list_classes(Path("my_photos"))'  # as the zip of their photos unpacks
        return Code(f'examples.Example({folder}, {{}}, "")  # a folder with your photos, in one folder a class')
    return Code(f"examples.{EXAMPLES[name]}()")


def lesson_of(shown: Shown, weights: str) -> Lesson:
    """What the network learns from the photos on the page.

    Raises:
        DataError, ImageError: as `teach`.
        WeightsError: if the network can't be loaded.
        QueueFullError: if too many pictures wait on this server.
    """

    def compute(progress: Progress) -> Lesson:
        from resnet_core.lab.teach.lesson import teach_lesson

        classes = shown.example.classes
        total = sum(map(len, classes.values()))
        store = None if shown.name != YOURS else _store(weights)
        return teach_lesson(classes, known, engine, lambda done: progress(done / total), store)

    known, engine = classifier(weights), _engine(weights)
    return _once("lessons", shown, weights, "The network looks at the photos", compute)


def elsewhere_of(shown: Shown, lesson: Lesson) -> HeldOut | None:
    """How it does on the photos from elsewhere; None where there are none."""
    photos = shown.example.elsewhere
    told = tuple((name, tuple(shots)) for name, shots in photos.items())
    words = "The network looks elsewhere"
    return _once(
        f"elsewhere{lesson.part}", shown, lesson.known.weights.name, words, lambda _: lesson.judge(photos), told
    )


def answer_to(shot: Shot, shown: Shown, lesson: Lesson) -> Asked:
    """What it says of one new photo.

    Raises:
        ImageError: if it can't be read.
        QueueFullError: if too many pictures wait on this server.
    """

    def compute() -> Asked:
        with decoding_slot():
            return lesson.ask(shot)

    return remembered("asked", (shot, shown.key, lesson.known.weights.name, lesson.part), compute, most=40)


def compared(kind: str, shown: Shown, lesson: Lesson) -> dict[str, HeldOut]:
    """The same head on other inputs ("sources"), or on what each stage puts out ("stages")."""
    from resnet_core.lab.teach.comparisons import compare_sources, compare_stages

    compare = {"sources": compare_sources, "stages": compare_stages}[kind]
    words = "The same photos, looked at otherwise"
    weights = lesson.known.weights.name
    return _once(kind, shown, weights, words, lambda _: compare(shown.example.classes, lesson.known))


def by_number_of(shown: Shown, lesson: Lesson) -> dict[int, float]:
    """Photos a class -> right answers in percent."""
    from resnet_core.lab.teach.comparisons import by_number

    weights = lesson.known.weights.name
    return _once("numbers", shown, weights, "Again with fewer", lambda _: by_number(lesson.looked, lesson.classes))


def thumb(shot: Shot) -> str:
    """A photo of the page, small, as an address."""

    def compute() -> str:
        assert isinstance(shot.source, bytes)
        return rc.figures.thumb_uri(rc.decode_image(shot.source, 2 * THUMB))

    return remembered("thumbs", (shot,), compute, MOST_THUMBS)


@st.cache_resource(max_entries=3, show_spinner=False)
def _engine(weights: str) -> Engine:
    """What computes the features of a network that visitors share."""
    from resnet_core.lab.teach.features import feature_engine

    return feature_engine(classifier(weights))


def _store(weights: str) -> MemoryStore:
    """The features of this visitor's photos: each is looked at once."""
    from resnet_core.lab.teach.feature_store import MemoryStore

    return remembered("features", (weights,), MemoryStore, most=2)


def _once(
    shelf: str, shown: Shown, weights: str, words: str, compute: Callable[[Progress], Found], more: Hashable = ()
) -> Found:
    """What `compute` gives: of a visitor's photos once in the visit, of an example once for all visitors."""

    if shown.name == YOURS:
        return once(f"taught {shelf}", (shown.key, weights, more), words, compute, most=2)
    with st.spinner(words):
        return _shared(shelf, shown.name, weights, lambda: compute(lambda _: None))


@st.cache_resource(max_entries=16, show_spinner=False)
def _shared(shelf: str, name: str, weights: str, _compute: Callable[[], Found]) -> Found:
    with decoding_slot():
        return _compute()
