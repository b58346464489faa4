"""What a network computes on the way from a picture to its answer, step by step and without hooks.

A hook lives on the module, which all visitors share: whoever runs the network next would see it fire. Here each call
walks the network itself and keeps what it saw in its own variables, so that threads can't meet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from numbers import Integral

import torch
from torch import Tensor, nn

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.classifier import Classifier, ImageSource
from resnet_core.inference.preprocessing import to_batch
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet

Explained = ImageSource | Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of the walk: a layer of stem or head, a block, or the last activation of a pre-activated net.

    Attributes:
        path: of the module, e.g. "conv1" or "layer1.0".
        stage: "stem", "layer1", ... or "head".
        ends_stage: whether the next step belongs to another stage.
    """

    path: str
    stage: str
    module: nn.Module
    ends_stage: bool = False

    def __call__(self, x: Tensor, off: bool = False, cut: bool = False) -> Tensor:
        """The step's output; of a block with `off` the residual branch adds nothing, with `cut` the shortcut."""
        if not (off or cut) or not isinstance(self.module, ResidualBlock):
            return self.module(x)  # type: ignore[no-any-return]  # modules are untyped
        residual, shortcut = self.module.terms(x)
        assert shortcut is not None  # check_paths lets none through that has no addition
        return self.module.join(
            torch.zeros_like(residual) if off else residual, torch.zeros_like(shortcut) if cut else shortcut
        )


def steps_of(model: nn.Module) -> list[Step]:
    """The network's steps in the order in which they run.

    Raises:
        InvalidSpecError: for a network that `build_model` did not make: its order can't be read from its parts.
    """
    if not isinstance(model, ResNet):
        raise InvalidSpecError(
            f"A {type(model).__name__} can't be looked into: its parts do not tell in which order they run. "
            "Build the network with build_model() and load its weights into that."
        )
    steps: list[Step] = []
    for name, module in model.named_children():
        if not name.startswith("layer"):
            steps.append(Step(name, "head" if steps and steps[-1].stage != "stem" else "stem", module))
            continue
        inside = list(module.named_children())
        steps += [Step(f"{name}.{key}", name, part, part is inside[-1][1]) for key, part in inside]
    return steps


def stages_of(model: nn.Module) -> list[str]:
    """Names of the stages, first to last: "layer1", ..."""
    return [step.stage for step in steps_of(model) if step.ends_stage]


def block_paths(model: nn.Module) -> list[str]:
    """Paths of the blocks whose residual branch can be switched off, first to last; none in a plain network.

    Without an addition nothing would be left of a block.
    """
    return [s.path for s in steps_of(model) if isinstance(s.module, ResidualBlock) and s.module.add is not None]


def walk(
    model: nn.Module, x: Tensor, off: Collection[str] = (), cut: Collection[str] = ()
) -> Iterator[tuple[Step, Tensor]]:
    """Each step with its output, as the pass reaches it; keep what you need, nothing else is kept.

    Args:
        x: (N, C, H, W), normalised.
        off: paths of blocks whose residual branch is to add nothing.
        cut: paths of blocks whose shortcut is to pass nothing on.

    Raises:
        InvalidSpecError: for a network that is not ours, or a path that is no block with an addition.
    """
    check_paths(model, (*off, *cut))
    for step in steps_of(model):
        x = step(x, step.path in off, step.path in cut)
        yield step, x


def check_paths(model: nn.Module, off: Collection[str]) -> None:
    """Refuse paths that are no block with an addition.

    Raises:
        InvalidSpecError: naming the first such path, and what can be switched off.
    """
    allowed = block_paths(model)
    for path in off:
        if path not in allowed:
            raise InvalidSpecError(
                f"{path!r} can't be switched off. "
                + (f"Blocks with an addition are: {', '.join(allowed)}." if allowed else NO_ADDITION)
            )


NO_ADDITION = (
    "A plain network has no additions: without a block's layers nothing would reach the next one. "
    "Choose a residual network."
)


def batch_of(classifier: Classifier, image: Explained) -> Tensor:
    """What the network gets of a picture: (1, C, H, W), normalised, on its device.

    Every explanation takes such a batch in place of the picture, so that a large one need not be read anew for each.

    Raises:
        ImageError: if it can't be read as a picture.
        InvalidSpecError: for a network without the classifier that knows its pictures.
    """
    check_classifier(classifier)
    if not isinstance(image, Tensor):
        image = to_batch([classifier.seen(image)], classifier.weights.preprocessing)
    return image.to(next(classifier.model.parameters()))


def check_class(classifier: Classifier, index: int) -> None:
    """Refuse a class that the network does not know.

    Raises:
        InvalidSpecError: saying how many it knows.
    """
    check_classifier(classifier)
    count = len(classifier.weights.classes)
    if not isinstance(index, Integral) or not 0 <= index < count:
        raise InvalidSpecError(
            f"class_index={index!r} does not work: {classifier.weights.name} knows 0 to {count - 1}, whose names are "
            "in weights.classes."
        )


def check_classifier(classifier: object) -> None:
    """Refuse what is no classifier, such as a bare network.

    Raises:
        InvalidSpecError: saying how to come by one.
    """
    if not isinstance(classifier, Classifier):
        raise InvalidSpecError(
            f"A {type(classifier).__module__}.{type(classifier).__qualname__} can't be explained: pass a Classifier, "
            "which knows how pictures are prepared. Classifier.load(name or file) makes one."
        )
