"""lesions(): a trained network whose blocks, one at a time, add nothing, noise, the opposite, or another picture's."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from resnet_core.errors import require
from resnet_core.inference.explain.walk import Step, steps_of
from resnet_core.lab.theory.start import Progress, nobody
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 100
WHOLE = ("", "")  # no block, no change
Change = Callable[[Tensor, torch.Generator], Tensor]


def _noise(branch: Tensor, generator: torch.Generator) -> Tensor:
    noise = torch.randn(branch.shape, generator=generator).to(branch)
    lengths = [tensor.flatten(1).norm(dim=1).clamp_min(1e-12).view(-1, 1, 1, 1) for tensor in (branch, noise)]
    scaled: Tensor = noise * (lengths[0] / lengths[1])
    return scaled


# What stands in the place of F(x): nothing is the lesion, the others are its controls.
CHANGES: dict[str, Change] = {
    "nothing": lambda branch, _: torch.zeros_like(branch),
    "noise": _noise,
    "opposite": lambda branch, _: -branch,
    "another picture's": lambda branch, _: branch.roll(1, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One block with something else in the place of F(x).

    Attributes:
        block: its path.
        instead: a name of CHANGES.
        wrong: pictures that are answered wrongly then.
        broken: of them, those that the whole network answers rightly.
        mended: pictures that are answered rightly then, and wrongly by the whole network.
    """

    block: str
    instead: str
    wrong: int
    broken: int
    mended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesions:
    """All blocks of one network, each with each change.

    Attributes:
        model: its name.
        pictures: how many were answered.
        wrong: of them, by the whole network.
        lesions: by block, then by change.
    """

    model: str
    pictures: int
    wrong: int
    lesions: tuple[Lesion, ...]

    def error(self, block: str, instead: str = "nothing") -> float:
        """Wrong answers with that change, in percent.

        Raises:
            KeyError: if it was not measured.
        """
        for one in self.lesions:
            if (one.block, one.instead) == (block, instead):
                return 100 * one.wrong / self.pictures
        raise KeyError((block, instead))

    def costs(self, instead: str = "nothing") -> dict[str, float]:
        """Percentage points more that are wrong, by block, with that change."""
        return {
            one.block: 100 * (one.wrong - self.wrong) / self.pictures for one in self.lesions if one.instead == instead
        }

    def __add__(self, other: Lesions) -> Lesions:
        """Of the same network, blocks and changes, on other pictures: all of them together."""
        pairs = zip(self.lesions, other.lesions, strict=True)
        return replace(
            self, pictures=self.pictures + other.pictures, wrong=self.wrong + other.wrong,
            lesions=tuple(
                replace(a, wrong=a.wrong + b.wrong, broken=a.broken + b.broken, mended=a.mended + b.mended)
                for a, b in pairs
            ),
        )  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """A row for each block and change: wrong answers in percent, the difference to the whole network in points
        with its standard error (of paired counts), and the pairs."""
        import pandas as pd

        return pd.DataFrame(
            {
                "block": one.block, "in place of F": one.instead, "wrong %": 100 * one.wrong / self.pictures,
                "points more": 100 * (one.wrong - self.wrong) / self.pictures,
                "standard error": 100 * (one.broken + one.mended) ** 0.5 / self.pictures,
                "broken": one.broken, "mended": one.mended,
            }
            for one in self.lesions
        )  # fmt: skip

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Lesions:
        """What `dataclasses.asdict` or JSON kept."""
        return cls(**{**record, "lesions": tuple(Lesion(**one) for one in record["lesions"])})


@torch.no_grad()
def lesions(
    network: ResNet,
    images: Tensor,
    labels: Tensor,
    instead: Sequence[str] = tuple(CHANGES),
    seed: int = 0,
    progress: Progress = nobody,
    blocks: Sequence[str] = (),
) -> Lesions:
    """Answer pictures with a network of which, one block at a time, F(x) is replaced.

    Veit et al. 2016 (arXiv:1605.06431, section 4.1) dropped single blocks of a trained ResNet-110, and found
    hardly any effect. The controls tell what that means: noise of the same length, the opposite, another picture's.

    Args:
        network: trained; a copy of it is run, in eval mode. A plain block of equal shapes counts as H(x) = x + F(x), so
            that with nothing in the place of F its input goes on.
        images: (N, C, H, W), normalised as the network wants them.
        labels: (N,).
        instead: names of CHANGES.
        seed: of the noise.
        progress: is told the share that is done; what it raises cancels.
        blocks: paths of those to replace; all of them if none is named.

    Raises:
        InvalidSpecError: for a block or a change that there is not.
    """
    for name in instead:
        require(name in CHANGES, "instead", name, f"one of {', '.join(CHANGES)}")
    known = replaceable(network)
    for block in blocks:
        require(block in known, "blocks", block, f"of {', '.join(known)}")
    blocks = blocks or known
    network = copy.deepcopy(network).eval().to(memory_format=torch.channels_last)  # a third less work for a processor
    counts = {(block, name): [0, 0, 0] for block in blocks for name in instead}
    wrong, generator, batches = 0, torch.Generator().manual_seed(seed), range(0, len(images), AT_ONCE)
    for number, start in enumerate(batches):
        x, answers = images[start : start + AT_ONCE], labels[start : start + AT_ONCE]
        found: dict[tuple[str, str], Tensor] = {}
        for *changed, logits in _changed(network, x, blocks, instead, generator):
            found[changed[0], changed[1]] = logits.argmax(1) == answers
            progress((number + len(found) / (len(counts) + 1)) / len(batches))
        right = found.pop(WHOLE)
        wrong += int((~right).sum())
        for key, now in found.items():
            for place, count in enumerate((~now, right & ~now, ~right & now)):
                counts[key][place] += int(count.sum())
    return Lesions(
        model=network.spec.name, pictures=len(images), wrong=wrong,
        lesions=tuple(
            Lesion(block=block, instead=name, wrong=found[0], broken=found[1], mended=found[2])
            for (block, name), found in counts.items()
        ),
    )  # fmt: skip


def replaceable(network: ResNet) -> list[str]:
    """Paths of the blocks in which something else can stand in the place of F(x)."""
    blocks = network.residual_blocks()
    return [path for path, block in blocks if block.add is not None or _keeps_shape(block)]


def _keeps_shape(block: nn.Module) -> bool:
    convs = [module for module in block.modules() if isinstance(module, nn.Conv2d)]
    return convs[0].in_channels == convs[-1].out_channels and all(conv.stride == (1, 1) for conv in convs)


def _changed(
    network: ResNet, x: Tensor, blocks: Sequence[str], instead: Sequence[str], generator: torch.Generator
) -> Iterator[tuple[str, str, Tensor]]:
    """(block, change, logits) of each block and change, and last of the whole; what they share runs once."""
    steps: list[Step] = steps_of(network)
    for number, step in enumerate(steps):
        block = step.module
        if step.path not in blocks:
            x = step(x)
            continue
        assert isinstance(block, ResidualBlock)
        whole, shortcut = block.terms(x)
        branch, onto = (whole - x, x) if shortcut is None else (whole, shortcut)
        for name in instead:
            other = CHANGES[name](branch, generator)
            out = block.join(onto + other, None) if shortcut is None else block.join(other, shortcut)
            for later in steps[number + 1 :]:
                out = later(out)
            yield step.path, name, out
        x = block.join(whole, shortcut)
    yield *WHOLE, x
