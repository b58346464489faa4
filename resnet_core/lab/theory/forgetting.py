"""forgetting(): how deep a network still knows what it saw, by a linear probe behind each block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from resnet_core.lab.data.sets import DataSet
from resnet_core.lab.theory.start import Progress, all_pictures, calibrated, check_fits, digits, nobody
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet, build_model

if TYPE_CHECKING:
    import pandas as pd

RIDGE = 1e-3  # of the features' own scale, which is 1
AT_ONCE = 500  # pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What a linear probe reads behind each block.

    Attributes:
        model: the network's name.
        blocks: paths, first to last, e.g. "layer1.0".
        errors: of the probe on held-out pictures, in percent, by block.
        chance: what guessing errs, in percent.
    """

    model: str
    blocks: tuple[str, ...]
    errors: tuple[float, ...]
    chance: float

    def to_frame(self) -> pd.DataFrame:
        """A row for each block: its number, path and the probe's error in percent."""
        import pandas as pd

        numbers = range(1, len(self.blocks) + 1)
        return pd.DataFrame({"block": numbers, "path": self.blocks, "probe error %": self.errors})

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Forgetting:
        """What `dataclasses.asdict` or JSON kept."""
        return cls(**{**record, "blocks": tuple(record["blocks"]), "errors": tuple(record["errors"])})


def forgetting(
    model: ResNet | str, seed: int = 0, data: DataSet | None = None, progress: Progress = nobody
) -> Forgetting:
    """Fit a linear probe to each block's output, averaged over its pixels, and count its errors on unseen pictures.

    Alain and Bengio 2016 (arXiv:1610.01644) call this a linear classifier probe. Behind an untrained network it needs
    no gradient and no training to show what of the input is left.

    Args:
        model: a network in its present state, or a name, which is built for the data, untrained. Where its batch norm
            has seen nothing, the statistics of the training pictures are taken, in a copy.
        seed: of the weights, where a name is given.
        data: the digits unless given.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for a network that can't read these pictures.
    """
    data = data or digits()
    if isinstance(model, str):
        model = build_model(
            model, in_channels=data.channels, num_classes=len(data.classes), input_size=data.image_size, seed=seed,
            device="cpu",
        )  # fmt: skip
    check_fits(model, data)
    images, labels, unseen, answers = all_pictures(data)
    targets = torch.nn.functional.one_hot(labels, len(data.classes)).double()
    errors: list[float] = []
    with one_thread(), torch.no_grad():
        own, blocks = calibrated(model, images), [path for path, _ in model.residual_blocks()]
        for features in _features(own, torch.cat((images, unseen)), progress):
            guess = _probe(features[: len(images)], targets, features[len(images) :]).argmax(1)
            errors.append(100 * float((guess != answers).double().mean()))
    return Forgetting(
        model=model.spec.name, blocks=tuple(blocks), errors=tuple(errors), chance=100 * (1 - 1 / len(data.classes))
    )


def _features(own: ResNet, images: Tensor, progress: Progress) -> list[Tensor]:
    """Each block's output, averaged over its pixels: (N, C), in float64. Nobody else has this network."""
    found: list[list[Tensor]] = []
    for _, block in own.residual_blocks():
        means: list[Tensor] = []
        block.register_forward_hook(lambda _module, _inputs, output, to=means: to.append(output.mean((2, 3)).double()))
        found.append(means)
    for some in torch.split(images, AT_ONCE):
        own(some)
        progress(sum(map(len, found[0])) / len(images))
    return [torch.cat(means) for means in found]


def _probe(seen: Tensor, targets: Tensor, new: Tensor) -> Tensor:
    """Ridge regression on features of mean 0 and deviation 1: scores (N, classes) of `new`."""
    mean, deviation = seen.mean(0), seen.std(0).clamp_min(1e-12)
    x, level = (seen - mean) / deviation, targets.mean(0)
    gram = x.T @ x + RIDGE * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    weights: Tensor = torch.linalg.solve(gram, x.T @ (targets - level))
    return (new - mean) / deviation @ weights + level
