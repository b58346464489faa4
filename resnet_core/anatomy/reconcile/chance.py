"""Chance: how many numbers as precise as one that was read, and near it, the rules tried so far would give."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnet_core.anatomy.reconcile.seen import SeenCount

NEAR = 0.05  # of the number, to either side
MOST = 0.05  # of the numbers nearby: where more would be explained, an explanation says nothing


@dataclass(slots=True)
class Chance:
    """Numbers near one that was read, and which of them the rules tried so far would give.

    Attributes:
        seen: the number.
        hits: numbers nearby that a rule gives, in steps of the last digit.
    """

    seen: SeenCount
    hits: set[int] = field(default_factory=set)

    @property
    def share(self) -> float:
        """Of the numbers nearby, those that a rule gives: 0 to 1."""
        return len(self.hits) / self._nearby

    def count(self, number: int) -> None:
        """Take note of what a rule gives, in steps of the last digit, if it is near."""
        if self._is_near(number):
            self.hits.add(number)

    def admits(self, number: int) -> bool:
        """Whether a rule that gives this leaves enough of the numbers nearby to themselves."""
        return not self._is_near(number) or len(self.hits | {number}) <= MOST * self._nearby

    @property
    def _nearby(self) -> float:
        return max(2 * NEAR * self.seen.value / self.seen.step, 1)

    def _is_near(self, number: int) -> bool:
        return abs(number * self.seen.step - self.seen.value) <= NEAR * self.seen.value


def chance_words(share: float) -> str:
    """How strong an explanation is, of `Chance.share`; nothing for a plain reading, whose share is 0."""
    if share == 0:
        return ""
    one_in = round(1 / share)
    if one_in >= 1000:
        return f"Hardly by chance: of the numbers near it, one in {one_in:,} would fit a rule of ours."
    return f"By chance, one number in {one_in} as precise and near it would fit a rule of ours too."
