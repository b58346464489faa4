"""The two units of work: MACs, in which everything is counted, and FLOPs, of which each multiply-add is two."""

from __future__ import annotations

from resnet_core.anatomy.tables.formulas import Formula
from resnet_core.errors import InvalidSpecError

UNITS = {"MACs": 1, "FLOPs": 2}


def in_unit(macs: int, unit: str) -> int:
    """Multiply-adds as a count of `unit`.

    Raises:
        InvalidSpecError: for a unit that is neither MACs nor FLOPs.
    """
    if unit not in UNITS:
        raise InvalidSpecError(f"unit={unit!r} does not work: it is {' or '.join(UNITS)} (1 MAC = 2 FLOPs).")
    return macs * UNITS[unit]


def formula_in_unit(formula: Formula, unit: str) -> Formula:
    """The formula of a call's MACs with the factor of another unit in front; every other formula as it is."""
    if formula.quantity != "MACs" or unit == "MACs":
        return formula
    return Formula(unit, f"{UNITS[unit]} × {formula.expression}", in_unit(formula.value, unit))
