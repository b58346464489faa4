"""feature_maps(): what the channels of a stage put out for one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.walk import Explained, batch_of, check_classifier, stages_of, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMaps:
    """The strongest channels of one stage.

    Attributes:
        stage: "layer1", ...
        channels: their numbers, strongest first: by the mean of their output over all places.
        maps: (k, height, width), the outputs themselves, in the same order.
        means: of all channels of the stage, by number.
    """

    stage: str
    channels: tuple[int, ...]
    maps: npt.NDArray[np.float32]
    means: npt.NDArray[np.float32]


@survive_full_gpu
def feature_maps(classifier: Classifier, image: Explained, stage: str, k: int = 16) -> FeatureMaps:
    """Outputs of the `k` channels of a stage with the largest mean; all of them where there are fewer.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a stage that the network does not have, or a k below 1.
    """
    require(k >= 1, "k", k, "at least 1")
    check_classifier(classifier)
    stages = stages_of(classifier.model)
    require(stage in stages, "stage", stage, f"one of {', '.join(stages)}")
    x = batch_of(classifier, image)
    with torch.no_grad():
        out = next(out for step, out in walk(classifier.model, x) if step.ends_stage and step.stage == stage)[0].float()
        means = out.mean((1, 2))
        order = means.argsort(descending=True, stable=True)[:k]
        return FeatureMaps(
            stage=stage,
            channels=tuple(order.tolist()),
            maps=out[order].cpu().numpy(),
            means=means.cpu().numpy(),
        )
