"""The arms of a race: what each changes in the recipe's network, and which races can be run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.config import InitKind, TrainConfig

# What an arm changes in the recipe's network: the shortcut, and nothing else but the order within a block.
ARMS: dict[str, dict[str, str]] = {
    "plain": {"shortcut": "none"},
    "residual": {"shortcut": "zero_pad"},  # option A: not one parameter more than the plain net
    "residual_b": {"shortcut": "projection"},
    "preact": {"shortcut": "zero_pad"},  # in pre-activated blocks: He et al. 2016b
    "detached": {"shortcut": "detached"},  # the hook blog's defect: forward as ever, no gradient back
    "copy": {"shortcut": "none"},  # the plain net from other first weights: see INITS
}
INITS: dict[str, InitKind] = {"copy": "copy"}  # arms that begin otherwise than the recipe says
# Groups x width of each, at equal cost: Xie et al. 2016, table 2. For recipes with bottleneck blocks.
CARDINALITIES: dict[str, dict[str, int]] = {
    f"{groups}x{width}d": {"groups": groups, "width_per_group": width}
    for groups, width in ((1, 64), (2, 40), (4, 24), (8, 14), (32, 4))
}


def arm_config(config: TrainConfig, arm: str) -> TrainConfig:
    """The recipe of one arm alone: `train` with it repeats the arm's run where no weight was shared."""
    changes: dict[str, Any] = dict(config.overrides) | (ARMS | CARDINALITIES)[arm]
    given = config.spec().block
    bare = given.removeprefix("preact_")
    block = f"preact_{bare}" if arm == "preact" else bare if arm in ARMS else given
    if block != given:
        changes["block"] = block
    return config.override(overrides=tuple(changes.items()), init=INITS.get(arm, config.init))


def check_race(config: TrainConfig, arms: Sequence[str]) -> None:
    """Refuse a race that can't be run, before any work.

    Raises:
        InvalidSpecError: for an arm that does not exist or comes twice, or that the recipe contradicts.
    """
    check_arms(arms)
    for arm in arms:
        arm_config(config, arm)


def check_arms(arms: Sequence[str]) -> None:
    """Refuse names that are no arms.

    Raises:
        InvalidSpecError: for an arm that does not exist or comes twice.
    """
    known = [*ARMS, *CARDINALITIES]
    if not arms or len(set(arms)) < len(arms) or not set(arms) <= set(known):
        raise InvalidSpecError(f"arms={tuple(arms)!r} does not work: name some of {', '.join(known)}, each once.")
