"""What a training left in the note beside its weights: the recipe's part that decides the network, and accuracies."""

from __future__ import annotations

from typing import Any


class WrongValueError(Exception):
    """A value that is not what its key allows; the message says what is."""


def require_value(holds: bool, allowed: str) -> None:
    """Raise WrongValueError with what is allowed, unless it holds."""
    if not holds:
        raise WrongValueError(allowed)


def read_recipe(value: Any) -> dict[str, Any]:
    """The part of a training recipe that decides the network, and the name of its data."""
    require_value(isinstance(value, dict), "a training recipe as `train` writes it")
    try:
        overrides = dict(value.get("overrides") or ())
    except (TypeError, ValueError) as error:
        raise WrongValueError("a training recipe whose overrides are pairs of a field and its value") from error
    return {"overrides": overrides, "data": str(value.get("data", ""))}


def read_history(value: Any) -> dict[str, Any]:
    """Accuracy in percent after the last epoch."""
    last = value[-1] if isinstance(value, list) and value else {}
    error = last.get("validation_error") if isinstance(last, dict) else None
    known = isinstance(error, int | float) and not isinstance(error, bool) and 0 <= error <= 1
    return {"top1": round(100 * (1 - error), 2)} if known and error is not None else {}


def read_top1(value: Any) -> dict[str, Any]:
    """Accuracy in percent, measured on the weights as they are; it wins over the history's."""
    require_value(isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100, "percent")
    return {"top1": float(value)}
