"""Networks that the documents compare with, traced from torchvision: VGG-19 and GoogLeNet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import nn

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import require

if TYPE_CHECKING:
    import pandas as pd


def _vgg(depth: int) -> nn.Module:
    from torchvision.models import vgg16, vgg19

    network: nn.Module = {16: vgg16, 19: vgg19}[depth]()
    return network


def _googlenet() -> nn.Module:
    """Without the two classifiers on its side, which train and do not answer. torchvision's has batch norm."""
    from torchvision.models import googlenet

    network: nn.Module = googlenet(aux_logits=False, init_weights=False)
    return network


OTHERS: dict[str, Callable[[], nn.Module]] = {
    "VGG-16": lambda: _vgg(16), "VGG-19": lambda: _vgg(19), "GoogLeNet": _googlenet,
}  # fmt: skip


@cache
def trace_other(name: str) -> Trace:
    """The trace of one of OTHERS at 224x224, without weights.

    Raises:
        InvalidSpecError: for another name.
    """
    require(name in OTHERS, "name", name, f"one of {', '.join(OTHERS)}")
    with torch.device("meta"):
        return trace_model(OTHERS[name]())


def beside_others(variants: Sequence[str], others: Sequence[str] = ("VGG-19", "GoogLeNet")) -> pd.DataFrame:
    """Our variants and OTHERS by the same rules, one a row: weights, multiply-adds, what is kept of a picture, filters.

    A filter is one output channel of a convolution, those on shortcuts included.
    """
    import pandas as pd

    traces = {name: walk_spec(name) for name in variants} | {name: trace_other(name) for name in others}
    return pd.DataFrame(
        {
            "network": name, "layers with weights": sum(call.kind in ("Conv2d", "Linear") for call in trace.calls),
            "filters": filters(trace), "params": trace.total_params, "macs": trace.total_macs,
            "activation_bytes": trace.total_activation_bytes,
        }
        for name, trace in traces.items()
    )  # fmt: skip


def filters(trace: Trace) -> int:
    """Output channels of all convolutions together."""
    return sum(call.output_shape[1] for call in trace.calls if call.kind == "Conv2d")
