"""headline(): an answer in a line, at the finest level that is sure: a class, a group of classes, or "unsure"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from resnet_core.weights.grouping import Grouping

MOST_LIKE = 0.5  # of a group's probability: a class that has as much is named beside the group
NEAREST = 3
# A probability in bfloat16 is at most 0.014 from its float32 (2,463 validation pictures, AMX).
ROUNDING = 0.02


@dataclass(frozen=True, slots=True)
class ScoredGroup:
    """A group of classes with the sum of their probabilities (0 to 1), but for those that may not be named."""

    name: str
    said: str
    probability: float


@dataclass(frozen=True, slots=True)
class Headline:
    """What is said of a picture first.

    Attributes:
        level: how fine the answer is: a "class", a "group", or "unsure".
        text: e.g. "a dog, 91 % (most like a golden retriever)".
        label: name of the class or of the group that is said; empty where nothing is sure.
        probability: of what is said, or of the nearest class (0 to 1).
    """

    level: Literal["class", "group", "unsure"]
    text: str
    label: str
    probability: float


def softmax(logits: Sequence[float], temperature: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Probabilities of logits / temperature."""
    scaled = np.asarray(logits, dtype=np.float64)
    scaled = (scaled - scaled.max()) / temperature
    shares: np.ndarray[tuple[int], np.dtype[np.float64]] = np.exp(scaled) / np.exp(scaled).sum()
    return shares


def withheld(logits: Sequence[float], grouping: Grouping | None) -> tuple[int, ...]:
    """Indices of the guarded classes that this answer is not sure enough of to name them."""
    if grouping is None:
        return ()
    shares = softmax(logits)
    return tuple(index for index in grouping.guarded if shares[index] < grouping.sure_guarded)


def score_groups(logits: Sequence[float], grouping: Grouping | None) -> tuple[ScoredGroup, ...]:
    """The groups by their probability, likeliest first. A class that may not be named supports none."""
    if grouping is None:
        return ()
    shares = softmax(logits)
    shares[list(withheld(logits, grouping))] = 0
    scored = [ScoredGroup(one.name, one.said, float(shares[list(one.members)].sum())) for one in grouping.groups]
    return tuple(sorted(scored, key=lambda group: -group.probability))


def headline(logits: Sequence[float], classes: Sequence[str], grouping: Grouping | None) -> Headline | None:
    """The answer in a line; None for a network without groups."""
    if grouping is None:
        return None
    shares = softmax(logits)
    shares[list(withheld(logits, grouping))] = 0
    order = np.argsort(-shares, kind="stable")
    best, group = int(order[0]), score_groups(logits, grouping)[0]
    if shares[best] >= grouping.sure_class:
        text = f"{grouping.said[best]}, {percent(shares[best])}"
        return Headline("class", text, classes[best], float(shares[best]))
    if group.probability >= grouping.sure_group:
        members = next(one.members for one in grouping.groups if one.name == group.name)
        likest = max(members, key=lambda index: shares[index])
        like = f" (most like {grouping.said[likest]})" if shares[likest] >= MOST_LIKE * group.probability else ""
        return Headline("group", f"{group.said}, {percent(group.probability)}{like}", group.name, group.probability)
    nearest = ", ".join(f"{grouping.said[index]} {percent(shares[index])}" for index in order[:NEAREST])
    return Headline("unsure", f"unsure (nearest: {nearest})", "", float(shares[best]))


def is_close(logits: Sequence[float], grouping: Grouping | None) -> bool:
    """Whether rounding to 16 bits might have changed at which level this answer is said, or what it withholds."""
    if grouping is None:
        return False
    shares = softmax(logits)
    limits = [
        (shares.max(), grouping.sure_class),
        (score_groups(logits, grouping)[0].probability, grouping.sure_group),
        *((shares[index], grouping.sure_guarded) for index in grouping.guarded),
    ]
    return any(abs(share - limit) < ROUNDING for share, limit in limits)


def percent(share: float) -> str:
    """A probability in whole percent: "91 %"; never 0 or 100, which no network can know."""
    if share >= 0.995:
        return "over 99 %"
    return f"{share * 100:.0f} %" if share >= 0.005 else "under 1 %"
