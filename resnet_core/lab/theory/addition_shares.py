"""addition_shares(): which share of the gradient takes the shortcut of each block, trained and before training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_core.inference.classifier import Classifier, ImageSource
from resnet_core.inference.explain.shortcut.flow import BlockFlow, block_flow, fresh_flow
from resnet_core.lab.theory.start import Progress, nobody

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionShares:
    """Each addition of one network, for one picture.

    Attributes:
        model: the weights' name.
        trained, fresh: first to last block, with trained weights and with fresh ones.
    """

    model: str
    trained: tuple[BlockFlow, ...]
    fresh: tuple[BlockFlow, ...]

    def to_frame(self) -> pd.DataFrame:
        """A row for each block and state: the gradient's share through the shortcut, |F| / |x|, what the ReLU stops."""
        import pandas as pd

        return pd.DataFrame(
            {
                "block": one.path, "weights": state, "shortcut": one.shortcut,
                "through the shortcut %": 100 * one.identity_share, "|F| / |x|": one.ratio,
                "cosine of F and x": one.cosine, "stopped by the ReLU %": 100 * one.stopped,
            }
            for state, flow in (("trained", self.trained), ("untrained", self.fresh))
            for one in flow
        )  # fmt: skip


def addition_shares(weights: str, picture: ImageSource, progress: Progress = nobody) -> AdditionShares:
    """Follow a picture's gradient back through every addition (He et al. 2016, equation 5), with both sets of weights.

    Args:
        weights: name of a residual network's.
        picture: anything that a Classifier takes.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        ImageError, WeightsError: as `Classifier.load` and `rc.block_flow`.
    """
    classifier = Classifier.load(weights, device="cpu", backend="eager", precision="fp32")
    trained = tuple(block_flow(classifier, picture))
    progress(0.5)
    fresh = tuple(fresh_flow(classifier, picture))
    progress(1.0)
    return AdditionShares(model=classifier.weights.name, trained=trained, fresh=fresh)
