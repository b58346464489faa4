"""How well a head does on photos that it has not learnt from, and how sure that is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from resnet_core.lab.teach.head import Features, Labels, fit_head

if TYPE_CHECKING:
    import pandas as pd

FOLDS = 5
Answer = Callable[[npt.NDArray[np.bool_]], Labels]  # which photos are learnt from -> answers to all others, in order
Z95 = 1.959964  # 95 % of a normal distribution lie within so many deviations


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """Answers to photos that were held out.

    Attributes:
        classes: the names, in the order of rows and columns.
        answers: (N,) the answer to each photo, or -1 where it was not held out.
        confusion: (classes, classes) photos by what they show (row) and what they were called (column).
        right, total: photos.
        groups: so many of them are of their own: photos of one burst, or nearly equal, count as one.
        interval: between which shares the true one lies, by Wilson's interval of 95 % over the groups; None where
            nothing could be held out.
        naive: right answers of 100, had photos of one burst been allowed on both sides; None where no such are here.
        remark: a sentence on what was not measured; empty where all is well.
    """

    classes: tuple[str, ...]
    answers: Labels
    confusion: npt.NDArray[np.int64]
    right: int
    total: int
    groups: int
    interval: tuple[float, float] | None
    naive: float | None = None
    remark: str = ""

    def __str__(self) -> str:
        """ "4 of 5 right: between 38 and 96 %"."""
        if self.interval is None:
            return self.remark
        low, high = (f"{share * 100:.0f}" for share in self.interval)
        return f"{self.right} of {self.total} right: between {low} and {high} %"

    def to_frame(self) -> pd.DataFrame:
        """The confusion table: a row for what a photo shows, a column for what it was called."""
        import pandas as pd

        return pd.DataFrame(self.confusion, index=list(self.classes), columns=list(self.classes))


def wilson(right: float, total: float) -> tuple[float, float]:
    """Wilson's score interval of 95 % for a share (Wilson 1927): the shares that `right` of `total` leaves likely."""
    share, square = right / total, Z95**2 / total
    centre, half = share + square / 2, Z95 * math.sqrt(share * (1 - share) / total + square / total / 4)
    return (centre - half) / (1 + square), (centre + half) / (1 + square)


def cross_validate(
    features: Features, labels: Labels, groups: npt.NDArray[np.int64], classes: tuple[str, ...], seed: int = 0
) -> HeldOut:
    """Each photo answered by a head that has learnt from other groups only: up to five folds.

    Args:
        features: (N, features).
        labels, groups: (N,) of each photo.
    """

    def answer(learnt: npt.NDArray[np.bool_]) -> Labels:
        return fit_head(features[learnt], labels[learnt], len(classes)).answers(features[~learnt])

    found = ask_in_turn(answer, labels, groups, classes, seed)
    if found.interval is None or len(set(groups)) == len(groups):
        return found
    single = _answers(answer, labels, np.arange(len(labels)), seed, FOLDS)
    return replace(found, naive=100 * float((single == labels).mean()))


def ask_in_turn(
    answer: Answer,
    labels: Labels,
    groups: npt.NDArray[np.int64],
    classes: tuple[str, ...],
    seed: int = 0,
    most: int = FOLDS,
) -> HeldOut:
    """Each photo answered by what has learnt from other groups only, whatever it is that learns.

    Args:
        labels, groups: (N,) of each photo.
        most: folds.
    """
    fewest = min(len(set(groups[labels == label])) for label in range(len(classes)))
    if fewest < 2:
        return _nothing(classes, len(labels), _too_few(labels, groups, classes))
    return judge(_answers(answer, labels, groups, seed, most), labels, groups, classes)


def judge(
    answers: Labels,
    labels: Labels,
    groups: npt.NDArray[np.int64],
    classes: tuple[str, ...],
) -> HeldOut:
    """What answers to held-out photos say."""
    confusion = np.zeros((len(classes),) * 2, np.int64)
    np.add.at(confusion, (labels, answers), 1)
    right = answers == labels
    sizes = Counter(groups.tolist())
    shares = sum(float(hit) / sizes[group] for hit, group in zip(right, groups.tolist(), strict=True))
    return HeldOut(
        classes=classes,
        answers=answers,
        confusion=confusion,
        right=int(right.sum()),
        total=len(labels),
        groups=len(sizes),
        interval=wilson(shares, len(sizes)),
    )


def folds(labels: Labels, groups: npt.NDArray[np.int64], seed: int = 0, most: int = FOLDS) -> npt.NDArray[np.int64]:
    """(N,) the fold of each photo: groups stay whole, and every class is spread over as many folds as it can be.

    There are as many folds as the class with the fewest groups has groups, two to `most`.
    """
    random = np.random.default_rng(seed)
    number = min(most, *(len(set(groups[labels == label])) for label in set(labels.tolist())))
    chosen: dict[int, int] = {}
    for label in sorted(set(labels.tolist())):
        sizes = Counter(group for group in groups[labels == label].tolist() if group not in chosen)
        filled = Counter(dict.fromkeys(range(number), 0))
        for fold in (chosen[group] for group in groups[labels == label].tolist() if group in chosen):
            filled[fold] += 1
        order = sorted(random.permutation(sorted(sizes)).tolist(), key=lambda group: -sizes[group])
        for group in order:
            chosen[group] = min(filled, key=lambda fold: filled[fold])
            filled[chosen[group]] += sizes[group]
    return np.array([chosen[group] for group in groups.tolist()], np.int64)


def _answers(answer: Answer, labels: Labels, groups: npt.NDArray[np.int64], seed: int, most: int) -> Labels:
    place, answers = folds(labels, groups, seed, most), np.full(len(labels), -1, np.int64)
    for fold in range(place.max() + 1):
        learnt = place != fold
        answers[~learnt] = answer(learnt)
    return answers


def _nothing(classes: tuple[str, ...], photos: int, why: str) -> HeldOut:
    return HeldOut(
        classes=classes,
        answers=np.full(photos, -1, np.int64),
        confusion=np.zeros((len(classes),) * 2, np.int64),
        right=0,
        total=0,
        groups=0,
        interval=None,
        remark=why,
    )


def _too_few(labels: Labels, groups: npt.NDArray[np.int64], classes: tuple[str, ...]) -> str:
    short = [name for label, name in enumerate(classes) if len(set(groups[labels == label])) < 2]
    named = ", ".join(f'"{name}"' for name in short[:3]) + (f" and {len(short) - 3:,} more" if len(short) > 3 else "")
    return (
        f"No accuracy is printed: the photos of {named} are nearly one. Take another, elsewhere and later, "
        "so that one can be held out."
    )
