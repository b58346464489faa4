"""RECIPES: named training recipes, each one row."""

from __future__ import annotations

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.config import TrainConfig

# Figure 6 of He et al. 2015 in half a minute. Deep enough that the plain net stands still: at 20 layers batch norm
# hides the effect. Pictures of 8x8 pixels, so that one core makes some eight steps a second. At this rate the
# residual net learns at once; at 0.05 it first jumps to a loss of 5 to 10 for some seeds. Seeds 0 to 4, after
# 120 steps of 230: plain 1.7 to 2.1, residual 0.01 to 0.06.
RACE = TrainConfig(
    model="cifar_resnet56", data="digits", epochs=10, batch_size=64, lr=0.02,
    nesterov=False, weight_decay=1e-4, schedule="constant", augment=False,
)  # fmt: skip

# He et al. 2015, section 4.2: 64k steps are 164 epochs of 390 batches. Its mean is per pixel, ours per channel.
PAPER_CIFAR10 = TrainConfig(epochs=164, lr=0.1, nesterov=False, weight_decay=1e-4, schedule="steps")

# He et al. 2015, section 3.4: batch 256, rate 0.1, "divided by 10 when the error plateaus", up to 60e4 steps. A third
# of 90 epochs is where the authors' code release divides it (facebook/fb.resnet.torch). What is left out of the
# paper's augmentation and testing stands in `streaming`.
PAPER_IMAGENET = TrainConfig(
    model="resnet50_v1", data="folder", epochs=90, batch_size=256, lr=0.1, nesterov=False, weight_decay=1e-4,
    schedule="thirds", crop="scale", image_size=224,
)  # fmt: skip

# Dive into Deep Learning, section 8.6.4: plain SGD, Xavier's weights, pictures of 28 pixels resized to 96. There the
# pictures stay between 0 and 1; ours have mean 0 and deviation 1.
D2L_FASHION_MNIST = TrainConfig(
    model="d2l_resnet18", data="fashion-mnist", epochs=10, batch_size=128, lr=0.01, momentum=0, nesterov=False,
    weight_decay=0, schedule="constant", augment=False, init="xavier", image_size=96,
)  # fmt: skip

# Xie et al. 2016: the 29 layers and the schedule of section 5.3 (CIFAR), at the width and with the pairs of groups
# and width of table 2, all of one cost. Compare them with --compare 1x64d,2x40d,4x24d,8x14d,32x4d.
RESNEXT_CARDINALITY = TrainConfig(
    model="cifar_resnet20", epochs=300, lr=0.1, weight_decay=5e-4, schedule="steps",
    overrides=(
        ("block", "bottleneck"), ("depths", (3, 3, 3)), ("widths", (64, 128, 256)), ("shortcut", "projection"),
        ("groups", 32), ("width_per_group", 4),
    ),
)  # fmt: skip

# 197 everyday classes at a cost that two cores can bear: small pictures first, larger ones at the end, and answers at
# 56 pixels, since a network that saw enlarged parts expects things large (Touvron et al. 2019). The three apes are left
# out, for a network without a class for people calls people by the nearest name. Twelve epochs of a run of one cycle.
TINY_IMAGENET = TrainConfig(
    model="tiny_imagenet_resnet18", data="tiny-imagenet", epochs=12, batch_size=128, lr=0.2, weight_decay=5e-4,
    decay_norms=False, warmup_share=0.125, label_smoothing=0.1, init="zero_gamma", precision="bf16", seed=1,
    crop="area", least_area=0.35, image_size=56, epoch_sizes=(32,) * 6 + (40,) * 3 + (48,) * 3,
    leave_out=("n02480495", "n02481823", "n02486410"),  # orangutan, chimpanzee, baboon
)  # fmt: skip

RECIPES: dict[str, TrainConfig] = {
    "race": RACE,
    "cifar10-short": TrainConfig(epochs=24),
    "paper-cifar10": PAPER_CIFAR10,
    # "We use 0.01 to warm up the training until the training error is below 80% (about 400 iterations)"
    "paper-cifar10-110": PAPER_CIFAR10.override(model="cifar_resnet110", warmup_steps=400),
    "paper-imagenet": PAPER_IMAGENET,
    "d2l-fashion-mnist": D2L_FASHION_MNIST,
    "resnext-cardinality": RESNEXT_CARDINALITY,
    "tiny-imagenet": TINY_IMAGENET,
}


def get_recipe(name: str) -> TrainConfig:
    """The recipe of that name.

    Raises:
        InvalidSpecError: if there is none; the message lists them.
    """
    if name not in RECIPES:
        raise InvalidSpecError(f"No recipe is named {name!r}. The recipes are: {', '.join(RECIPES)}.")
    return RECIPES[name]
