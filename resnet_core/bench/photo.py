"""bench_photo(): the bundled default beside torchvision's network of the same form, and a photograph end to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from PIL import Image
from torch import nn

from resnet_core.bench.measure import Watch, median_ms_in_turn, unwatched
from resnet_core.bench.report import OURS, BenchRow
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.samples import load_sample
from resnet_core.models.spec_fields import STEM_CONV
from resnet_core.weights.record import DEFAULT_WEIGHTS

PEER = "torchvision-eager"
MEGAPIXEL = (1155, 866)
MANY = 32


def torchvision_twin(classifier: Classifier) -> nn.Module:
    """torchvision's resnet18 with the stem of the bundled network and its very weights, loaded strictly."""
    from torchvision.models import resnet18

    spec, state = classifier.model.spec, classifier.model.state_dict()
    kernel, stride = STEM_CONV[spec.stem]
    with torch.device("meta"):
        network: nn.Module = resnet18(num_classes=len(classifier.weights.classes))
        network.conv1 = nn.Conv2d(spec.in_channels, spec.widths[0], kernel, stride, kernel // 2, bias=False)
        network.maxpool = nn.Identity()
    network.load_state_dict(state, strict=True, assign=True)
    return network.eval().requires_grad_(False)


def _answered(network: nn.Module, pictures: torch.Tensor, device: torch.device) -> torch.Tensor:
    logits: torch.Tensor = network(pictures.to(device))
    return logits.cpu()


def bench_photo(
    batches: Sequence[int], repeats: int, device: str = "auto", backend: str = "auto", watch: Watch = unwatched
) -> tuple[tuple[BenchRow, ...], dict[str, float]]:
    """Rows of the default network beside torchvision's, and what one decoded photograph of a megapixel takes.

    Returns:
        The rows, and facts: `photo_ms`, from the decoded picture to its answer, and `photos_per_s`, of 32 at once.
    """
    classifier = Classifier.load(DEFAULT_WEIGHTS, device, backend=backend)
    classifier.engine.wait()
    side, chosen = classifier.weights.preprocessing.crop_size, classifier.device
    twin = torchvision_twin(classifier).to(chosen)
    rows = []
    for batch in batches:
        pictures = torch.randn(batch, 3, side, side, generator=torch.Generator().manual_seed(0))
        ways: dict[str, Callable[[], object]] = {
            OURS: partial(classifier.engine.run, pictures),
            PEER: partial(_answered, twin, pictures, chosen),
        }
        with torch.no_grad():
            medians = median_ms_in_turn(ways, repeats, watch, f"{DEFAULT_WEIGHTS}, batch {batch}")
        precisions = {OURS: "auto", PEER: "fp32"}
        rows += [
            BenchRow(
                engine=name, precision=precisions[name], batch=batch, median_ms=ms, images_per_s=batch * 1000 / ms,
                model=DEFAULT_WEIGHTS,
            )
            for name, ms in medians.items()
        ]  # fmt: skip
    photo = load_sample("coffee").resize(MEGAPIXEL, Image.Resampling.BICUBIC)
    one_ms, many_ms = (_answered_ms(classifier, [photo] * count, repeats, watch) for count in (1, MANY))
    return tuple(rows), {"photo_ms": one_ms, "photos_per_s": MANY * 1000 / many_ms}


def _answered_ms(classifier: Classifier, photos: Sequence[Image.Image], repeats: int, watch: Watch) -> float:
    """Median milliseconds of answering them at once; in a turn of its own, since another empties the caches."""
    ways = {"photos": lambda: list(classifier.predict_many(photos, batch_size=len(photos)))}
    return median_ms_in_turn(ways, repeats, watch, f"{len(photos)} decoded, of a megapixel")["photos"]
