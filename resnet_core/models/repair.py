"""nearest_spec(): the design nearest to one that can't work, and what had to change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from resnet_core.errors import InvalidSpecError
from resnet_core.models.spec import ModelSpec

STEPS = 8  # more changes than this make another design


def nearest_spec(choices: dict[str, Any]) -> tuple[ModelSpec, dict[str, Any]]:
    """Change the field that a refusal names, as little as possible, until the design works.

    Args:
        choices: fields of ModelSpec, possibly at odds with each other.

    Returns:
        The spec, and the fields that changed with their new values (empty where nothing had to).

    Raises:
        InvalidSpecError: the last refusal, where no change of the named fields helps.
    """
    now = dict(choices)
    for _ in range(STEPS):
        error = _refusal(now)
        if error is None:
            return ModelSpec(**now), {name: value for name, value in now.items() if value != choices.get(name)}
        now |= _better(now, error)
    raise error or InvalidSpecError("No nearby design works. Start from a named variant.")


def broken_field(error: InvalidSpecError) -> str:
    """The field that a refusal names first."""
    return re.split(r"[=\s]", str(error), maxsplit=1)[0]


def _refusal(choices: dict[str, Any]) -> InvalidSpecError | None:
    try:
        ModelSpec(**choices)
    except InvalidSpecError as error:
        return error
    return None


def _better(choices: dict[str, Any], error: InvalidSpecError) -> dict[str, Any]:
    """The nearest value of the broken field at which this refusal is gone."""
    field = broken_field(error)
    for value in _candidates(field, choices):
        after = _refusal(choices | {field: value})
        if after is None or broken_field(after) != field:
            return {field: value}
    raise error


def _candidates(field: str, choices: dict[str, Any]) -> Iterable[Any]:
    given = choices.get(field)
    if field == "widths":
        return _fitting_widths(given, len(choices["depths"]))
    if field == "depths":
        return (tuple(max(1, int(n)) for n in given or (1,)) or (1,),)
    fixed = {
        "shortcut": ("projection", "none"), "stride_on": ("3x3",), "squeeze_excite": (False,), "group_width": (None,),
        "input_size": ((224, 224),),
    }  # fmt: skip
    if field in fixed:
        return fixed[field]
    if field in ("groups", "width_per_group", "radix", "in_channels", "num_classes"):
        start = given if isinstance(given, int) else 1
        return sorted(range(1, 1025), key=lambda n: abs(n - start))
    return ()


def _fitting_widths(given: Any, stages: int) -> Iterable[tuple[int, ...]]:
    """As many widths as stages, each next one twice the last; then all of them even."""
    widths = [max(1, int(n)) for n in given or (64,)][:stages]
    while len(widths) < stages:
        widths.append(widths[-1] * 2)
    return (tuple(widths), tuple(n + n % 2 for n in widths))
