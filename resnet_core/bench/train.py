"""bench_train(): pictures per second in training, beside the loop that most people write, and what metrics cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F

from resnet_core.bench.gpu_share import gpu_share
from resnet_core.bench.measure import Watch, median_ms_in_turn, unwatched
from resnet_core.bench.plain_loop import PlainLoop
from resnet_core.bench.report import OURS, BenchRow, Report
from resnet_core.lab.data.sets import DataSet, load_data, make_data_set
from resnet_core.lab.recipe.config import Precision, TrainConfig
from resnet_core.lab.training.learner import Learner
from resnet_core.models.compute import autocast, pick_device, training_precision

BATCH = 128
EPOCH = 50_000  # pictures of CIFAR-10
PLAIN, BARE, WATCHED = "pytorch-loop", "resnet_core-no-metrics", "resnet_core-all-metrics"
STEPS = {"cpu": 4, "cuda": 100}  # of each turn


def bench_train(
    models: Sequence[str],
    repeats: int = 5,
    device: str = "auto",
    data_dir: Path | None = None,
    watch: Watch = unwatched,
) -> Report:
    """Measure a training step, data included, ours and the plain loop's in turn.

    Ours is what `train` runs: batches made on the device, channels last, bf16 where it is faster, loss and error of
    each step read. The plain loop has fp32, NCHW, and a DataLoader with torchvision's standard transforms in two
    processes. Ours without any metric, and with the gradient norm of each block at each step, show what those cost.

    Args:
        repeats: turns of each, after one that does not count.
        data_dir: CIFAR-10, as `load_data` reads it; generated pictures of its size otherwise.
        watch: is told how far it is.

    Raises:
        UnknownModelError, DataError, InvalidSpecError: for what can't be measured.
    """
    where = pick_device(device)
    data = load_data("cifar10", data_dir) if data_dir else generated_pictures()
    steps = STEPS.get(where.type, STEPS["cpu"])
    rows: list[BenchRow] = []
    facts: dict[str, float] = {}
    for model in models:
        with PlainLoop(model, data, BATCH, where) as plain:
            measured = _measure(model, data, where, plain, steps, repeats, watch)
        rows += measured
        facts |= _facts(model, measured)
        if where.type == "cuda":
            busy = gpu_share(partial(_steps, _learner(model, data, where), steps))
            facts[f"{model}: share of the time that the GPU computes, percent"] = 100 * busy
    return Report(
        title=f"A training step on {where.type}, {BATCH} pictures of 32x32, {'CIFAR-10' if data_dir else 'generated'}",
        rows=tuple(rows),
        facts=facts,
        notes=() if where.type == "cuda" else ("The GPU's share of the time is measured where there is one (CUDA).",),
    )


def generated_pictures(count: int = 4096) -> DataSet:
    """Noise in CIFAR-10's shape: a step takes as long as with photographs."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 3, 32, 32), generator=generator).to(torch.uint8)
    labels = torch.randint(0, 10, (count,), generator=generator)
    held_out = images[:100], labels[:100]
    return make_data_set("generated", tuple("0123456789"), (images, labels), held_out, "generated")


def _measure(
    model: str, data: DataSet, device: torch.device, plain: PlainLoop, steps: int, repeats: int, watch: Watch
) -> list[BenchRow]:
    ours, bare, watched = (_learner(model, data, device) for _ in range(3))
    ways: dict[tuple[str, str], Callable[[], object]] = {
        (OURS, "auto"): lambda: _steps(ours, steps),
        (PLAIN, "fp32"): lambda: plain.run(steps),
        (BARE, "auto"): lambda: _bare_steps(bare, steps),
        (WATCHED, "auto"): lambda: _steps(watched, steps, gradient_norms=True),
    }
    if training_precision("auto", device) != "fp32":
        same_format = _learner(model, data, device, precision="fp32")
        ways[OURS, "fp32"] = lambda: _steps(same_format, steps)
    medians = median_ms_in_turn({"|".join(key): way for key, way in ways.items()}, repeats, watch, model)
    return [
        BenchRow(
            model=model, engine=engine, precision=precision, batch=BATCH,
            median_ms=medians[f"{engine}|{precision}"] / steps,
            images_per_s=1000 * BATCH * steps / medians[f"{engine}|{precision}"],
        )
        for engine, precision in ways
    ]  # fmt: skip


def _facts(model: str, rows: Sequence[BenchRow]) -> dict[str, float]:
    ms = {row.engine: row.median_ms for row in rows if row.precision == "auto" or row.engine == PLAIN}
    return {
        f"{model}: times the plain loop's speed": ms[PLAIN] / ms[OURS],
        f"{model}: loss and error of each step cost, percent": 100 * (ms[OURS] / ms[BARE] - 1),
        f"{model}: with gradient norms of each step, percent": 100 * (ms[WATCHED] / ms[BARE] - 1),
        f"{model}: an epoch of {EPOCH:,} pictures, s": ms[OURS] / 1000 * (EPOCH // BATCH),
    }


def _learner(model: str, data: DataSet, device: torch.device, precision: Precision = "auto") -> Learner:
    return Learner(TrainConfig(model=model, precision=precision, epochs=10_000), data, device)


def _steps(learner: Learner, steps: int, *, gradient_norms: bool = False) -> None:
    for _ in range(steps):
        learner.train_step(*learner.next_batch(), gradient_norms=gradient_norms)
    _wait(learner.device)


def _bare_steps(learner: Learner, steps: int) -> None:
    """The same batches, network and optimiser, with nothing read or kept."""
    learner.model.train()
    for _ in range(steps):
        images, labels = learner.next_batch()
        with autocast(learner.precision, learner.device):
            loss = F.cross_entropy(learner.model(images).float(), labels)
        learner.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        learner.optimizer.step()
        learner.step += 1
    _wait(learner.device)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
