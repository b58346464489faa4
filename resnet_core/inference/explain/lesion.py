"""What each block adds to its shortcut, and what becomes of the answer when blocks add nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.walk import Explained, Step, batch_of, block_paths, check_class, steps_of, walk
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.shortcuts import Detach, ZeroPadShortcut


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPart:
    """What one block does to one picture.

    Attributes:
        path: e.g. "layer1.0".
        shortcut: "identity", "projection", "zero_pad" or "detached".
        branch_norm: Euclidean length of F(x), what the residual branch adds.
        shortcut_norm: of what it is added to.
        cosine: of the angle between the two, -1 to 1: 0 adds something new, below 0 takes away. 0 for a zero vector.
        probability: of the class when this branch alone adds nothing, 0 to 1.
        top_index: the likeliest class then.
    """

    path: str
    shortcut: str
    branch_norm: float
    shortcut_norm: float
    cosine: float
    probability: float
    top_index: int


@survive_full_gpu
def block_parts(
    classifier: Classifier,
    image: Explained,
    class_index: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[BlockPart]:
    """Each block with an addition, first to last; an empty list for a plain network, which has none.

    To switch off a branch is Veit et al.'s lesion (2016, arXiv:1605.06431, section 4.1): y = shortcut(x) in place of
    y = F(x) + shortcut(x). What comes before a block is computed once, so n blocks cost about n / 2 passes.

    Args:
        class_index: whose probability to follow; by default the likeliest class of the whole network.
        progress: called with the share that is done, 0 to 1; what it raises cancels.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a network that is not ours or a class that does not exist.
    """
    if class_index is not None:
        check_class(classifier, class_index)
    x = batch_of(classifier, image)
    steps, count = steps_of(classifier.model), len(block_paths(classifier.model))
    parts: list[BlockPart] = []
    with torch.no_grad():
        index = int(classifier.model(x).argmax()) if class_index is None else class_index
        for number, step in enumerate(steps):
            if isinstance(step.module, ResidualBlock) and step.module.add is not None:
                parts.append(_part(step, x, steps[number + 1 :], index))
                if progress:
                    progress(len(parts) / count)
            x = step(x)
    return parts


def _part(step: Step, x: Tensor, following: list[Step], index: int) -> BlockPart:
    block = step.module
    assert isinstance(block, ResidualBlock)
    branch, shortcut = block.terms(x)
    assert shortcut is not None
    norms = branch.float().norm(), shortcut.float().norm()
    dot = float((branch.float() * shortcut.float()).sum())
    lengths = float(norms[0] * norms[1])
    logits = block.join(torch.zeros_like(branch), shortcut)
    for later in following:
        logits = later(logits)
    probabilities = logits[0].float().softmax(0)
    return BlockPart(
        path=step.path,
        shortcut=kind_of(block),
        branch_norm=float(norms[0]),
        shortcut_norm=float(norms[1]),
        cosine=dot / lengths if lengths else 0.0,
        probability=float(probabilities[index]),
        top_index=int(probabilities.argmax()),
    )


def kind_of(block: ResidualBlock) -> str:
    """A block's shortcut: "identity", "projection", "zero_pad" or "detached"."""
    if block.downsample is None:
        return "identity"
    kinds = {type(module) for module in block.downsample.modules()}
    return "zero_pad" if ZeroPadShortcut in kinds else "detached" if Detach in kinds else "projection"


@survive_full_gpu
def answer_without(
    classifier: Classifier, image: Explained, blocks: Collection[str] = (), shortcuts: Collection[str] = ()
) -> tuple[float, ...]:
    """The logits when some branches add nothing and some shortcuts pass nothing on; the usual ones with neither.

    Without its branch a block is its shortcut; without its shortcut it is a block of a plain network.

    Args:
        blocks: paths of blocks without their residual branch, e.g. {"layer1.2", "layer3.1"}.
        shortcuts: paths of blocks without their shortcut.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a path that is no block with an addition.
    """
    x = batch_of(classifier, image)
    with torch.no_grad():
        *_, (_, logits) = walk(classifier.model, x, off=blocks, cut=shortcuts)
    return tuple(logits[0].float().tolist())
