"""RECIPES: named training recipes, each one row."""

from __future__ import annotations

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.config import TrainConfig

# Figure 6 of He et al. 2015 in half a minute. Deep enough that the plain net stands still: at 20 layers batch norm
# hides the effect. Pictures of 8x8 pixels, so that one core makes some eight steps a second. At this rate the
# residual net learns at once; at 0.05 it first jumps to a loss of 5 to 10 for some seeds. Seeds 0 to 4, after
# 120 steps of 230: plain 1.7 to 2.1, residual 0.01 to 0.06.
RACE = TrainConfig(
    model="cifar_resnet56", data="digits", epochs=10, batch_size=64, lr=0.02,
    nesterov=False, weight_decay=1e-4, schedule="constant", augment=False,
)  # fmt: skip

# He et al. 2015, section 4.2: 64k steps are 164 epochs of 390 batches.
PAPER_CIFAR10 = TrainConfig(epochs=164, lr=0.1, nesterov=False, weight_decay=1e-4, schedule="steps")

RECIPES: dict[str, TrainConfig] = {
    "race": RACE,
    "cifar10-short": TrainConfig(epochs=24),
    "paper-cifar10": PAPER_CIFAR10,
    # "We use 0.01 to warm up the training until the training error is below 80% (about 400 iterations)"
    "paper-cifar10-110": PAPER_CIFAR10.override(model="cifar_resnet110", warmup_steps=400),
}


def get_recipe(name: str) -> TrainConfig:
    """The recipe of that name.

    Raises:
        InvalidSpecError: if there is none; the message lists them.
    """
    if name not in RECIPES:
        raise InvalidSpecError(f"No recipe is named {name!r}. The recipes are: {', '.join(RECIPES)}.")
    return RECIPES[name]
