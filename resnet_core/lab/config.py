"""TrainConfig: everything that decides how a training run goes, as one frozen record with a stable id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, Self, get_args, get_type_hints

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

ScheduleKind = Literal["one_cycle", "steps", "constant"]
Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A recipe. Two runs of one recipe on one machine's CPU give the same curve.

    Attributes:
        model: a name from `list_models()`.
        overrides: fields of its ModelSpec to change, as pairs, e.g. (("widths", (8, 16, 32)),).
        data: "digits", "cifar10", "fashion-mnist" or "folder".
        epochs: passes over the training set.
        batch_size: pictures per step.
        lr, momentum, nesterov, weight_decay: of stochastic gradient descent.
        schedule: "one_cycle" warms up over a fifth of the run and decays to zero along a cosine;
            "steps" divides the rate by 10 at a half and at three quarters of the run (He et al. 2015,
            section 4.2: at 32k and 48k of 64k steps); "constant" leaves it alone.
        warmup_steps: steps at a tenth of the rate before the schedule begins (the paper's 110-layer net).
        augment: pad by 4, crop at random, flip at random (section 4.2).
        label_smoothing: share of each target spread over all classes.
        precision: "auto" takes bfloat16 where the machine computes it in hardware.
        seed: of the weights, the order of the pictures and the augmentation.
    """

    model: str = "cifar_resnet20"
    overrides: tuple[tuple[str, Any], ...] = field(default=())
    data: str = "cifar10"
    epochs: int = 30
    batch_size: int = 128
    lr: float = 0.1
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    schedule: ScheduleKind = "one_cycle"
    warmup_steps: int = 0
    augment: bool = True
    label_smoothing: float = 0.0
    precision: Precision = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(TrainConfig).items():
            allowed = get_args(hint)
            if allowed and all(isinstance(a, str) for a in allowed):
                _require(getattr(self, name) in allowed, name, getattr(self, name), f"one of {', '.join(allowed)}")
        _require(self.epochs >= 1, "epochs", self.epochs, "at least 1")
        _require(self.batch_size >= 2, "batch_size", self.batch_size, "at least 2, for batch norm")
        _require(0 < self.lr <= 100, "lr", self.lr, "above 0 and at most 100")
        _require(0 <= self.momentum < 1, "momentum", self.momentum, "at least 0 and below 1")
        _require(0 <= self.weight_decay <= 1, "weight_decay", self.weight_decay, "between 0 and 1")
        _require(0 <= self.label_smoothing < 1, "label_smoothing", self.label_smoothing, "at least 0 and below 1")
        _require(self.warmup_steps >= 0, "warmup_steps", self.warmup_steps, "at least 0")
        _require(not self.nesterov or self.momentum > 0, "nesterov", True, "False without momentum")
        self.spec()  # an unknown model or field fails here, before any work

    def spec(self) -> ModelSpec:
        """The network's spec, before the data set decides channels, classes and size."""
        return get_spec(self.model).override(**dict(self.overrides))

    def override(self, **changes: Any) -> Self:
        """The same recipe with some fields changed, checked again."""
        known = [f.name for f in fields(self)]
        for key in changes:
            _require(key in known, key, changes[key], f"one of the fields {', '.join(known)}")
        return replace(self, **changes)

    def to_json(self) -> str:
        """One line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`.

        Raises:
            InvalidSpecError: if the text is no recipe.
        """
        try:
            values = json.loads(text)
            pairs = tuple((key, tuple(v) if isinstance(v, list) else v) for key, v in values.pop("overrides", ()))
            return cls(overrides=pairs, **values)
        except (ValueError, TypeError, AttributeError) as error:
            raise InvalidSpecError(f"This is not a training recipe: {error}.") from error

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that are equal for equal recipes, across processes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def _require(holds: bool, name: str, given: object, allowed: str) -> None:
    if not holds:
        raise InvalidSpecError(f"{name}={given!r} does not work: it must be {allowed}.")
