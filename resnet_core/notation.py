"""How numbers are written where people read them: "56×56", "150.2 MB", "4.09 G", "69.8 %", "12.4 ms".

Before a unit stands a space at which no line breaks. Counts in full are Python's own "25,557,032". Tables as data, and
so those of the command line, CSV and Markdown, keep a plain x, so that scripts can read them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SPACE = "\u00a0"
_TIMES = re.compile(r"(?<![\w.×])\d+(?:x\d+)+(?!\w)")
_UNITS = re.compile(r"(?<=\d) (?=(?:%|ms|[kMG]?B|[kMG]i?B/s|[kMG])(?!\w))")
_FACTORS = re.compile(r"(?<=\d) × (?=\d)")


def sides(*numbers: int) -> str:
    """ "56×56", "7×7", "3×224×224"."""
    return "×".join(map(str, numbers))


def of_one(shape: Sequence[int]) -> str:
    """The shape of one picture's values: "256×56×56" for (1, 256, 56, 56)."""
    return sides(*shape[1:]) or "1"


def times(text: str) -> str:
    """A sentence or a cell with × for each x between numbers: "7x7, 64" becomes "7×7, 64"; 32x4d stays a name."""
    return _TIMES.sub(lambda found: found[0].replace("x", "×"), text).replace("] x ", "] × ")


def unbroken(sentence: str) -> str:
    """A sentence in which no line ends between a number and its unit, and none within "128 × 28 × 28"."""
    return _FACTORS.sub(f"{SPACE}×{SPACE}", _UNITS.sub(SPACE, sentence))


def percent(share: float, digits: int = 1) -> str:
    """ "5.9 %" of a share from 0 to 1."""
    return f"{share * 100:.{digits}f}{SPACE}%"


def short(count: float) -> str:
    """ "4.09 G", "25.6 M", "9,408": three digits and a unit from ten thousand on."""
    for limit, unit in ((0.9995e9, "G"), (0.9995e6, "M"), (1e4, "k")):
        if abs(count) >= limit:
            value = count / {"G": 1e9, "M": 1e6, "k": 1e3}[unit]
            return f"{value:.0f}{SPACE}{unit}" if abs(value) >= 99.95 else f"{value:#.3g}{SPACE}{unit}"
    return f"{count:,.0f}"


def megabytes(count: float) -> str:
    """ "150.2 MB" of a number of bytes, a megabyte being a million; of less than a tenth of one "4,000 B"."""
    return f"{count / 1e6:,.1f}{SPACE}MB" if count >= 1e5 else f"{count:,.0f}{SPACE}B"


def milliseconds(duration_ms: float) -> str:
    """ "12.4 ms"; below one with two digits, "0.032 ms"."""
    return f"{duration_ms:,.1f}{SPACE}ms" if duration_ms >= 1 else f"{duration_ms:.2g}{SPACE}ms"
