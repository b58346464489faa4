"""bench_trace(): from a name to the finished layer table, beside building torchvision's network for torchinfo."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from resnet_core.anatomy.tables.tables import layer_table
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.bench.measure import Watch, median_ms_in_turn, resident_growth_mb, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import UnknownModelError
from resnet_core.models.catalogue import CATALOGUE, get_spec

PEER = "torchvision-torchinfo"
PROGRAMS = {
    OURS: (
        "import resnet_core as rc",
        "table = rc.layer_table(rc.trace_model({model!r}))",
    ),
    PEER: (
        "from torchvision import models; import torchinfo",
        "table = torchinfo.summary(models.get_model({model!r}), (1, 3, 224, 224), verbose=0)",
    ),
}


def bench_trace(model: str = "resnet152", repeats: int = 7, watch: Watch = unwatched) -> Report:
    """Measure duration and memory of both ways to a table of all layers at 224x224.

    Args:
        model: a name that torchvision has too.
        repeats: how often each way is measured, after a first time that does not count.
        watch: is told how far it is.

    Raises:
        UnknownModelError: for a model that torchvision does not have.
        InvalidSpecError: for less than one repeat.
    """
    check_model(model)
    ways: dict[str, Callable[[], object]] = {OURS: lambda: layer_table(trace_model(model))}
    notes: tuple[str, ...] = ()
    if find_spec("torchinfo"):
        ways[PEER] = lambda: _peer_summary(model)
    else:
        notes = ("torchinfo is not installed, so there is nothing to compare with: pip install torchinfo.",)
    medians = median_ms_in_turn(ways, repeats, watch)
    growth = {}
    for done, name in enumerate(ways):
        watch("memory", done, len(ways))
        growth[name] = resident_growth_mb(*(line.format(model=model) for line in PROGRAMS[name]))
    return Report(
        title=f"From a name to the finished layer table of {model}",
        rows=tuple(BenchRow(engine=name, precision="fp32", batch=1, median_ms=ms) for name, ms in medians.items()),
        resident_growth_mb={name: mb for name, mb in growth.items() if mb is not None},
        notes=notes if all(growth.values()) else (*notes, "Resident memory is read from /proc, which is Linux's."),
    )


def check_model(model: str) -> None:
    """Refuse a network that torchvision does not have.

    Raises:
        UnknownModelError: if there is nothing to compare with.
    """
    from torchvision import models

    if get_spec(model).name not in (theirs := models.list_models()):
        shared = ", ".join(name for name in CATALOGUE if name in theirs)
        raise UnknownModelError(f"torchvision has no {model}, so nothing to compare with. It has {shared}.")


def _peer_summary(model: str) -> Any:
    import torchinfo
    from torchvision import models

    return torchinfo.summary(models.get_model(model), (1, 3, 224, 224), verbose=0)
