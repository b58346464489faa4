"""Learner: a network, its optimiser and how far they have come. The state of one run, one arm of a race."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_core.errors import require
from resnet_core.lab.data.batches import steps_per_epoch, training_batch, validation_batch
from resnet_core.lab.data.sources import TrainingData
from resnet_core.lab.data.streaming import StreamedSet
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.distributed import ALONE, Team
from resnet_core.lab.training.freezing import freeze
from resnet_core.lab.training.initialisation import initialise_as
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.optimizers import make_optimizer
from resnet_core.lab.training.probes import block_activation_scales, block_gradient_norms, end_gradient_norms
from resnet_core.lab.training.schedule import learning_rate
from resnet_core.models.compute import autocast, training_precision
from resnet_core.models.network import build_model
from resnet_core.weights.numbers import all_finite

PROBE_SIZE = 256  # validation pictures on which activation scales are measured
VALIDATION_PIXELS, VALIDATION_LEAST = 1000 * 32 * 32, 64  # at once: pixels, and pictures however large

HOPELESS = 100  # times the loss of a guess, ln(classes): no run that learns comes near it


@dataclass(slots=True)
class Tally:
    """Sums over the steps of the epoch that is under way."""

    steps: int = 0
    loss: float = 0.0
    error: float = 0.0
    images: int = 0
    seconds: float = 0.0

    def add(self, *, loss: float, error: float, images: int, seconds: float) -> None:
        self.steps += 1
        self.loss += loss
        self.error += error
        self.images += images
        self.seconds += seconds


class Learner:
    """One network in training. Call `train_step` again and again, and `close_epoch` at each `at_epoch_end`.

    Args:
        frozen: the last stage that stays as it is ("stem", "conv2_x", ...); "" where all is trained.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        device: torch.device,
        arm: str | None = None,
        team: Team = ALONE,
        frozen: str = "",
    ) -> None:
        _check_fit(config, data, team)
        size = data.image_size if config.image_size is None else (config.image_size, config.image_size)
        spec = config.spec().override(in_channels=data.channels, num_classes=len(data.classes), input_size=size)
        self.config, self.data, self.device, self.arm = config, data.to(device), device, arm or config.name
        self.team = team
        self.model = build_model(spec, device="cpu", seed=config.seed)
        initialise_as(self.model, config.init, config.seed)
        self.model.to(memory_format=torch.channels_last).to(device)
        self._frozen = freeze(self.model, frozen) if frozen else ()
        self._forward = team.wrap(self.model)
        self.optimizer = make_optimizer(self.model.parameters(), config)
        self.precision = training_precision(config.precision, device)
        self.epoch_steps = steps_per_epoch(data, config.batch_size)
        self.total_steps = config.epochs * self.epoch_steps
        self.step = 0
        self.elapsed_s = 0.0
        self.tally = Tally()
        self.last_norms: tuple[float, ...] = ()
        self.diverged = False
        self.trouble = ""

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step closed a pass over the training set."""
        return self.tally.steps > 0 and self.step % self.epoch_steps == 0

    @property
    def finished(self) -> bool:
        return self.diverged or self.step >= self.total_steps

    def next_batch(self) -> tuple[Tensor, Tensor]:
        """Normalised pictures (B, C, H, W) and labels (B,) that belong to the next step: this process's share."""
        config = self.config
        return training_batch(
            self.data, self.step, batch_size=config.batch_size, seed=config.seed, augment=config.augment,
            image_size=config.training_size(self.step // self.epoch_steps),
            least_area=config.least_area if config.crop == "area" else None,
            share=(self.team.rank, self.team.size),
        )  # fmt: skip

    def train_step(self, images: Tensor, labels: Tensor, *, gradient_norms: bool = False) -> StepMetrics:
        """One step of gradient descent. Where the loss is not finite, the weights stay as they are."""
        started = time.perf_counter()
        rate = learning_rate(self.config, self.step, self.total_steps)
        self.model.train()
        for part in self._frozen:
            part.eval()
        with autocast(self.precision, self.device):
            logits = self._forward(images)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=self.config.label_smoothing)
        wrong = (logits.argmax(1) != labels).float().mean()
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        # Read together, and only once the backward pass is under way: a GPU has nothing to do while it is asked.
        mean_loss, error = self.team.mean(torch.stack((loss.detach(), wrong))).tolist()
        self.step += 1
        pictures = len(labels) * self.team.size
        self.diverged = not math.isfinite(mean_loss)
        norms, ends = (None, None) if self.diverged else self._descend(rate, gradient_norms)
        seconds = time.perf_counter() - started
        self.elapsed_s += seconds
        self.tally.add(loss=mean_loss, error=error, images=pictures, seconds=seconds)
        self._judge_the_end(mean_loss)
        return StepMetrics(
            arm=self.arm, step=self.step, loss=mean_loss, error=error, images_per_s=pictures / seconds,
            learning_rate=rate, elapsed_s=self.elapsed_s, gradient_norms=norms, end_norms=ends,
            stop_reason=self._explain_divergence(rate) if self.diverged else None,
        )  # fmt: skip

    def _descend(
        self, rate: float, gradient_norms: bool
    ) -> tuple[tuple[float, ...] | None, tuple[float, float] | None]:
        """Change the weights; give back the norms of the gradients that were asked for, or that belong to step 1."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        begins, closes_epoch = self.step == 1, self.step % self.epoch_steps == 0
        if gradient_norms or begins or closes_epoch:
            self.last_norms = block_gradient_norms(self.model)
        ends = end_gradient_norms(self.model) if begins else None
        self.optimizer.step()
        return (self.last_norms if gradient_norms or begins else None), ends

    def _judge_the_end(self, loss: float) -> None:
        """After the last step, a loss far from any that a guess has, or weights that are no numbers, are no result."""
        if self.diverged or self.step < self.total_steps:
            return
        if loss > HOPELESS * math.log(max(self.model.spec.num_classes, 2)):
            self.trouble = f"its loss at the last step is {loss:.2g}"
        elif not all_finite(self.model.state_dict()):
            self.trouble = "its weights after the last step are not numbers"
        self.diverged = bool(self.trouble)

    def _explain_divergence(self, rate: float) -> str:
        trouble = self.trouble or f"its loss at step {self.step} is not a finite number"
        return f"{self.arm} diverged: {trouble}, at learning rate {rate:g}. Try a tenth of that rate, or a warm-up."

    def close_epoch(self) -> EpochMetrics:
        """Look at the validation set, report the epoch and begin the next one."""
        started = time.perf_counter()
        validation_loss, validation_error = self.validate()
        scales = self.activation_scales()
        self.elapsed_s += time.perf_counter() - started
        tally, self.tally = self.tally, Tally()
        return EpochMetrics(
            arm=self.arm, epoch=self.step // self.epoch_steps, step=self.step,
            train_loss=tally.loss / tally.steps, train_error=tally.error / tally.steps,
            validation_loss=validation_loss, validation_error=validation_error,
            images_per_s=tally.images / tally.seconds,
            learning_rate=learning_rate(self.config, self.step - 1, self.total_steps), elapsed_s=self.elapsed_s,
            gradient_norms=self.last_norms, activation_scales=scales,
        )  # fmt: skip

    @torch.inference_mode()
    def validate(self) -> tuple[float, float]:
        """Mean loss and error on the whole validation set, whose batches the team deals out among its processes."""
        loss, wrong, count = 0.0, 0, len(self.data.validation_labels)
        for logits, labels in self.validation_answers():
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
            wrong += int((logits.argmax(1) != labels).sum())
        loss, errors = self.team.sums((loss, wrong), self.device)
        return loss / count, errors / count

    def validation_answers(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (B, classes) and labels (B,) of this process's share of the validation set, batch by batch."""
        self.model.eval()
        self.team.share_buffers(self.model)
        height, width = self.model.spec.input_size
        size = max(VALIDATION_LEAST, VALIDATION_PIXELS // (height * width))
        for start in range(self.team.rank * size, len(self.data.validation_labels), self.team.size * size):
            images, labels = self._validation_batch(start, start + size)
            with autocast(self.precision, self.device):
                logits = self.model(images).float()
            yield logits, labels

    def activation_scales(self) -> tuple[float, ...]:
        """Root mean square of each block's output on the first validation pictures."""
        self.model.eval()
        images, _ = self._validation_batch(0, PROBE_SIZE)
        with autocast(self.precision, self.device):
            return block_activation_scales(self.model, images)

    def _validation_batch(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        return validation_batch(self.data, start, stop, image_size=self.config.image_size)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs: weights, optimiser, counters. Batches follow from the step."""
        return {
            "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "tally": asdict(self.tally),
            "step": self.step, "elapsed_s": self.elapsed_s, "precision": self.precision,
        }  # fmt: skip

    def load_state(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.tally = Tally(**state.get("tally", {}))  # runs saved before the tally was kept were at an epoch's end
        self.step, self.elapsed_s, self.precision = state["step"], state["elapsed_s"], state["precision"]


def _check_fit(config: TrainConfig, data: TrainingData, team: Team) -> None:
    """Refuse a recipe that this data, or a team of this size, can't follow."""
    streamed = isinstance(data, StreamedSet)
    require(config.crop != "scale" or streamed, "crop", config.crop, "pad or area where the pictures are in memory")
    require(config.crop != "area" or not streamed, "crop", config.crop, "scale where the pictures stay on disk")
    batch = min(config.batch_size, len(data.train_labels))
    require(batch % team.size == 0, "batch_size", batch, f"a multiple of the {team.size} processes that share it")
    require(batch >= 2 * team.size, "batch_size", batch, f"at least 2 for each of the {team.size} processes")
