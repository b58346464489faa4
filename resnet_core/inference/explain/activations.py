"""activations(): what every part of a network puts out for one picture, a few channels each, small."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.twin import twin
from resnet_core.inference.explain.walk import Explained, batch_of, check_classifier, steps_of, walk

LARGEST = 32  # values a side: what is larger is averaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """The strongest channels that one part puts out.

    Attributes:
        channels: their numbers, strongest first: by the mean size of their values.
        maps: (k, height, width), at most 32 values a side: a larger map's are means of neighbours.
        lowest, highest: of these channels' own values.
    """

    channels: tuple[int, ...]
    maps: npt.NDArray[np.float16]
    lowest: float
    highest: float


@survive_full_gpu
def activations(
    classifier: Classifier, image: Explained, k: int = 6, blocks: Collection[str] = (), shortcuts: Collection[str] = ()
) -> dict[str, Activation]:
    """By path: of every stage ("stem", "layer1"), block ("layer1.0") and layer ("layer1.0.conv1") with a map.

    One pass through a twin of the network, which shares its weights: no hook touches the network that others use.

    Args:
        k: channels of each part, all where it has fewer.
        blocks, shortcuts: paths of blocks without their residual branch, and of those without their shortcut.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a network that is not ours, a path that is no block with an addition, or a k below 1.
    """
    require(k >= 1, "k", k, "at least 1")
    check_classifier(classifier)
    own = twin(classifier.model)
    found: dict[str, Activation] = {}

    def keep(path: str) -> Any:
        def hook(_: nn.Module, __: Any, out: Any) -> None:
            if isinstance(out, Tensor) and out.ndim == 4:
                found[path] = _strongest(out[0].float(), k)

        return hook

    for path, module in own.named_modules():
        if path:
            module.register_forward_hook(keep(path))
    with torch.no_grad():
        for step, out in walk(own, batch_of(classifier, image), off=blocks, cut=shortcuts):
            if step.path not in found:  # a block that is cut is taken apart, not called
                keep(step.path)(step.module, (), out)
            if step.ends_stage:
                found[step.stage] = found[step.path]
    stem = [step.path for step in steps_of(own) if step.stage == "stem" and step.path in found]
    return found | ({"stem": found[stem[-1]]} if stem else {})


def _strongest(out: Tensor, k: int) -> Activation:
    order = out.abs().mean((1, 2)).argsort(descending=True, stable=True)[:k]
    chosen = out[order]
    sides = min(LARGEST, chosen.shape[1]), min(LARGEST, chosen.shape[2])
    small = chosen if sides == chosen.shape[1:] else adaptive_avg_pool2d(chosen, sides)
    return Activation(
        channels=tuple(order.tolist()), maps=small.half().cpu().numpy(), lowest=float(chosen.min()),
        highest=float(chosen.max()),
    )  # fmt: skip
