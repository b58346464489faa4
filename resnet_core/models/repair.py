"""check_design() and nearest_spec(): where a design breaks, and the nearest one that can work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from resnet_core.errors import InvalidSpecError, require
from resnet_core.models.spec import ModelSpec

# What is drawn for everyone who asks. The ninth stage would have less than one of 512 pixels.
MOST_STAGES, MOST_BLOCKS, WIDEST = 8, 400, 4096
STEPS = 12  # more changes than this make another design
COUNTS = {"groups": 1024, "width_per_group": 1024, "radix": 4, "in_channels": 64, "num_classes": 100_000}
BESIDE = {"in_channels": "the stem", "stem": "the stem", "num_classes": "the head", "input_size": "the input"}
IN_EVERY = ("block", "groups", "group_width", "width_per_group", "radix", "stride_on", "squeeze_excite", "norm")
NEIGHBOURS = {"groups": ("width_per_group",)}  # tried where no value of the field helps


def check_design(choices: dict[str, Any]) -> ModelSpec:
    """The spec of these fields of ModelSpec.

    Raises:
        InvalidSpecError: if they can't work; the message begins with the stage that breaks.
    """
    error = _refusal(choices)
    if error is not None:
        raise InvalidSpecError(f"In {breaking_part(choices, error)}: {error}", field=error.field)
    return ModelSpec(**choices)


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


def breaking_part(choices: dict[str, Any], error: InvalidSpecError) -> str:
    """Where a refusal strikes first: "stage 3 (conv4_x)", "every stage", "the stem", "the head", "the input"."""
    field = error.field
    if field in BESIDE:
        return BESIDE[field]
    choices = {"widths": ModelSpec.__dataclass_fields__["widths"].default} | choices
    longest = max(len(choices["depths"]), len(choices["widths"]), 1)
    first = next((n for n in range(1, longest + 1) if _refuses(choices, field, slice(n))), longest)
    alone = (_refuses(choices, field, slice(n, n + 1)) for n in range(longest))
    return "every stage" if first == 1 and field in IN_EVERY and all(alone) else f"stage {first} (conv{first + 1}_x)"


def _refuses(choices: dict[str, Any], field: str, stages: slice) -> bool:
    """Whether these stages alone are refused for the same field."""
    parts = {name: choices[name][stages] for name in ("depths", "widths")}
    error = _refusal(choices | parts)
    return error is not None and error.field == field


def _refusal(choices: dict[str, Any]) -> InvalidSpecError | None:
    try:
        spec = ModelSpec(**choices)
        require(len(spec.depths) <= MOST_STAGES, "depths", spec.depths, f"at most {MOST_STAGES} stages")
        require(sum(spec.depths) <= MOST_BLOCKS, "depths", spec.depths, f"at most {MOST_BLOCKS} blocks in all")
        require(max(spec.widths) <= WIDEST, "widths", spec.widths, f"at most {WIDEST:,} channels in a stage")
        for name, most in COUNTS.items():
            require(getattr(spec, name) <= most, name, getattr(spec, name), f"at most {most:,}")
    except InvalidSpecError as error:
        return error
    return None


def _better(choices: dict[str, Any], error: InvalidSpecError) -> dict[str, Any]:
    """The nearest value of the broken field at which this refusal is gone; of a neighbour where there is none."""
    field = error.field
    for other in (field, *NEIGHBOURS.get(field, ())):
        for value in _candidates(other, choices):
            after = _refusal(choices | {other: value})
            if after is None or after.field not in (field, other):
                return {other: value}
    raise error


def _candidates(field: str, choices: dict[str, Any]) -> Iterable[Any]:
    given = choices.get(field)
    if field == "widths":
        return _fitting_widths(given, len(choices["depths"]))
    if field == "depths":
        return (_fitting_depths(given),)
    fixed = {
        "shortcut": ("projection", "none"), "stride_on": ("3x3",), "squeeze_excite": (False,), "group_width": (None,),
        "input_size": ((224, 224),),
    }  # fmt: skip
    if field in fixed:
        return fixed[field]
    if field in COUNTS:
        start = given if isinstance(given, int) else 1
        return _outwards(start, COUNTS[field])
    return ()


def _outwards(start: int, most: int) -> Iterator[int]:
    """1 to `most`, those nearest to `start` first."""
    start = min(max(start, 1), most)
    yield start
    for step in range(1, most):
        yield from (n for n in (start - step, start + step) if 1 <= n <= most)


def _fitting_depths(given: Any) -> tuple[int, ...]:
    """At least one block in a stage, and no more stages and blocks than are drawn: the longest stage gives way."""
    depths = [max(1, int(n)) for n in given or (1,)][:MOST_STAGES]
    while (excess := sum(depths) - MOST_BLOCKS) > 0:
        longest = depths.index(max(depths))
        second = max([1, *(n for n in depths if n < depths[longest])])
        depths[longest] -= min(excess, max(1, depths[longest] - second))
    return tuple(depths)


def _fitting_widths(given: Any, stages: int) -> Iterable[tuple[int, ...]]:
    """As many widths as stages, each next one twice the last; then all of them even."""
    widths = [min(max(1, int(n)), WIDEST) for n in given or (64,)][:stages]
    while len(widths) < stages:
        widths.append(min(widths[-1] * 2, WIDEST))
    return (tuple(widths), tuple(n + n % 2 for n in widths))
