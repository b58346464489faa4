"""bench_teach(): what teaching classes of one's own takes, from files to a head; scikit-learn fits the same head."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO

from PIL import Image

from resnet_core.bench.measure import Watch, median_ms_in_turn, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import InvalidSpecError
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.samples import load_sample
from resnet_core.lab.teach.features import feature_engine
from resnet_core.lab.teach.head import STRENGTH, Features, Labels, fit_head
from resnet_core.lab.teach.looking import look
from resnet_core.weights.record import DEFAULT_WEIGHTS

PEER = "scikit-learn"
SIZES = {"1 megapixel": (1155, 866), "12 megapixels": (4000, 3000)}
CLASSES = ("cat", "coffee")


def bench_teach(photos: int = 100, repeats: int = 3, device: str = "auto", watch: Watch = unwatched) -> Report:
    """Rows for the features of JPEG photos of two sizes, for the head beside scikit-learn's, and for a new photo.

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
    medians = median_ms_in_turn(_heads(looked.features, looked.labels), repeats, watch, "the head")
    rows += _rows(medians, "the head", len(looked.labels))
    new = _jpeg("coffee", photos, SIZES["1 megapixel"])
    rows += _rows(
        median_ms_in_turn({OURS: lambda: classifier.predict(new)}, repeats, watch, "a new photo"), "a new photo", 1
    )
    return Report(title="Teaching two classes, milliseconds", rows=tuple(rows))


def _heads(features: Features, labels: Labels) -> dict[str, Callable[[], object]]:
    ways: dict[str, Callable[[], object]] = {OURS: lambda: fit_head(features, labels, len(CLASSES))}
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:  # an extra
        return ways
    x = (features - features.mean(0)) / features.std(0).mean()
    return ways | {PEER: lambda: LogisticRegression(C=STRENGTH, max_iter=1000).fit(x, labels)}


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
