"""file_readings(): the size of a file of weights, e.g. "97.8 MB": four bytes for each number in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnet_core.anatomy.reconcile.rules import Counting
from resnet_core.anatomy.reconcile.seen import SeenCount

BYTES = 4  # of a float32
POWERS = {"k": "", "M": "²", "G": "³"}
CONTAINER = 0.002  # names, shapes and alignment: torchvision's resnet50 file is 0.09 % larger than its numbers


class FileReading(NamedTuple):
    """A file that has the size: how many numbers it holds, which, and the unit that the size is in."""

    numbers: int
    what: str
    unit: str

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"The size of a file: {self.numbers:,} {self.what}, four bytes each, are {BYTES * self.numbers:,} bytes; "
            f"in {self.unit}, with the little that a container adds, that is the number."
        )


def file_readings(ours: Counting, seen: SeenCount) -> Iterator[FileReading]:
    """What of the network makes a file of that size: all of PyTorch's state dict, or the parameters alone."""
    census, parameters = ours.census, ours.parameters()
    stored = {"numbers of the state dict": parameters + census.affine + census.norms, "parameters": parameters}
    letter = " kMG"[seen.thousands]
    units = {f"{letter}B": seen, f"{letter}iB": seen.of_1024}
    if seen.unit == "MiB":
        del units[f"{letter}B"]
    for what, numbers in stored.items():
        for unit, size in units.items():
            spare = size.value - BYTES * numbers
            if -size.step <= 2 * spare <= size.step + 2 * CONTAINER * size.value:
                base = "1,000" if size is seen else "1,024"
                yield FileReading(numbers, what, f"{unit} of {base}{POWERS[letter]} bytes")
