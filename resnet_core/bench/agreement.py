"""agreement(): how often automatic precision names the same class as fp32."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from resnet_core.errors import DataError
from resnet_core.inference.classifier import Classifier, read_image
from resnet_core.inference.filetypes import ENDINGS
from resnet_core.inference.preprocessing import to_batch

WEIGHTS = "cifar_resnet20"
AT_ONCE = 256


def agreement(folder: Path, device: str = "auto", precision: str = "auto") -> dict[str, float]:
    """The bundled network's first answer to all pictures under `folder`, at two precisions.

    Returns:
        "agreement_percent" of the pictures that get the same class, and "agreement_pictures", their number.

    Raises:
        DataError: for a folder without pictures.
    """
    exact, quick = (Classifier.load(WEIGHTS, device, name) for name in ("fp32", precision))
    for classifier in (exact, quick):
        classifier.engine.wait()
    same = total = 0
    for paths in _in_groups(folder):
        batch = to_batch([exact.seen(read_image(path)) for path in paths], exact.weights.preprocessing)
        first, second = (classifier.engine.run(batch)[0].argmax(1) for classifier in (exact, quick))
        same += int((first == second).sum())
        total += len(paths)
    if not total:
        raise DataError(f"{folder} holds no pictures. Name a folder with JPEG or PNG files in it, or in its folders.")
    return {"agreement_percent": 100 * same / total, "agreement_pictures": total}


def _in_groups(folder: Path) -> Iterator[list[Path]]:
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS)
    while group := list(islice(paths, AT_ONCE)):
        yield group
