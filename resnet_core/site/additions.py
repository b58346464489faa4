"""What is recorded of the addition: each sample picture in each network, so that a page begins without any weights."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.figures.browser.networks import about
from resnet_core.figures.shortcut.payload import addition_payload, flow_payload, likest_channel
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.shortcut.addition import addition
from resnet_core.inference.explain.shortcut.flow import block_flow, fresh_flow
from resnet_core.inference.explain.shortcut.sweep import branch_sweep
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.inference.samples import Sample, list_samples, load_sample
from resnet_core.weights.record import Preprocessing, Weights

FIRST = ("car", "cat")  # pictures that come first, because one recognises them at 32 pixels
DIGITS = 5  # of a probability


def sample_pictures(prepared: Preprocessing) -> list[tuple[Sample, Image.Image]]:
    """The sample pictures as a network sees them; those of a package that is not installed are left out."""
    found = []
    for sample in sorted(list_samples(), key=lambda one: one.name not in FIRST):
        try:
            found.append((sample, seen_image(load_sample(sample.name), prepared)))
        except ImageError:
            continue
    return found


def picture_uri(seen: Image.Image) -> str:
    """A small picture as a data: address, without loss."""
    data = BytesIO()
    seen.convert("RGB").save(data, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"


def recorded_addition(weights: Weights, seen: Image.Image) -> dict[str, Any]:
    """One picture in one network: all blocks in figures, the first one's maps, and the answers for each of its alphas.

    Keys: `answer`, probabilities; `blocks` and `fresh`, as `flow_payload` has them, trained and untrained; `block`, as
    `addition_payload` has it; `answers`, path of a block or "" for all -> probabilities for each alpha.
    """
    network = Classifier.load(weights, device="cpu", backend="eager", precision="fp32")
    batch, about_it = to_batch([seen], weights.preprocessing), about(weights)
    first = about_it["blocks"][0]
    terms = addition(network, batch, first["path"])
    block = addition_payload(terms) | {
        "liked": likest_channel(terms.sum, grey_of(seen, terms.sum.shape[1:])), "fields": first["fields"],
        "convolutions": [f"{first['path']}.conv1", f"{first['path']}.conv2"],
    }  # fmt: skip
    answers = {path or "": branch_sweep(network, batch, path).probabilities for path in (first["path"], None)}
    return {
        "answer": _short(answers[""][_alpha_of_one(answers[""])]), "block": block,
        "blocks": flow_payload(block_flow(network, batch)),
        "fresh": [one[3:6] for one in flow_payload(fresh_flow(network, batch))],
        "answers": {path: [_short(row) for row in rows] for path, rows in answers.items()},
    }  # fmt: skip


def grey_of(seen: Image.Image, size: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """A picture's lightness at a map's size, (height, width)."""
    height, width = size
    return np.asarray(seen.convert("L").resize((width, height), resample=Image.Resampling.BOX), np.float32)


def _alpha_of_one(rows: Any) -> int:
    """Which of the answers is the network's own: alpha runs from -1 to 2 in tenths."""
    return 2 * (len(rows) - 1) // 3


def _short(probabilities: Any) -> list[float]:
    return [round(float(one), DIGITS) for one in probabilities]
