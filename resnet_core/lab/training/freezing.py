"""freeze(): the first stages of a network stay as they are, their batch norms too, while the rest is trained."""

from __future__ import annotations

from torch import nn

from resnet_core.anatomy.tables.tables import display_stage
from resnet_core.errors import require
from resnet_core.models.network import ResNet

STEM = "stem"


def freeze(model: ResNet, up_to: str) -> tuple[nn.Module, ...]:
    """Take the parts up to a stage out of training.

    Args:
        up_to: "stem", "conv2_x", ...: the last part that stays as it is.

    Returns:
        the parts. Whoever sets the model to training sets these back to `eval()`, so that batch norm keeps its means.

    Raises:
        InvalidSpecError: for a stage that the network has not.
    """
    parts = dict(model.named_children())
    stages = {display_stage(name): name for name in parts if name.startswith("layer")}
    require(up_to in (STEM, *stages), "freeze", up_to, f"one of {STEM}, {', '.join(stages)}")
    names = list(parts)
    end = names.index("layer1") if up_to == STEM else names.index(stages[up_to]) + 1
    frozen = tuple(parts[name] for name in names[:end])
    for part in frozen:
        part.requires_grad_(False).eval()
    return frozen
