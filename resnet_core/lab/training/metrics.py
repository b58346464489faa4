"""What a training run reports: one record per step and one per epoch. Plain numbers, no tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """One step of one network on its training batch.

    Attributes:
        arm: which network of a race; the model's name in a single run.
        step: counted from 1.
        loss: cross-entropy in nats.
        error: share of the batch answered wrongly, 0 to 1.
        images_per_s: pictures trained on per second, in this step.
        learning_rate: that this step used.
        elapsed_s: computing time since the run began, over all its sessions.
        gradient_norms: L2 norm of the gradient in each block, first to last. On step 1, where the weights are still
            those that the network began with, and where one asks for them; else None.
        end_norms: the same of the first and the last convolution's weights, on step 1.
        stop_reason: on the last step of a run that ended before its time, a sentence that says why.
    """

    arm: str
    step: int
    loss: float
    error: float
    images_per_s: float
    learning_rate: float
    elapsed_s: float
    gradient_norms: tuple[float, ...] | None = None
    end_norms: tuple[float, ...] | None = None
    stop_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochMetrics:
    """One pass over the training set, and a look at the validation set after it.

    Attributes:
        train_loss, train_error: means over the epoch's augmented batches, as the paper plots them.
        validation_loss, validation_error: on the whole validation set, no augmentation.
        gradient_norms: L2 norm of the gradient in each block at the epoch's last step.
        activation_scales: root mean square of each block's output on one fixed validation batch.
    """

    arm: str
    epoch: int
    step: int
    train_loss: float
    train_error: float
    validation_loss: float
    validation_error: float
    images_per_s: float
    learning_rate: float
    elapsed_s: float
    gradient_norms: tuple[float, ...]
    activation_scales: tuple[float, ...]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> EpochMetrics:
        """One epoch of a recorded history, as `dataclasses.asdict` or JSON kept it."""
        return cls(**_with_tuples(record))


def metrics_from_record(record: Mapping[str, Any]) -> StepMetrics | EpochMetrics:
    """A step or an epoch, as `dataclasses.asdict` or JSON kept it."""
    return EpochMetrics.from_record(record) if "epoch" in record else StepMetrics(**_with_tuples(record))


def _with_tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists where a frozen record has tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
