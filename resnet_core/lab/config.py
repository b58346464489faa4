"""TrainConfig: everything that decides how a training run goes, as one frozen record with a stable id."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args, get_type_hints

from resnet_core.errors import InvalidSpecError, require
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

DataKind = Literal["digits", "cifar10", "fashion-mnist", "folder"]
ScheduleKind = Literal["one_cycle", "steps", "constant"]
Precision = Literal["auto", "fp32", "bf16"]

WHOLE_NUMBERS = {"epochs": (1, 100_000), "batch_size": (2, 65_536), "warmup_steps": (0, 10**9), "seed": (0, 2**31 - 1)}
NUMBERS = {"lr": (1e-8, 100), "momentum": (0, 0.9999), "weight_decay": (0, 1), "label_smoothing": (0, 0.99)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A recipe. Two runs of one recipe on one machine's CPU give the same curve.

    Attributes:
        model: a name from `list_models()`.
        overrides: fields of its ModelSpec to change, as pairs, e.g. (("widths", (8, 16, 32)),).
        data: "digits", "cifar10", "fashion-mnist" or "folder".
        epochs: passes over the training set.
        batch_size: pictures per step; at least 2, for batch norm.
        lr, momentum, nesterov, weight_decay: of stochastic gradient descent.
        schedule: "one_cycle" warms up over a fifth of the run and decays to zero along a cosine;
            "steps" divides the rate by 10 at a half and at three quarters of the run (He et al. 2015,
            section 4.2: at 32k and 48k of 64k steps); "constant" leaves it alone.
        warmup_steps: steps at a tenth of the rate before the schedule begins (the paper's 110-layer net).
        augment: pad by 4, crop at random, flip at random (section 4.2).
        label_smoothing: share of each target spread over all classes.
        precision: "auto" takes bfloat16 where the machine computes it faster.
        seed: of the weights, the order of the pictures and the augmentation.

    Raises:
        InvalidSpecError: for a value that does not fit; the message names the field.
        UnknownModelError: if no model has that name.
    """

    model: str = "cifar_resnet20"
    overrides: tuple[tuple[str, Any], ...] = ()
    data: DataKind = "cifar10"
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
        _check(self)

    def spec(self) -> ModelSpec:
        """The network's spec, before the data set decides channels, classes and size."""
        return get_spec(self.model).override(**dict(self.overrides))

    def override(self, **changes: Any) -> Self:
        """The same recipe with some fields changed, checked again."""
        known = [f.name for f in fields(self)]
        for key in changes:
            if key not in known:
                raise InvalidSpecError(f"{key!r} is no field of a recipe. The fields are: {', '.join(known)}.")
        return replace(self, **changes)

    def to_json(self) -> str:
        """One line of JSON with sorted keys; numbers are written alike whether given as 1 or as 1.0."""
        return json.dumps(asdict(self) | {name: float(getattr(self, name)) for name in NUMBERS}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. A field that is left out has its default.

        Raises:
            InvalidSpecError: if the text is no recipe.
        """
        try:
            values = json.loads(text)
            return cls(**values | {"overrides": _to_tuples(values.get("overrides", ()))})
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidSpecError(f"This is not a training recipe: {error}. Write one with to_json().") from error

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that are equal for equal recipes, across processes."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def _to_tuples(value: Any) -> Any:
    """JSON has lists where a frozen record has tuples."""
    return tuple(_to_tuples(v) for v in value) if isinstance(value, list) else value


def _check(config: TrainConfig) -> None:
    for name, hint in get_type_hints(TrainConfig).items():
        value, allowed = getattr(config, name), get_args(hint)
        if hint is bool:
            require(isinstance(value, bool), name, value, "True or False")
        elif hint is str:
            require(isinstance(value, str), name, value, "a name")
        elif allowed and all(isinstance(a, str) for a in allowed):
            require(value in allowed, name, value, f"one of {', '.join(allowed)}")
    for name, (low, high) in WHOLE_NUMBERS.items():
        value = getattr(config, name)
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        require(fits, name, value, f"a whole number from {low:,} to {high:,}")
    for name, (lowest, highest) in NUMBERS.items():
        value = getattr(config, name)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        require(fits and lowest <= value <= highest, name, value, f"a number from {lowest:g} to {highest:g}")
    require(not config.nesterov or config.momentum > 0, "nesterov", True, "False where momentum is 0")
    require(_are_pairs(config.overrides), "overrides", config.overrides, 'pairs such as (("widths", (8, 16, 32)),)')
    config.spec()  # an unknown model or field fails here, before any work


def _are_pairs(overrides: object) -> bool:
    return isinstance(overrides, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in overrides
    )
