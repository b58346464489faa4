"""with_depth(), with_width(): the same recipe for a deeper or wider network."""

from __future__ import annotations

import re

from resnet_core.errors import InvalidSpecError, require
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.models.catalogue import CATALOGUE, get_spec


def with_depth(config: TrainConfig, depth: int) -> TrainConfig:
    """The recipe for a network of `depth` layers, counted as He et al. do: 6n+2 on CIFAR, with bottlenecks 9n+2.

    The catalogue's variant of that depth where it has one, otherwise the recipe's own with other stages and the name
    that says so, e.g. "cifar_resnet8".

    Raises:
        InvalidSpecError: for a depth that such blocks can't have, or a network whose stages differ.
    """
    spec = config.spec()
    if len(set(spec.depths)) > 1:
        raise InvalidSpecError(
            f"depth={depth!r} does not work with {config.model}, whose stages differ: choose another model instead."
        )
    unit = spec.layers_per_block * len(spec.depths)
    examples = ", ".join(str(n * unit + 2) for n in (1, 3, 9))
    require(depth > 2 and (depth - 2) % unit == 0, "depth", depth, f"{unit}n+2, such as {examples}")
    depths = ((depth - 2) // unit,) * len(spec.depths)
    others = tuple(pair for pair in config.overrides if pair[0] not in ("depths", "name"))
    name = re.sub(rf"{get_spec(config.model).layers}(?=\D*$)", str(depth), config.model)
    if name in CATALOGUE and CATALOGUE[name].depths == depths:
        return config.override(model=name, overrides=others)
    if name in CATALOGUE:  # of as many layers, or without their number in its name
        name += "_" + "-".join(map(str, depths))
    return config.override(overrides=(*others, ("depths", depths), ("name", name)))


def with_width(config: TrainConfig, width: int) -> TrainConfig:
    """The recipe for a network whose first stage has `width` channels, and each further one twice as many.

    Raises:
        InvalidSpecError: for a width that does not fit the network.
    """
    require(1 <= width <= 4096, "width", width, "a whole number of channels from 1 to 4,096")
    widths = tuple(width * 2**stage for stage in range(len(config.spec().widths)))
    return config.override(overrides=tuple((dict(config.overrides) | {"widths": widths}).items()))
