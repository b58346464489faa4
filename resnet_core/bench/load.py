"""bench_load(): a class of visitors who upload photos at once, and what that does to duration and memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from statistics import median, quantiles

from resnet_core.bench.measure import Watch, settled_mb, share_one_heap, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import require
from resnet_core.inference.explain.grad_cam import grad_cam
from resnet_core.inference.images import decode_image
from resnet_core.inference.pool import ClassifierPool
from resnet_core.inference.samples import list_samples, load_sample

WIDTH = 1600  # pixels: a photo of some 2 megapixels, as a messenger sends it
WARM_UP = 5  # visits of each visitor before memory is read: threads take their buffers in the first ones


@dataclass(slots=True)
class _Tally:
    """What the visitors met. Threads may share it: appending is one step."""

    durations_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def bench_load(
    weights: str = "cifar_resnet20",
    visitors: int = 40,
    predictions: int = 500,
    explanations: int = 200,
    watch: Watch = unwatched,
) -> Report:
    """Classify and explain photos from as many threads as there are visitors, through the pool that the app uses.

    Each visit decodes a JPEG file and asks the network; waiting for a place counts. An answer of another visitor's
    photo would be counted as wrong. All threads share one heap, as `make run` sets it for the app; memory is read
    without what is free in it.

    Args:
        watch: is told how many visits are over, by the visitors' threads.

    Raises:
        InvalidSpecError: for less than one visitor or prediction.
        WeightsError: for weights that are not on this machine.
    """
    require(visitors > 0 and predictions > 0, "visitors, predictions", (visitors, predictions), "at least 1")
    share_one_heap()
    pool, photos = ClassifierPool(), _photos()
    network = pool.get(weights)
    choice = network.engine.wait()
    expected = [network.predict(photo).logits for photo in photos]

    def classify(number: int) -> str | None:
        photo = number % len(photos)
        with pool.slot():
            found = pool.get(weights).predict(decode_image(photos[photo])).logits
        far = max(abs(a - b) for a, b in zip(found, expected[photo], strict=True))
        return None if far < 1e-3 * (max(found) - min(found)) else f"photo {photo} got an answer {far:.3f} away"

    def explain(number: int) -> None:
        with pool.slot():
            grad_cam(pool.get(weights), decode_image(photos[number % len(photos)]))

    with ThreadPoolExecutor(visitors) as crowd:
        _visit(crowd, classify, visitors * WARM_UP, watch, "warming up")
        _visit(crowd, explain, visitors if explanations else 0, watch, "warming up")
        before_mb = settled_mb()
        started = time.perf_counter()
        answers = _visit(crowd, classify, predictions, watch, "predictions")
        elapsed_s = time.perf_counter() - started
        between_mb = settled_mb()
        views = _visit(crowd, explain, explanations, watch, "explanations")
        after_mb = settled_mb()
    facts = _facts("prediction", answers) | (_facts("explanation", views) if explanations else {})
    facts |= {"wrong_answers": len(answers.wrong)}
    if before_mb and between_mb and after_mb:
        facts |= {
            "resident_mb": before_mb,
            "growth_percent_predictions": 100 * (between_mb / before_mb - 1),
            "growth_percent_all": 100 * (after_mb / before_mb - 1),
        }
    row = BenchRow(
        engine=OURS, precision="auto", batch=1, median_ms=median(answers.durations_ms),
        images_per_s=predictions / elapsed_s,
    )  # fmt: skip
    seen = [*answers.errors, *views.errors, *answers.wrong]
    return Report(
        title=f"{visitors} visitors at once: {predictions} predictions, then {explanations} explanations by {weights}",
        rows=(row,), facts=facts, notes=(f"Ours: {choice}. {choice.why}", *seen[:3]),
    )  # fmt: skip


def _visit(
    crowd: ThreadPoolExecutor, visit: Callable[[int], str | None], times: int, watch: Watch, what: str
) -> _Tally:
    tally = _Tally()

    def one(number: int) -> None:
        started = time.perf_counter()
        try:
            wrong = visit(number)
        except Exception as error:  # noqa: BLE001  # whatever a visitor would have met is what is counted
            tally.errors.append(f"{type(error).__name__}: {error}")
        else:
            tally.wrong.extend([wrong] if wrong else [])
        tally.durations_ms.append((time.perf_counter() - started) * 1000)
        watch(what, len(tally.durations_ms), times)

    list(crowd.map(one, range(times)))
    return tally


def _facts(kind: str, tally: _Tally) -> dict[str, float]:
    cuts = quantiles(tally.durations_ms, n=20, method="inclusive") if len(tally.durations_ms) > 1 else [0.0] * 19
    return {
        f"{kind}_errors": len(tally.errors),
        f"{kind}_p50_ms": median(tally.durations_ms),
        f"{kind}_p95_ms": cuts[18],
    }


def _photos() -> list[bytes]:
    photos = []
    for sample in list_samples():
        image = load_sample(sample.name)
        data = BytesIO()
        image.resize((WIDTH, WIDTH * image.height // image.width)).save(data, "JPEG")
        photos.append(data.getvalue())
    return photos
