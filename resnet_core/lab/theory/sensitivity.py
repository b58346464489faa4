"""sensitivity(): the textbook argument that a residual layer reacts more strongly to a change, in ten lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

X, TARGET = 5.0, 5.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """One weight w, trained so that a layer maps 5 to 5.1.

    Attributes:
        layer: "w x" or "x + w x".
        start: of w.
        decay: weight decay.
        first_gradient: dL/dw of the loss (y - 5.1)^2 / 2 before the first step.
        outputs: y before each step, and at the end.
    """

    layer: str
    start: float
    decay: float
    first_gradient: float
    outputs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The descents, in the order of the argument."""

    descents: tuple[Descent, ...]

    def to_frame(self) -> pd.DataFrame:
        """A row for each: layer, start, decay, first gradient, first error, last output."""
        import pandas as pd

        return pd.DataFrame(
            {
                "layer": one.layer, "w begins at": one.start, "decay": one.decay, "first dL/dw": one.first_gradient,
                "first error": (one.outputs[0] - TARGET) ** 2 / 2, "last output": one.outputs[-1],
            }
            for one in self.descents
        )  # fmt: skip


def sensitivity(steps: int = 200, rate: float = 0.01, decay: float = 0.1) -> Sensitivity:
    """Map 5 to 5.1 by gradient descent on one weight, as a plain layer w x and as a residual one x + w x.

    The argument goes: from 5.1 to 5.2 the plain mapping changes by 2 %, the residual from 0.1 to 0.2 by 100 %, so that
    "the mapping after introducing the residual is more sensitive to the change of the output". But dL/dw = (y - 5.1) x
    in both: with y equal, so is the gradient. What differs is where w = 0 begins, and where decay pulls it to.

    Args:
        steps, rate: of gradient descent.
        decay: in the descents that have one.
    """
    settings = [("w x", 0.98), ("x + w x", -0.02), ("w x", 0.0), ("x + w x", 0.0), ("w x", 1.0)]
    plain = [_descend(layer, start, 0.0, steps, rate) for layer, start in settings]
    decayed = [_descend(layer, 0.0, decay, steps, rate) for layer in ("w x", "x + w x")]
    return Sensitivity(descents=(*plain, *decayed))


def _descend(layer: str, start: float, decay: float, steps: int, rate: float) -> Descent:
    w, outputs, gradients = start, [], []
    for _ in range(steps + 1):
        outputs.append(w * X if layer == "w x" else X + w * X)
        gradients.append((outputs[-1] - TARGET) * X)
        w -= rate * (gradients[-1] + decay * w)
    return Descent(layer=layer, start=start, decay=decay, first_gradient=gradients[0], outputs=tuple(outputs))
