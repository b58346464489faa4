"""check_numbers(): broken numbers in a network, found where they enter and named by their tensor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from resnet_core.errors import WeightsError

HUGE = 1e30  # products of such values overflow float32; trained weights stay some twenty-five powers of ten below


def check_numbers(state: Mapping[str, Tensor], file: str) -> None:
    """Refuse values that no network can compute with: some engines would answer with ordinary percentages.

    Raises:
        WeightsError: for values that are not numbers, infinite or huge, or negative variances.
    """
    problems = [problem for name, tensor in state.items() for problem in _problems(name, tensor)]
    if problems:
        more = f" (and {len(problems) - 1} more tensors are broken)" if len(problems) > 1 else ""
        raise WeightsError(
            f"{file} was refused: {problems[0]}{more}. Its training diverged, or the file is damaged: "
            "use an earlier checkpoint."
        )


def all_finite(state: Mapping[str, Tensor]) -> bool:
    """Whether every value is a finite number."""
    return all(bool(torch.isfinite(tensor).all()) for tensor in state.values() if tensor.is_floating_point())


def _problems(name: str, tensor: Tensor) -> Iterator[str]:
    """At most one: the first kind of broken value that is there."""
    if not tensor.is_floating_point():
        return
    negative = tensor < 0 if name.endswith("running_var") else torch.zeros((), dtype=torch.bool)
    for broken, one, many in (
        (tensor.isnan(), "is not a number", "are not numbers"),
        (tensor.isinf(), "is infinite", "are infinite"),
        (
            tensor.abs() > HUGE,
            f"is beyond {HUGE:.0e}, too large to compute with",
            f"are beyond {HUGE:.0e}, too large to compute with",
        ),
        (negative, "is negative, which no variance is", "are negative, which no variance is"),
    ):
        if count := int(broken.sum()):
            yield f"{count:,} value{'' if count == 1 else 's'} of {name} {one if count == 1 else many}"
            return
