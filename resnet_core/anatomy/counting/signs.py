"""with_minus(): numbers as they are set in print."""

from __future__ import annotations


def with_minus(number: str) -> str:
    """A number as text, with a minus sign, as wide as a plus, where Python writes a hyphen."""
    return number.replace("-", "\N{MINUS SIGN}")
