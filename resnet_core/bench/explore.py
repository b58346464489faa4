"""bench_explore(): twelve kinds of networks, from a module to its drawing, beside tools for any network."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.bench.kinds import KINDS
from resnet_core.bench.measure import Watch, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import require
from resnet_core.figures.diagram.scenes import diagram_payload

JOINS = ("add", "add_", "cat", "mul", "mul_")


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool says of a network; None where it does not say it.

    Attributes:
        macs: multiply-adds.
        joins: additions, products and concatenations that it shows.
    """

    macs: int | None = None
    joins: int | None = None


def _ours(model: nn.Module, given: Tensor) -> Found:
    trace = trace_model(model, inputs=given)
    diagram_payload(trace)
    left = sum(macs or 0 for _, _, macs in trace.uncounted)
    return Found(trace.total_macs + left, sum(call.kind in JOINS for call in trace.calls))


def _torchinfo(model: nn.Module, given: Tensor) -> Found:
    import torchinfo

    return Found(int(torchinfo.summary(model, input_data=given, verbose=0).total_mult_adds))


def _torchview(model: nn.Module, given: Tensor) -> Found:
    import torchview

    graph = torchview.draw_graph(model, input_data=given, depth=20, device="cpu")
    nodes = {node for edge in graph.edge_list for node in edge}
    return Found(joins=sum(getattr(node, "name", "") in JOINS for node in nodes))


def _torchvista(model: nn.Module, given: Tensor) -> Found:
    import torchvista

    with tempfile.TemporaryDirectory() as folder:
        torchvista.trace_model(model, given, export_path=str(Path(folder) / "drawing.html"))
    return Found()


PEERS: dict[str, Callable[[nn.Module, Tensor], Found]] = {
    "torchinfo": _torchinfo, "torchview": _torchview, "torchvista": _torchvista,
}  # fmt: skip


def bench_explore(models: Sequence[str] = tuple(KINDS), repeats: int = 3, watch: Watch = unwatched) -> Report:
    """Measure how long each tool takes for each network, and set what it says beside PyTorch's own operator counter.

    Facts, by network: multiply-adds of ours and of torchinfo's as a share of PyTorch's, additions, products and
    concatenations that are shown, and how many networks each tool takes.

    Args:
        models: names of `kinds.KINDS`.
        repeats: how often each is measured, after a first time that does not count.
        watch: is told how far it is.

    Raises:
        InvalidSpecError: for less than one repeat, or a name that is none.
    """
    require(repeats >= 1, "repeats", repeats, "at least 1")
    for name in models:
        require(name in KINDS, "model", name, f"one of {', '.join(KINDS)}")
    tools = {OURS: _ours} | {name: tool for name, tool in PEERS.items() if find_spec(name)}
    notes = [f"{name} is not installed, so it is left out: pip install {name}." for name in PEERS if name not in tools]
    rows: list[BenchRow] = []
    facts: dict[str, float] = {}
    taken = dict.fromkeys(tools, 0)
    for done, name in enumerate(models):
        model, given = KINDS[name].build().eval(), KINDS[name].give()
        counted = pytorchs_count(model, given)
        for place, (tool, look) in enumerate(tools.items()):
            watch(f"{tool}, {name}", done * len(tools) + place, len(models) * len(tools))
            try:
                found, median_ms = _measured(look, model, given, repeats)
            except Exception as error:  # noqa: BLE001  # what a tool can't take is a result
                notes.append(f"{tool} does not take {name}: {type(error).__name__}.")
                continue
            taken[tool] += 1
            rows.append(BenchRow(model=name, engine=tool, precision="fp32", batch=1, median_ms=median_ms))
            if found.macs is not None:
                facts[f"{name}, MACs by {tool} over PyTorch's"] = found.macs / counted
            if found.joins is not None:
                facts[f"{name}, joins shown by {tool}"] = found.joins
    facts |= {f"{tool}: networks taken of {len(models)}": count for tool, count in taken.items()}
    title = "From a module to its drawing (torchinfo: to its table), CPU"
    return Report(title=title, rows=tuple(rows), facts=facts, notes=tuple(notes))


def pytorchs_count(model: nn.Module, given: Tensor) -> int:
    """Multiply-adds of all operations, with attention and recurrence spelled out: fused kernels hide from the counter.

    PyTorch counts no recurrent layer on a CPU: what these do is added by formula.
    """
    from resnet_core.anatomy.trace.recorder import recurrent_macs

    recurrent = [0]
    count = lambda layer, args, _: recurrent.append(recurrent_macs(layer, tuple(args[0].shape)))  # noqa: E731
    handles = [one.register_forward_hook(count) for one in model.modules() if isinstance(one, nn.RNNBase)]
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            model(given)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for handle in handles:
            handle.remove()
    return int(counter.get_total_flops()) // 2 + sum(recurrent)


def _measured(
    look: Callable[[nn.Module, Tensor], Found], model: nn.Module, given: Tensor, repeats: int
) -> tuple[Found, float]:
    durations = []
    with _quiet():
        found = look(model, given)
        for _ in range(repeats):
            started = time.perf_counter()
            look(model, given)
            durations.append((time.perf_counter() - started) * 1000)
    return found, median(durations)


@contextlib.contextmanager
def _quiet() -> Iterator[Any]:
    """What the tools print and warn of is theirs."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
