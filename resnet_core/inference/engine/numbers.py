"""Numbers that are none: found in a network before it runs, and in its answers before anyone reads them.

Both are needed, because an engine may hide what went wrong: OpenVINO's ReLU makes 0 of what is no number.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from resnet_core.errors import WeightsError
from resnet_core.inference.engine.choice import EngineChoice


def check_weights(model: nn.Module) -> None:
    """Refuse a network whose weights can't give an answer.

    Raises:
        WeightsError: naming the first tensor with values that are no numbers, or variances below 0.
    """
    for name, tensor in model.state_dict().items():
        if not tensor.is_floating_point() or tensor.is_meta:
            continue
        if bad := int((~torch.isfinite(tensor)).sum()):
            raise WeightsError(_refusal(name, bad, "are not finite numbers"))
        if name.endswith("running_var") and (bad := int((tensor < 0).sum())):
            raise WeightsError(_refusal(name, bad, "are variances below 0"))


def check_logits(logits: Tensor, choice: EngineChoice) -> Tensor:
    """The logits (N, classes), if all of them are numbers.

    Raises:
        WeightsError: if one is not, which by then means that values grew too large on the way.
    """
    if bool(torch.isfinite(logits).all()):
        return logits
    remedy = "" if choice.precision == "fp32" else " Ask for precision fp32, whose numbers reach farther."
    raise WeightsError(
        f"The network gives no answer with {choice}: its values grow until they are no numbers any more.{remedy} "
        "If that stays, the weights are damaged or the training went astray; choose others."
    )


def _refusal(name: str, bad: int, what: str) -> str:
    return (
        f"{bad:,} of the values of {name} {what}, so the network can't answer. Export the weights again from "
        "a run that went well, or copy the file anew."
    )
