"""grad_cam(): where in the picture each stage finds what speaks for a class."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.walk import Explained, batch_of, check_class, walk

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMaps:
    """One map per stage for one class.

    Attributes:
        class_index: the class that is explained.
        logit: its score before the softmax.
        maps: "layer1", ... to (height, width) of that stage, at least 0, in the units of the logit; a larger
            value speaks more for the class. Scales differ between stages.
    """

    class_index: int
    logit: float
    maps: dict[str, Map]


def _grad_cam(activation: Tensor, gradient: Tensor) -> Tensor:
    return (gradient.mean((2, 3), keepdim=True) * activation).sum(1).relu()


def _hires_cam(activation: Tensor, gradient: Tensor) -> Tensor:
    return (gradient * activation).sum(1).relu()


# (activation, its gradient), both (1, C, H, W) -> (1, H, W).
METHODS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"grad_cam": _grad_cam, "hires_cam": _hires_cam}


@survive_full_gpu
def grad_cam(
    classifier: Classifier, image: Explained, class_index: int | None = None, method: str = "grad_cam"
) -> StageMaps:
    """Maps of all stages in one forward and one backward pass.

    "grad_cam": L = relu(sum over k of a_k A_k), where A_k is channel k of the stage's output and a_k the mean over
    all places of dy/dA_k, y being the class's logit (Selvaraju et al. 2017, arXiv:1610.02391, equations 1 and 2).
    "hires_cam": L = relu(sum over k of dy/dA_k * A_k), without the mean, so that a place is shown only where its own
    gradient says so (Draelos and Carin 2020, arXiv:2011.08891). After the last stage the two agree up to a factor,
    because a global average pooling gives all places the same gradient.

    Args:
        class_index: the class to explain; by default the likeliest.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a class or a method that does not exist.
    """
    require(method in METHODS, "method", method, " or ".join(METHODS))
    if class_index is not None:
        check_class(classifier, class_index)
    x = batch_of(classifier, image)
    return stage_maps(classifier.model, x, class_index, method)


def stage_maps(
    model: nn.Module, x: Tensor, class_index: int | None, method: str, stages: Collection[str] = ()
) -> StageMaps:
    """The same for a network of ours and a batch (1, C, H, W); of some stages only where they are named."""
    ends: dict[str, Tensor] = {}
    with torch.enable_grad():
        for step, out in walk(model, x):
            if step.ends_stage and (
                not stages or step.stage in stages
            ):  # the first of them starts the graph, for no weight asks for a gradient
                ends[step.stage] = out if out.requires_grad else out.requires_grad_()
        index = int(out.argmax()) if class_index is None else class_index
        score = out[0, index]
        # `grad` returns the gradients; `backward` would add them up on whatever asks for some.
        gradients = torch.autograd.grad(score, list(ends.values()))
    with torch.no_grad():
        maps = {
            stage: METHODS[method](activation, gradient)[0].float().cpu().numpy()
            for (stage, activation), gradient in zip(ends.items(), gradients, strict=True)
        }
    return StageMaps(class_index=index, logit=score.item(), maps=maps)
