"""train(): one network's training run as a generator of metrics. It knows of no screen, file or queue."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_core.lab.batches import normalise, steps_per_epoch, training_batch
from resnet_core.lab.config import TrainConfig
from resnet_core.lab.data import DataSet, load_data
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.precision import autocast, pick_device, resolve_precision
from resnet_core.models.network import build_model

PROBE_SIZE = 256  # validation pictures on which activation scales are measured


class Learner:
    """A network, its optimiser and how far they have come: the state of one run, one arm of a race."""

    def __init__(self, config: TrainConfig, data: DataSet, device: torch.device, arm: str | None = None) -> None:
        spec = config.spec().override(
            in_channels=data.channels, num_classes=len(data.classes), input_size=data.image_size
        )
        self.config, self.data, self.device, self.arm = config, data, device, arm or config.model
        self.model = build_model(spec, device=device, seed=config.seed).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.SGD(
            self.model.parameters(),
            lr=config.lr,
            momentum=config.momentum,
            nesterov=config.nesterov,
            weight_decay=config.weight_decay,
        )
        self.blocks = [block for _, block in self.model.residual_blocks()]
        self.precision = resolve_precision(config.precision, device)
        self.total_steps = config.epochs * steps_per_epoch(data, config.batch_size)
        self.step = 0
        self.elapsed_s = 0.0

    def train_step(self, *, gradient_norms: bool = False) -> StepMetrics:
        """One step of gradient descent on the batch that belongs to this step."""
        started = time.perf_counter()
        config = self.config
        images, labels = training_batch(
            self.data, self.step, batch_size=config.batch_size, seed=config.seed, augment=config.augment
        )
        rate = learning_rate(config, self.step, self.total_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.model.train()
        with autocast(self.precision, self.device):
            logits = self.model(images)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=config.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norms = self.gradient_norms() if gradient_norms else None
        self.optimizer.step()
        error = float((logits.argmax(1) != labels).float().mean())
        took = time.perf_counter() - started
        self.step += 1
        self.elapsed_s += took
        return StepMetrics(
            arm=self.arm, step=self.step, loss=loss.item(), error=error, images_per_s=len(labels) / took,
            learning_rate=rate, elapsed_s=self.elapsed_s, gradient_norms=norms,
        )  # fmt: skip

    def gradient_norms(self) -> tuple[float, ...]:
        """L2 norm of the gradient of each block's parameters, first block to last."""
        norms = [
            torch.stack([p.grad.norm() for p in block.parameters() if p.grad is not None]).norm()
            for block in self.blocks
        ]
        return tuple(float(n) for n in torch.stack(norms))

    @torch.inference_mode()
    def validate(self, batch_size: int = 1000) -> tuple[float, float]:
        """Mean loss and error on the whole validation set."""
        self.model.eval()
        loss, wrong = 0.0, 0
        for start in range(0, len(self.data.validation_labels), batch_size):
            images = self.data.validation_images[start : start + batch_size]
            labels = self.data.validation_labels[start : start + batch_size]
            with autocast(self.precision, self.device):
                logits = self.model(normalise(images, self.data)).float()
            loss += float(F.cross_entropy(logits, labels, reduction="sum"))
            wrong += int((logits.argmax(1) != labels).sum())
        count = len(self.data.validation_labels)
        return loss / count, wrong / count

    @torch.inference_mode()
    def activation_scales(self) -> tuple[float, ...]:
        """Root mean square of each block's output on the first validation pictures."""
        self.model.eval()
        x: Tensor = normalise(self.data.validation_images[:PROBE_SIZE], self.data)
        scales = []
        with autocast(self.precision, self.device):
            for name, module in self.model.named_children():
                for step in module if name.startswith("layer") else (module,):  # type: ignore[attr-defined]
                    x = step(x)
                    if name.startswith("layer"):
                        scales.append(x.float().square().mean().sqrt())
        return tuple(float(s) for s in torch.stack(scales))

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs: weights, optimiser, counters. Batches follow from the step."""
        return {
            "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "elapsed_s": self.elapsed_s, "precision": self.precision,
        }  # fmt: skip

    def load_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.elapsed_s, self.precision = state["step"], state["elapsed_s"], state["precision"]


def train(
    config: TrainConfig, *, data: DataSet | None = None, device: str = "auto", learner: Learner | None = None
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train one network: a StepMetrics after each step, an EpochMetrics after each epoch.

    Args:
        config: the recipe.
        data: the data set; `load_data(config.data)` otherwise.
        device: "auto" takes a GPU where there is one.
        learner: continue this one (its step says from where) instead of starting afresh.

    Raises:
        InvalidSpecError, DataError: before the first step.
    """
    if learner is None:
        chosen = pick_device(device)
        learner = Learner(config, (data or load_data(config.data)).to(chosen), chosen)
    per_epoch = steps_per_epoch(learner.data, config.batch_size)
    losses, errors, speeds = [], [], []
    while learner.step < learner.total_steps:
        last = (learner.step + 1) % per_epoch == 0
        metrics = learner.train_step(gradient_norms=last)
        losses.append(metrics.loss)
        errors.append(metrics.error)
        speeds.append(1 / metrics.images_per_s)
        yield metrics
        if not math.isfinite(metrics.loss):
            return
        if last:
            yield _close_epoch(learner, metrics, per_epoch, losses, errors, speeds)
            losses, errors, speeds = [], [], []


def _close_epoch(
    learner: Learner,
    metrics: StepMetrics,
    per_epoch: int,
    losses: list[float],
    errors: list[float],
    speeds: list[float],
) -> EpochMetrics:
    started = time.perf_counter()
    validation_loss, validation_error = learner.validate()
    scales = learner.activation_scales()
    learner.elapsed_s += time.perf_counter() - started
    return EpochMetrics(
        arm=learner.arm, epoch=learner.step // per_epoch, step=learner.step,
        train_loss=sum(losses) / len(losses), train_error=sum(errors) / len(errors),
        validation_loss=validation_loss, validation_error=validation_error,
        images_per_s=len(speeds) / sum(speeds), learning_rate=metrics.learning_rate, elapsed_s=learner.elapsed_s,
        gradient_norms=metrics.gradient_norms or (), activation_scales=scales,
    )  # fmt: skip


def learning_rate(config: TrainConfig, step: int, total_steps: int) -> float:
    """The rate of one step, counted from 0, under the recipe's schedule."""
    if step < config.warmup_steps:
        return config.lr / 10
    if config.schedule == "constant":
        return config.lr
    if config.schedule == "steps":
        return config.lr * (0.1 if step >= total_steps // 2 else 1) * (0.1 if step >= total_steps * 3 // 4 else 1)
    rise = max(1, total_steps // 5)
    if step < rise:
        return config.lr * (step + 1) / rise
    return config.lr * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, total_steps - rise)))
