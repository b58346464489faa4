"""recipe_table(): the papers' recipes beside each other, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_core.lab.recipe.recipes import RECIPES

if TYPE_CHECKING:
    import pandas as pd

SHOWN = {
    "paper-imagenet": "He et al. 2015, section 3.4", "paper-cifar10": "He et al. 2015, section 4.2",
    "paper-cifar10-110": "He et al. 2015, section 4.2", "resnext-cardinality": "Xie et al. 2016, section 5.3",
    "d2l-fashion-mnist": "Dive into Deep Learning, 8.6.4",
}  # fmt: skip
FALLS = {
    "thirds": "to a tenth after each third", "steps": "to a tenth after half, and after three quarters",
    "constant": "stays",
}  # fmt: skip


def recipe_table() -> pd.DataFrame:
    """A row for each recipe: network, pictures, passes, batch, rate and how it falls, momentum, decay, source.

    The paper divides the rate on ImageNet "when the error plateaus"; thirds of the training are its authors' code.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "recipe": name, "network": RECIPES[name].model, "passes": RECIPES[name].epochs,
            "batch": RECIPES[name].batch_size, "rate": RECIPES[name].lr, "which falls": FALLS[RECIPES[name].schedule],
            "momentum": RECIPES[name].momentum, "decay": f"{RECIPES[name].weight_decay:g}", "source": source,
        }
        for name, source in SHOWN.items()
    )  # fmt: skip
