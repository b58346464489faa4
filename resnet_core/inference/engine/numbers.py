"""Numbers that are none, or no network can compute with: found before a network runs, and in its answers.

All are needed, because an engine may hide what went wrong: OpenVINO's ReLU makes 0 of what is no number.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from resnet_core.errors import WeightsError
from resnet_core.inference.engine.choice import EngineChoice
from resnet_core.weights.numbers import HUGE

PROBE_SIDE = 64  # pixels: values grow alike at any size, and this costs little
FP16_REACH = torch.finfo(torch.float16).max / 8  # room for pictures that drive a network harder than the probe


def check_weights(model: nn.Module) -> None:
    """Refuse a network whose weights can't give an answer.

    Raises:
        WeightsError: naming the first tensor with values that are no numbers or huge, or variances below 0.
    """
    for name, tensor in model.state_dict().items():
        if not tensor.is_floating_point() or tensor.is_meta:
            continue
        if bad := int((~torch.isfinite(tensor)).sum()):
            raise WeightsError(_refusal(name, bad, "are not finite numbers"))
        if bad := int((tensor.abs() > HUGE).sum()):
            raise WeightsError(_refusal(name, bad, f"are beyond {HUGE:.0e}, too large to compute with"))
        if name.endswith("running_var") and (bad := int((tensor < 0).sum())):
            raise WeightsError(_refusal(name, bad, "are variances below 0"))


def largest_value(model: nn.Module, input_size: tuple[int, int, int]) -> float:
    """The largest absolute value that a picture of noise becomes on its way, in float32.

    Weights may be finite, and their products not. Infinity and what is no number meet a ReLU in one engine or
    another, and the answer looks like any other; so the way is watched, once, before there is an answer.

    Args:
        input_size: (C, H, W) of the pictures that it will get.

    Raises:
        WeightsError: naming the layer after which a value is beyond HUGE, or no number.
    """
    found: dict[str, float] = {}

    def watch(name: str, _module: nn.Module, _given: object, output: object) -> None:
        if isinstance(output, Tensor):
            found[name] = value = float(output.abs().max())
            if not value <= HUGE:
                raise WeightsError(
                    f"After {name} the network's values reach {value:.1e}: they grow until they are no numbers, so it "
                    "can't answer. Its weights are damaged or its training went astray; choose others."
                )

    leaves = ((name, module) for name, module in model.named_modules() if not any(True for _ in module.children()))
    hooks = [module.register_forward_hook(partial(watch, name)) for name, module in leaves]
    first = next(model.parameters(), torch.empty(0))
    channels, *sides = input_size
    noise = torch.randn(
        1, channels, *(min(side, PROBE_SIDE) for side in sides), generator=torch.Generator().manual_seed(0)
    )
    try:
        with torch.inference_mode():
            model(noise.to(first.device, first.dtype))
    finally:
        for hook in hooks:
            hook.remove()
    return max(found.values(), default=0.0)


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
