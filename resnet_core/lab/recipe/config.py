"""TrainConfig: everything that decides how a training run goes, as one frozen record with a stable id."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args, get_type_hints

from resnet_core.errors import InvalidSpecError, require
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

DataKind = Literal["digits", "cifar10", "fashion-mnist", "tiny-imagenet", "folder"]
ScheduleKind = Literal["one_cycle", "steps", "thirds", "constant"]
Precision = Literal["auto", "fp32", "bf16"]
OptimizerKind = Literal["sgd", "adamw"]
InitKind = Literal["kaiming", "xavier", "normal", "zero_gamma", "copy"]
CropKind = Literal["pad", "scale", "area"]

SIDE = "a whole number of pixels from 4 to 1,024"
WHOLE_NUMBERS = {"epochs": (1, 100_000), "batch_size": (2, 65_536), "warmup_steps": (0, 10**9), "seed": (0, 2**31 - 1)}
# Fields that came later. JSON leaves them out at their default, so that older recipes keep their ids.
LATER = (
    "optimizer", "init", "crop", "image_size", "epoch_sizes", "least_area", "leave_out", "warmup_share", "decay_norms",
)  # fmt: skip
NUMBERS = {
    "lr": (1e-8, 100), "momentum": (0, 0.9999), "weight_decay": (0, 1), "label_smoothing": (0, 0.99),
    "least_area": (0.01, 1), "warmup_share": (0, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A recipe. Two runs of one recipe on one machine's CPU give the same curve.

    Attributes:
        model: a name from `list_models()`.
        overrides: fields of its ModelSpec to change, as pairs, e.g. (("widths", (8, 16, 32)),).
        data: "digits", "cifar10", "fashion-mnist", "tiny-imagenet" or "folder".
        epochs: passes over the training set.
        batch_size: pictures per step; at least 2, for batch norm.
        lr, momentum, nesterov, weight_decay: of the optimiser; AdamW takes `momentum` as its beta1.
        schedule: "one_cycle" warms up over `warmup_share` of the run and decays to zero along a cosine;
            "steps" divides the rate by 10 at a half and at three quarters of the run (He et al. 2015,
            section 4.2: at 32k and 48k of 64k steps), "thirds" at each third; "constant" leaves it alone.
        warmup_steps: steps at a tenth of the rate before the schedule begins (the paper's 110-layer net).
        augment: crop and flip the training pictures at random, as `crop` says.
        label_smoothing: share of each target spread over all classes.
        precision: "fp32" or "bf16"; "auto" is fp32 on a CPU, so that no clock decides what comes out, and bf16 on a
            GPU that has it. On some CPUs bf16 is three times as fast, on others slower: try it.
        seed: of the weights, the order of the pictures and the augmentation.
        optimizer: "sgd" with momentum, or "adamw" (Loshchilov and Hutter 2017).
        init: of the convolutions. "kaiming" (He et al. 2015) scales with the fan, "xavier" is Glorot and Bengio 2010,
            "normal" has deviation 0.01 at every layer, as was usual before; "zero_gamma" is kaiming with the last
            batch norm of each residual branch at zero, so that each block begins as its shortcut (Goyal et al. 2017);
            "copy" is for plain networks: each block begins as a copy of its input (Dirac kernels, in the way of
            Zagoruyko and Komodakis 2017) and a tenth of kaiming, so that no two channels stay alike.
        crop: "pad" pads by 4 and cuts the old size out (section 4.2). "scale" brings the shorter side to a length
            between 256/224 and 480/224 of `image_size` and cuts a square of `image_size` out (section 3.4); the
            pictures stay on disk, and may be of any size. "area" takes a part of at least `least_area` of the picture,
            of an aspect from 3/4 to 4/3, and resizes it to `image_size` (Szegedy et al. 2014, section 6).
        image_size: side of the square that pictures are resized to, in pixels; None leaves them as they are.
        epoch_sizes: sides of the training pictures, first to last, each for an equal share of the epochs; validation
            keeps `image_size`, and so does who uses the weights.
        least_area: share of a picture's area, for "area".
        leave_out: classes that are not trained, by WordNet id; for "tiny-imagenet".
        warmup_share: of all steps, for "one_cycle": the rate grows in them.
        decay_norms: whether `weight_decay` holds for batch norm and biases too.

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
    optimizer: OptimizerKind = "sgd"
    init: InitKind = "kaiming"
    crop: CropKind = "pad"
    image_size: int | None = None
    epoch_sizes: tuple[int, ...] = ()
    least_area: float = 0.08
    leave_out: tuple[str, ...] = ()
    warmup_share: float = 0.2
    decay_norms: bool = True

    def __post_init__(self) -> None:
        _check(self)

    def spec(self) -> ModelSpec:
        """The network's spec, before the data set decides channels, classes and size."""
        return get_spec(self.model).override(**dict(self.overrides))

    @property
    def name(self) -> str:
        """What the network is called: `model`, or the name that came with another depth."""
        return self.spec().name

    def training_size(self, epoch: int) -> int | None:
        """Side of the training pictures in an epoch, counted from 0; None where they are left as they are."""
        sizes = self.epoch_sizes
        return sizes[min(epoch, self.epochs - 1) * len(sizes) // self.epochs] if sizes else self.image_size

    def override(self, **changes: Any) -> Self:
        """The same recipe with some fields changed, checked again."""
        known = [f.name for f in fields(self)]
        for key in changes:
            if key not in known:
                raise InvalidSpecError(f"{key!r} is no field of a recipe. The fields are: {', '.join(known)}.")
        return replace(self, **changes)

    def to_json(self) -> str:
        """One line of JSON with sorted keys; numbers are written alike whether given as 1 or as 1.0."""
        values = asdict(self) | {name: float(getattr(self, name)) for name in NUMBERS}
        at_default = {f.name for f in fields(self) if f.name in LATER and getattr(self, f.name) == f.default}
        return json.dumps({name: values[name] for name in values if name not in at_default}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`. A field that is left out has its default.

        Raises:
            InvalidSpecError: if the text is no recipe.
        """
        try:
            values = json.loads(text)
            return cls(**{name: _to_tuples(value) for name, value in values.items()})
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
    require(not config.nesterov or config.optimizer == "sgd", "nesterov", True, "False unless optimizer is sgd")
    require(_are_pairs(config.overrides), "overrides", config.overrides, 'pairs such as (("widths", (8, 16, 32)),)')
    _check_size(config)
    _check_sizes_of_epochs(config)
    _check_left_out(config)
    _check_init(config.init, config.spec())  # an unknown model or field fails here, before any work


def _check_size(config: TrainConfig) -> None:
    size = config.image_size
    if size is None:
        allowed = f"a number of pixels, such as 224, where crop is {config.crop}"
        require(config.crop == "pad", "image_size", size, allowed)
        return
    require(_is_side(size), "image_size", size, f"{SIDE}, or None")


def _check_sizes_of_epochs(config: TrainConfig) -> None:
    sizes = config.epoch_sizes
    require(isinstance(sizes, tuple) and all(map(_is_side, sizes)), "epoch_sizes", sizes, f"a tuple, each {SIDE}")
    if sizes:
        require(config.image_size is not None, "epoch_sizes", sizes, "empty where image_size is None")
        require(config.crop != "scale", "epoch_sizes", sizes, "empty where crop is scale")


def _check_left_out(config: TrainConfig) -> None:
    ids = config.leave_out
    fits = isinstance(ids, tuple) and all(isinstance(one, str) and re.fullmatch(r"n\d{8}", one) for one in ids)
    require(fits, "leave_out", ids, "a tuple of WordNet ids such as n02486410")
    require(not ids or config.data == "tiny-imagenet", "leave_out", ids, "empty where data is not tiny-imagenet")


def _is_side(size: object) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and 4 <= size <= 1024


def _check_init(init: str, spec: ModelSpec) -> None:
    others = "kaiming, xavier or normal"
    if init == "copy":
        allowed = f"{others} in a network with shortcuts, which copies its input already"
        require(spec.shortcut == "none", "init", init, allowed)
    if init != "zero_gamma":
        return
    require(spec.norm == "batch", "init", init, f"{others} where norm is none: there is no gamma")
    require(spec.shortcut != "none", "init", init, f"{others} in a plain network: nothing would pass its blocks")
    require(not spec.preactivated, "init", init, f"{others} with {spec.block} blocks: they end in a convolution")


def _are_pairs(overrides: object) -> bool:
    return isinstance(overrides, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in overrides
    )
