"""read_count(): a count as people write it ("25,636,712", "25.6M", "4.1 GFLOPs") -> value, precision, unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from resnet_core.errors import InvalidSpecError

Fit = Literal["exact", "rounded", "cut"]
_SCALES = {
    "": 0, "k": 3, "thousand": 3, "m": 6, "mio": 6, "million": 6, "g": 9, "b": 9, "bn": 9, "billion": 9,
    "t": 12, "trillion": 12,
}  # fmt: skip
_UNITS = {
    "parameters": ("parameters", "parameter", "params", "param", "weights"),
    "FLOPs": ("flops", "flop"),
    "MACs": ("macs", "mac", "madds", "madd", "multiply-adds", "mult-adds", "multadds"),
    "MB": ("kb", "mb", "gb"),  # said of 1000s and of 1024s alike
    "MiB": ("kib", "mib", "gib"),
}
FILE_UNITS = ("MB", "MiB")
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_GROUPED = r"\d{1,3}(?:[ ,_'’]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}"
_NUMBER = rf"(?P<number>{_GROUPED}|\d+(?:[.,]\d+)?)(?:(?:e\+?|\s*[x×·*]\s*10\s*\^\s*)(?P<power>\d{{1,2}}))?"
_SCALE, _UNIT = (
    "|".join(sorted(filter(None, words), key=len, reverse=True)) for words in (_SCALES, _UNIT_OF)
)  # longest first: "million" before "m"
_COUNT = re.compile(rf"^{_NUMBER}\s*(?P<scale>{_SCALE})?\s*(?P<unit>{_UNIT})?$")
_ABOUT = re.compile(r"^(?:[~≈≃∼]|about |around |approx\.? |ca\. )\s*")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCount:
    """A number that someone read.

    Attributes:
        text: as given.
        value: the number.
        step: what the last digit counts, 1 for a number with every digit: 25.6M has 100,000.
        digits: significant digits.
        unit: "parameters", "MACs", "FLOPs"; "MB" (of 1,000 or of 1,024) or "MiB" for the size of a file; None where
            none is given.
        thousands: how often 1,000 stands in its prefix: 2 for M, 3 for G, 0 for none.
    """

    text: str
    value: int
    step: int
    digits: int
    unit: str | None
    thousands: int = 0

    def fit(self, count: int) -> Fit | None:
        """Whether `count` may stand behind this number: exactly, rounded to its digits, or cut after them."""
        if count == self.value:
            return "exact"
        if abs(count - self.value) * 2 <= self.step and self.step > 1:
            return "rounded"
        return "cut" if self.value <= count < self.value + self.step else None

    @property
    def of_1024(self) -> SeenCount:
        """The same digits, where k, M and G are powers of 1,024."""
        larger = Fraction(1024, 1000) ** self.thousands
        return replace(self, value=round(self.value * larger), step=round(self.step * larger))


def read_count(seen: int | str) -> SeenCount:
    """Read a count. Separators, a decimal point or comma, k/M/G/billion, powers of ten and a unit are understood.

    Example:
        >>> read_count("4.1 GFLOPs").value, read_count("4.1 GFLOPs").step
        (4100000000, 100000000)

    Raises:
        InvalidSpecError: if there is no positive whole count in it.
    """
    text = str(seen).strip()
    match = _COUNT.match(_plain(text))
    if match is None:
        raise _unreadable(text)
    digits, decimals = _split(match["number"])
    word = match["unit"] or ""
    unit = _UNIT_OF.get(word)
    scale = word[0] if unit in FILE_UNITS else match["scale"] or ""
    thousands = _SCALES[scale] // 3
    step = Decimal(10) ** (3 * thousands + int(match["power"] or 0) - len(decimals))
    value = Decimal(digits + decimals) * step
    if step < 1 <= value and not match["scale"] and not match["power"]:
        number = match["number"]
        raise InvalidSpecError(
            f"{text!r} is no whole number: a letter such as M or G stood beside it, or at the head of its column. "
            f"Write {number}M for parameters, or {number} GFLOPs."
        )
    if value < 1 or step < 1:
        raise _unreadable(text)
    zeros = len(digits) - len(digits.rstrip("0"))
    if step == 1 and zeros >= 3 and not decimals and not isinstance(seen, int):
        step = Decimal(10) ** zeros  # "3,800,000,000" is a rounded number written out
    return SeenCount(
        text=text, value=int(value), step=int(step), digits=len((digits + decimals).lstrip("0")), unit=unit,
        thousands=thousands,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Small letters, without "about" before and a full stop after it, and raised digits as a power: "10⁹" is "10^9"."""
    powers = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: "^" + raised[0].translate(_RAISED), text.lower())
    return _ABOUT.sub("", powers).rstrip(".")


def _split(number: str) -> tuple[str, str]:
    """Digits before and after the decimal point. A comma is one unless three digits follow it."""
    if re.fullmatch(r"\d+,\d{1,2}|\d+,\d{4,}", number):
        number = number.replace(",", ".")
    if number.count(".") > 1:  # "25.557.032"
        number = number.replace(".", "")
    whole, _, decimals = re.sub(r"[ ,_'’]", "", number).partition(".")
    return whole, decimals


def _unreadable(text: str) -> InvalidSpecError:
    return InvalidSpecError(
        f"{text!r} is no count that can be explained. Give it as it was printed, for example 25,636,712 or 25.6M or "
        "4.1 GFLOPs."
    )
