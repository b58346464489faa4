"""bench_theory(): what each experiment of `rc.theory` takes of one core, beside what it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from statistics import median

import torch

from resnet_core.bench.measure import Watch, unwatched
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.theory.experiments import EXPERIMENTS
from resnet_core.lab.theory.lesions import lesions
from resnet_core.lab.theory.start import nobody
from resnet_core.lab.training.race import race
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import build_model

RECORDED = ("lesions", "refutation", "first_steps", "table_1")  # read, not computed
COPY_STEPS, COPY_SECONDS = 60, 15.0
COPY = f"race, {COPY_STEPS} steps of plain and copy"
BLOCK_PICTURES, BLOCK_SECONDS = 100, 3.0
BLOCK = f"lesions of the first of 27 blocks, {BLOCK_PICTURES} pictures"


def bench_theory(repeats: int = 1, watch: Watch = unwatched) -> Report:
    """Measure each experiment in its usual setting, after a small one that loads what all need. It has no peers.

    The rows' durations are of computing (the process's CPU time), so that other work on the machine counts little.

    Raises:
        InvalidSpecError: for less than one repeat.
    """
    if repeats < 1:
        raise InvalidSpecError(f"repeats={repeats} does not work: measure at least once.")
    limits = {name: one.seconds for name, one in EXPERIMENTS.items() if name not in RECORDED}
    ways: dict[str, Callable[[], object]] = {name: partial(EXPERIMENTS[name].run, 0, nobody) for name in limits}
    limits |= {COPY: COPY_SECONDS, BLOCK: BLOCK_SECONDS}
    ways |= {COPY: _copy_race, BLOCK: _block}
    EXPERIMENTS["gradient_paths"].run(0, nobody)
    _copy_race(1)  # loads the digits and PyTorch's optimisers
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats):
        for place, (name, way) in enumerate(ways.items()):
            watch(name, turn * len(ways) + place, repeats * len(ways))
            found[name].append(_cpu_seconds(way))
    return Report(
        title="The experiments of rc.theory, CPU time of one thread",
        rows=tuple(
            BenchRow(model=name, engine=OURS, precision="fp32", batch=1, median_ms=1000 * median(seconds))
            for name, seconds in found.items()
        ),
        facts={f"{name}: share of the {limits[name]:g} s that it may take": median(seconds) / limits[name]
               for name, seconds in found.items()},
    )  # fmt: skip


def _copy_race(steps: int = COPY_STEPS) -> None:
    for _ in islice(race(RACE, ("plain", "copy"), device="cpu"), 2 * steps):
        pass


def _block() -> None:
    """Pictures of noise cost what others do."""
    network = build_model("cifar_resnet56", device="cpu", seed=0)
    images, labels = torch.randn(BLOCK_PICTURES, 3, 32, 32), torch.zeros(BLOCK_PICTURES, dtype=torch.long)
    with one_thread():
        lesions(network, images, labels, blocks=("layer1.0",))


def _cpu_seconds(way: Callable[[], object]) -> float:
    started = time.process_time()
    way()
    return time.process_time() - started
