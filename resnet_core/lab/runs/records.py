"""What one asks a job manager for, and what it answers: frozen records that survive JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics, metrics_from_record

RunState = Literal["waiting", "running", "paused", "stopping", "finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A race that someone wants to see: the recipe and the arms."""

    config: TrainConfig
    arms: tuple[str, ...] = ("plain", "residual")

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits, equal for equal requests."""
        return hashlib.sha256(f"{self.config.to_json()} {self.arms}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSnapshot:
    """A run as it was at one moment.

    Attributes:
        id: of this run; a link to it shows it to anyone.
        state: waiting, running, paused, stopping, and at the end finished, stopped or failed.
        place: in the queue, 1 for the next one to run; 0 while it does not wait.
        visitors: how many look at it now.
        mine: whether the visitor who asked started it, and so may pause and stop it.
        held: paused, or about to be once the step is complete that it is in.
        metrics: all so far, in the order in which they came.
        step, total_steps: how far it is; total_steps is 0 until the data set is loaded.
        elapsed_s, remaining_s: on the clock on the wall, without waits and pauses; remaining_s is None until it can be
            estimated.
        wait_s: until a worker is likely to be free, for the next one to run; None where that is not known.
        message: why it ended, where that needs a sentence.
        ended_at: date and time in UTC, ISO 8601; empty for a run that has not ended.
    """

    id: str
    request: RunRequest
    state: RunState
    place: int = 0
    visitors: int = 0
    mine: bool = False
    held: bool = False
    metrics: tuple[StepMetrics | EpochMetrics, ...] = ()
    step: int = 0
    total_steps: int = 0
    elapsed_s: float = 0.0
    remaining_s: float | None = None
    wait_s: float | None = None
    message: str = ""
    ended_at: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ("finished", "stopped", "failed")

    def to_json(self) -> str:
        """One line of JSON. A loss that is not a number is written NaN, as Python's json reads it."""
        values = {name: getattr(self, name) for name in _KEPT}
        request = {"config": json.loads(self.request.config.to_json()), "arms": self.request.arms}
        return json.dumps(values | {"request": request, "metrics": [asdict(m) for m in self.metrics]})

    @classmethod
    def from_json(cls, text: str) -> RunSnapshot:
        """The inverse of `to_json`, without what is true of a moment only (place, visitors).

        Raises:
            DataError: if the text is no run.
        """
        try:
            values = json.loads(text)
            request, metrics = values.pop("request"), values.pop("metrics")
            config = TrainConfig.from_json(json.dumps(request["config"]))
            return cls(
                request=RunRequest(config=config, arms=tuple(request["arms"])),
                metrics=tuple(metrics_from_record(record) for record in metrics),
                **values,
            )
        except (ValueError, TypeError, KeyError, AttributeError, InvalidSpecError) as error:
            raise DataError(
                f"A kept run can't be read ({type(error).__name__}): it is damaged, or another version wrote it. "
                "Start the run again."
            ) from error


_KEPT = ("id", "state", "step", "total_steps", "elapsed_s", "message", "ended_at")


def request_words(request: RunRequest) -> str:
    """What a race trains: "56 layers, width 16, batch norm, learning rate 0.02, batch 64, digits, seed 0"."""
    config, spec = request.config, request.config.spec()
    return ", ".join(
        (
            f"{spec.layers} layers", f"width {spec.widths[0]}",
            "batch norm" if spec.norm == "batch" else "no batch norm",
            *([] if config.init == "kaiming" else [f"{config.init} weights"]),
            *([] if config.optimizer == "sgd" else [config.optimizer]),
            f"learning rate {config.lr:g}", f"batch {config.batch_size}", config.data, f"seed {config.seed}",
        )
    )  # fmt: skip
