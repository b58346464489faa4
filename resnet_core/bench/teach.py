"""bench_teach(): what teaching classes of one's own takes, from files to a head; beside scikit-learn, fine-tuning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image

from resnet_core.bench.measure import Watch, median_ms_in_turn, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.samples import load_sample
from resnet_core.lab.teach.examples import Example, cifar, digits
from resnet_core.lab.teach.features import feature_engine
from resnet_core.lab.teach.head import STRENGTH, Features, Labels, fit_head
from resnet_core.lab.teach.lesson import teach_lesson
from resnet_core.lab.teach.looking import look
from resnet_core.lab.teach.small import small_shot
from resnet_core.lab.teach.tuning import ALL, LAST_STAGE, fine_tune
from resnet_core.weights.record import DEFAULT_WEIGHTS

PEER = "scikit-learn"
FINE_TUNING = {"fine-tuning the last stage": LAST_STAGE, "fine-tuning all of it": ALL}
SIZES = {"1 megapixel": (1155, 866), "12 megapixels": (4000, 3000)}
CLASSES = ("cat", "coffee")
LEARNT: dict[str, Callable[[], Example]] = {"thirty digits": digits, "thirty of CIFAR-10": partial(cifar, asked=200)}
TITLE = "Teaching classes of one's own, milliseconds"


def bench_teach(photos: int = 100, repeats: int = 3, device: str = "auto", watch: Watch = unwatched) -> Report:
    """Rows for the features of JPEG photos of two sizes, for the head beside scikit-learn's, and for a new photo: its
    answer alone, and as the page gives it, from a megapixel's file to the heat map and the photo that it looks like.

    Then for thirty photos of three kinds, learnt in four ways: a head, scikit-learn's, and after it a few steps on the
    last stage or on all of the network. `facts` says how many others each way gets right: of sixty digits in other
    people's writing, and of 600 of CIFAR-10's airplanes, horses and ships where that lies on this machine.

    Raises:
        InvalidSpecError: for fewer than four photos or less than one repeat.
    """
    if photos < 4 or repeats < 1:
        raise InvalidSpecError(f"photos={photos}, repeats={repeats} does not work: at least 4 photos, measured once.")
    classifier = Classifier.load(DEFAULT_WEIGHTS, device)
    engine = feature_engine(classifier)
    engine.wait()
    rows: list[BenchRow] = []
    looked = None
    for name, size in SIZES.items():
        given = {label: [_jpeg(label, number, size) for number in range(photos // 2)] for label in CLASSES}
        looked = look(given, classifier, engine)
        medians = median_ms_in_turn(
            {OURS: partial(look, given, classifier, engine)}, repeats, watch, f"photos of {name}"
        )
        rows += _rows(medians, f"features, photos of {name}", 2 * (photos // 2))
    assert looked is not None
    medians = median_ms_in_turn(_heads(looked.features, looked.labels, len(CLASSES)), repeats, watch, "the head")
    rows += _rows(medians, "the head", len(looked.labels))
    new = _jpeg("coffee", photos, SIZES["1 megapixel"])
    lesson = teach_lesson(
        {label: [_jpeg(label, number, (462, 346)) for number in range(5)] for label in CLASSES}, classifier, engine
    )
    ways: dict[str, Callable[[], object]] = {
        "a new photo": partial(classifier.predict, new),
        "a new photo on the page, with its heat map": lambda: lesson.ask(small_shot(new, "new")),
    }
    for what, way in ways.items():
        rows += _rows(median_ms_in_turn({OURS: way}, repeats, watch, what), what, 1)
    facts: dict[str, float] = {}
    notes: list[str] = []
    for what, example in LEARNT.items():
        try:
            learning, right = _learning(what, example(), classifier, engine, repeats, watch)
        except DataError as error:  # the digits come with an extra, the other photos are fetched
            notes.append(str(error))
        else:
            rows, facts = rows + learning, facts | right
    return Report(title=TITLE, rows=tuple(rows), facts=facts, notes=tuple(notes))


def _learning(
    what: str, shown: Example, classifier: Classifier, engine: Engine, repeats: int, watch: Watch
) -> tuple[list[BenchRow], dict[str, float]]:
    """Rows of four ways to learn the same photos, features not counted, and how many others each gets right."""
    classes = tuple(shown.classes)
    learnt, asked = look(shown.classes, classifier, engine), look(shown.elsewhere, classifier, engine)
    answers: dict[str, Labels] = {}

    def tune(name: str, way: str) -> None:
        found = fine_tune(classifier, shown.classes, learnt, classes, way, (shown.elsewhere, asked))
        answers[name] = found.held_out.answers

    heads = _heads(learnt.features, learnt.labels, len(classes))
    for name, head in heads.items():
        answers[name] = head()(asked.features)
    medians = median_ms_in_turn(heads, repeats, watch, "heads")
    ways = {name: partial(tune, name, way) for name, way in FINE_TUNING.items()}
    medians |= median_ms_in_turn(ways, 1, watch, "fine-tuning")
    facts = {
        f"{what}, {name}, right of {len(asked.labels)}": float((told == asked.labels).sum())
        for name, told in answers.items()
    }
    return _rows(medians, what, len(learnt.labels)), facts


def _heads(features: Features, labels: Labels, classes: int) -> dict[str, Callable[[], Callable[[Features], Labels]]]:
    """Ways to fit a head; each gives what answers with it."""
    ways: dict[str, Callable[[], Callable[[Features], Labels]]] = {
        OURS: lambda: fit_head(features, labels, classes).answers
    }
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:  # an extra
        return ways
    mean, scale = features.mean(0), features.std(0).mean()

    def theirs() -> Callable[[Features], Labels]:
        fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit((features - mean) / scale, labels)
        return lambda asked: np.asarray(fitted.predict((asked - mean) / scale), np.int64)

    return ways | {PEER: theirs}


def _rows(medians: dict[str, float], what: str, count: int) -> list[BenchRow]:
    return [
        BenchRow(
            model=what, engine=name, precision="fp32", batch=count, median_ms=ms, images_per_s=count * 1000 / ms
        )
        for name, ms in medians.items()
    ]  # fmt: skip


def _jpeg(label: str, number: int, size: tuple[int, int]) -> bytes:
    """A sample photograph, another crop for each number, as a camera's file."""
    image = load_sample(label)
    left = number % 40
    cropped = image.crop((left, left // 2, image.width - 40 + left, image.height - 40 + left // 2))
    file = BytesIO()
    cropped.resize(size, Image.Resampling.BILINEAR).save(file, "JPEG", quality=90)
    return file.getvalue()
