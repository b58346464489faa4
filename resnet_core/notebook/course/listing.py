"""The published listings as exercises: lines held to be wrong, and a copy of document 000 that the reader repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import BOTTLENECK_DEPTHS
from resnet_core.models.listings.defects import defect_at, defects_in
from resnet_core.models.listings.documents import document_lines
from resnet_core.models.listings.idle import idle_biases

Network = Callable[..., nn.Module]
SMALL = (1, 1, 1, 1)  # blocks of each stage, where depth does not matter


def judge_lines(document: str, answer: object) -> tuple[bool, str]:
    """What is wrong with each line that the reader names, and how many defects are found.

    Args:
        document: its number.
        answer: a line's number, or several.
    """
    named = [answer] if isinstance(answer, int | str) else list(answer if isinstance(answer, Iterable) else ())
    there = {line.number for line in document_lines(document)}
    if not named or not all(str(line).isdigit() and int(str(line)) in there for line in named):
        return False, f"Give the numbers of lines that are shown, from {min(there)} to {max(there)}."
    found, said = set(), []
    for line in dict.fromkeys(int(str(line)) for line in named):
        defect = defect_at(document, line)
        said.append(f"Line {line}: {defect.effect if defect else 'nothing is known to be wrong with it.'}")
        found |= {defect.name} if defect else set()
    everything = len(defects_in(document))
    return len(found) == everything, "\n".join((f"{len(found)} of {everything} found.", *said))


def judge_repair(answer: Any) -> tuple[bool, str]:
    """What is still wrong with the reader's copy of document 000's listing, by what it does.

    Args:
        answer: its classes, (Bottleneck, ResNet).
    """
    try:
        block, network = answer
    except (TypeError, ValueError):
        return False, "Give both classes: (Bottleneck, ResNet)."
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            signs = [sign for sign in (check(block, network) for check in SIGNS) if sign]
            with torch.device("meta"):
                params = sum(p.numel() for p in network(block, BOTTLENECK_DEPTHS[50]).parameters())
    except Exception as error:  # noqa: BLE001 - a reader's code may raise anything
        return False, f"ResNet-50 does not run any more: {type(error).__name__}: {error}"
    if signs:
        return False, "\n".join((f"{len(SIGNS) - len(signs)} of {len(SIGNS)} repaired. What it still does:", *signs))
    return True, (
        f"All {len(SIGNS)} are repaired. It has {params:,} parameters; "
        f"torchvision's ResNet-50 has {walk_spec('resnet50').total_params:,}."
    )


def _first_stage(block: Any, network: Network) -> str:
    """ "" where the first stage is as large as the paper's; else how large it is."""
    with torch.device("meta"):
        model = network(block, BOTTLENECK_DEPTHS[50])
    sides = next(call.output_shape for call in trace_model(model).calls if call.kind == "MaxPool2d")[2:]
    paper = next(call.output_shape for call in walk_spec("resnet50").calls if call.kind == "MaxPool2d")[2:]
    shown, wanted = ("×".join(map(str, pair)) for pair in (sides, paper))
    return "" if sides == paper else f"The first stage is {shown} pixels, the paper's {wanted}."


def _way_back(block: Any, network: Network) -> str:
    one = block(256, 64)
    *_, last = (layer for layer in one.modules() if isinstance(layer, nn.BatchNorm2d))
    nn.init.zeros_(last.weight)  # the branch gives zero, and has a gradient of zero
    nn.init.zeros_(last.bias)
    x = (torch.rand(2, 256, 4, 4) + 0.1).requires_grad_()
    (gradient,) = torch.autograd.grad(one(x).sum(), x)
    through = float(gradient.abs().max())
    return "" if through == 1 else f"Of a gradient of 1 behind an addition {through:g} comes back past the branch."


def _stem(block: Any, network: Network) -> str:
    seen: list[Tensor] = []
    model = network(block, SMALL)
    first = next(layer for layer in model.modules() if isinstance(layer, block))
    first.register_forward_pre_hook(lambda _, taken: seen.append(taken[0]))
    with torch.no_grad():
        model(torch.randn(2, 3, 64, 64))
    return "" if seen[0].min() >= 0 else "Negative values leave the stem: up to its pool it is linear."


def _idle(block: Any, network: Network) -> str:
    with torch.device("meta"):
        found = idle_biases(network(block, SMALL))
    count = sum(one.count for one in found)
    return "" if not count else f"{count} parameters in front of a batch norm can never change an output."


class Basic(nn.Module):
    """The basic block, as the listing's code would call it."""

    expansion = 1

    def __init__(self, in_channels: int, channels: int, shortcut: nn.Module | None = None, stride: int = 1) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels),
        )  # fmt: skip
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.layers(x) + self.shortcut(x))


def _heeds(block: Any, network: Network) -> str:
    """ "" where the block that is asked for is the block that is built, whether or not that runs."""
    built: list[str] = []

    class Asked(Basic):
        def __init__(self, *settings: Any, **more: Any) -> None:
            built.append("asked")
            super().__init__(*settings, **more)

    with suppress(RuntimeError), torch.device("meta"):
        network(Asked, SMALL)
    return "" if built else "Asked for a network of basic blocks, as ResNet-18 is, it builds another one."


def _runs_with_basic(block: Any, network: Network) -> str:
    if _heeds(block, network):
        return "Whether a network of basic blocks would run can't be seen before that."
    try:
        with torch.device("meta"):
            model = network(Basic, SMALL)
        trace_model(model)
    except (RuntimeError, InvalidSpecError) as error:
        return f"A network of basic blocks does not run: {str(error).split('. ')[0]}."
    return ""


SIGNS = (_first_stage, _way_back, _stem, _idle, _heeds, _runs_with_basic)
