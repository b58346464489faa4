"""Accuracy of published ImageNet weights, each with its recipe's name, picture size and source."""

from __future__ import annotations

from dataclasses import dataclass

TIMM_SOURCE = "timm results/results-imagenet.csv (huggingface/pytorch-image-models, Apache-2.0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAccuracy:
    """What one set of weights reached on ImageNet's validation set, single crop.

    Attributes:
        variant: its name in the catalogue.
        weights: name of the weights: recipes differ more than architectures do.
        image_size: side of the crop in pixels.
        top1, top5: accuracy in percent.
        source: who says so.
    """

    variant: str
    weights: str
    image_size: int
    top1: float
    top5: float
    source: str


# At 224 pixels (resnest101e: 256, its own size). The name after the dot is the recipe: compare within one, as far as
# there are weights of it. We know of none of the shortcut options, of skresnet50 or of resnet152_v2 here.
_TIMM = (
    ("resnet18", "resnet18.gluon_in1k", 224, 70.844, 89.750),
    ("resnet34", "resnet34.gluon_in1k", 224, 74.574, 91.988),
    ("resnet50", "resnet50.gluon_in1k", 224, 77.580, 93.704),
    ("resnet101", "resnet101.gluon_in1k", 224, 79.306, 94.538),
    ("resnet152", "resnet152.gluon_in1k", 224, 79.712, 94.720),
    ("resnet50c", "resnet50c.gluon_in1k", 224, 78.016, 93.994),
    ("resnet50d", "resnet50d.gluon_in1k", 224, 79.080, 94.458),
    ("resnet101d", "resnet101d.gluon_in1k", 224, 80.466, 95.034),
    ("resnet18d", "resnet18d.ra2_in1k", 224, 72.296, 90.682),
    ("resnet26d", "resnet26d.bt_in1k", 224, 76.698, 93.156),
    ("resnet34d", "resnet34d.ra2_in1k", 224, 77.108, 93.372),
    ("resnet50d", "resnet50d.ra2_in1k", 224, 80.546, 95.160),
    ("seresnet50", "seresnet50.ra2_in1k", 224, 80.260, 95.068),
    ("resnet50_v2", "resnetv2_50.a1h_in1k", 224, 80.410, 95.082),
    ("resnet101_v2", "resnetv2_101.a1h_in1k", 224, 82.042, 95.866),
    ("resnet50", "resnet50.a1h_in1k", 224, 80.654, 95.312),
    ("resnest14d", "resnest14d.gluon_in1k", 224, 75.516, 92.512),
    ("resnest26d", "resnest26d.gluon_in1k", 224, 78.476, 94.300),
    ("resnest50d", "resnest50d.in1k", 224, 80.958, 95.372),
    ("resnest101e", "resnest101e.in1k", 256, 82.916, 96.310),
    ("resnext50_32x4d", "resnext50_32x4d.gluon_in1k", 224, 79.354, 94.424),
    ("resnext101_64x4d", "resnext101_64x4d.gluon_in1k", 224, 80.640, 95.000),
)  # fmt: skip
TIMM_ACCURACIES: tuple[PublishedAccuracy, ...] = tuple(
    PublishedAccuracy(variant=variant, weights=weights, image_size=size, top1=top1, top5=top5, source=TIMM_SOURCE)
    for variant, weights, size, top1, top5 in _TIMM
)


def torchvision_accuracies(variant: str) -> tuple[PublishedAccuracy, ...]:
    """What torchvision says of its own weights of a variant, oldest first. Empty where it has none."""
    from torchvision.models import get_model_weights, list_models

    if variant not in list_models():
        return ()
    return tuple(
        PublishedAccuracy(
            variant=variant, weights=f"{variant}.{weights.name}", image_size=weights.transforms().crop_size[0],
            top1=weights.meta["_metrics"]["ImageNet-1K"]["acc@1"],
            top5=weights.meta["_metrics"]["ImageNet-1K"]["acc@5"], source="torchvision, the weights' own metadata",
        )
        for weights in get_model_weights(variant)
    )  # fmt: skip


def published_accuracies(variant: str) -> tuple[PublishedAccuracy, ...]:
    """All that is published of a variant: torchvision's own, then timm's. Empty where nobody has trained it."""
    return (*torchvision_accuracies(variant), *(a for a in TIMM_ACCURACIES if a.variant == variant))
