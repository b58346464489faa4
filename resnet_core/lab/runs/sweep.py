"""sweep(): independent runs of one recipe, one after the other here or at once on a Ray cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from resnet_core.atomic import write_atomically
from resnet_core.errors import DataError, InvalidSpecError, ResNetCoreError
from resnet_core.lab.recipe.arms import arm_config, check_race
from resnet_core.lab.recipe.config import TrainConfig

PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRun:
    """One run of a sweep: its name, which is that of its folder too, and its recipe."""

    name: str
    config: TrainConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """How a run ended.

    Attributes:
        files: what it leaves, by name: record and weights, as `train_and_save` leaves them.
        message: why it ended before its time; empty otherwise.
    """

    run: SweepRun
    files: dict[str, bytes]
    message: str = ""


def plan_sweep(config: TrainConfig, seeds: Sequence[int], arms: Sequence[str] = ()) -> list[SweepRun]:
    """One run for each seed, and where arms are named for each arm and seed.

    Raises:
        InvalidSpecError: for a seed that comes twice or does not fit, or arms that the recipe contradicts.
    """
    if not seeds or len(set(seeds)) < len(seeds):
        raise InvalidSpecError(f"seed={tuple(seeds)!r} does not work: name some whole numbers, each once.")
    if not arms:
        return [SweepRun(name=f"seed-{seed}", config=config.override(seed=seed)) for seed in seeds]
    check_race(config, arms)
    return [
        SweepRun(name=f"{arm}-seed-{seed}", config=arm_config(config, arm).override(seed=seed))
        for arm in arms
        for seed in seeds
    ]


def sweep(
    runs: Sequence[SweepRun],
    out: Path,
    *,
    data_dir: Path | None = None,
    device: str = "auto",
    address: str | None = None,
) -> Iterator[SweepResult]:
    """Carry the runs out, and yield each when it has ended; its files are in `out/NAME` then.

    Args:
        data_dir: where the data lies, on each machine that trains.
        address: of a Ray cluster: "auto" for the one that this machine belongs to, HOST:PORT, or "local" to start
            one on this machine. None trains here, one run after the other; broken off, it goes on where it was.

    Raises:
        InvalidSpecError: if Ray is asked for and not installed.
        DataError: if `out` can't be written, or a worker of the cluster fails.
    """
    if address is None:
        for run in runs:
            yield _carry_out(run, data_dir, device, out / run.name)
        return
    with _cluster(address) as ray:
        for result in _in_parallel(ray, runs, data_dir and data_dir.resolve(), device):
            for name, content in result.files.items():
                write_atomically(out / result.run.name / Path(name).name, content)  # names are the workers'
            yield result


def _carry_out(run: SweepRun, data_dir: Path | None, device: str, folder: Path) -> SweepResult:
    """Train one network to its end; a run that can't be trained says why, and leaves the others alone."""
    from resnet_core.lab.data.sources import load_for
    from resnet_core.lab.training.checkpoints import train_and_save

    message = ""
    try:
        data = load_for(run.config, data_dir)
        for metrics in train_and_save(run.config, data, folder, device=device, record={"sweep_run": run.name}):
            message = getattr(metrics, "stop_reason", None) or message
    except ResNetCoreError as error:
        return SweepResult(run=run, files={}, message=str(error))
    files = (folder / f"{run.config.name}{suffix}" for suffix in (".json", ".safetensors"))
    return SweepResult(
        run=run, files={file.name: file.read_bytes() for file in files if file.exists()}, message=message
    )


def _carry_out_away(run: SweepRun, data_dir: Path | None, device: str) -> SweepResult:
    """The same on another machine, whose disk is left clean: the files travel back."""
    with tempfile.TemporaryDirectory() as scratch:
        return _carry_out(run, data_dir, device, Path(scratch))


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    if find_spec("ray") is None:
        raise InvalidSpecError(
            f"address={address!r} needs Ray, which is not installed: pip install -r requirements-cluster.txt. "
            "Without an address the runs take place here, one after the other."
        )
    ray = import_module("ray")  # an optional extra
    # Other machines get this package from here, so that it need not be installed there; PyTorch must be.
    elsewhere = {} if address == "local" else {"runtime_env": {"py_modules": [str(PACKAGE)]}}
    try:
        ray.init(
            address=address, include_dashboard=False if address == "local" else None, log_to_driver=False, **elsewhere
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise InvalidSpecError(
            f"address={address!r} does not work: {error}. Start a cluster with `ray start --head`, or say local."
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _in_parallel(ray: Any, runs: Iterable[SweepRun], data_dir: Path | None, device: str) -> Iterator[SweepResult]:
    gpus = 1 if device != "cpu" and ray.cluster_resources().get("GPU", 0) else 0
    task = ray.remote(num_cpus=1, num_gpus=gpus)(_carry_out_away)
    waiting = [task.remote(run, data_dir, device) for run in runs]
    while waiting:
        done, waiting = ray.wait(waiting)
        try:
            yield from ray.get(done)
        except ray.exceptions.RayError as error:
            raise DataError(
                f"A worker of the cluster failed: {_last_line(error)}. What has ended is kept: give the others again."
            ) from error


def _last_line(error: Exception) -> str:
    """Of a remote traceback, what went wrong."""
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
