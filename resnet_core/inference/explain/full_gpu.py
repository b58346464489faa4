"""survive_full_gpu(): an explanation that does not fit into the GPU's memory is made on the CPU, or refused clearly."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

from resnet_core.errors import QueueFullError
from resnet_core.inference.classifier import Classifier

Given = ParamSpec("Given")
Result = TypeVar("Result")

NO_MEMORY = (
    "The GPU has no memory left to look into this network. Try again when others are done, take a smaller network, or "
    'run it on the CPU (device="cpu").'
)


def survive_full_gpu(explain: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorate a function that looks into a classifier or a network.

    A classifier whose GPU is full moves to the CPU for good, as after a prediction, says so in `engine.note`, and the
    function runs again there. A bare network stays where it is.

    The decorated function raises:
        QueueFullError: if it runs out of a GPU's memory and there is no CPU to turn to.
    """

    @wraps(explain)
    def explained(*given: Given.args, **named: Given.kwargs) -> Result:
        try:
            return explain(*given, **named)
        except torch.OutOfMemoryError as error:
            owner = next((one for one in (*given, *named.values()) if isinstance(one, Classifier)), None)
            if owner is None:
                raise QueueFullError(NO_MEMORY) from error
        owner.engine.move_to_cpu()  # only here: what failed holds memory until its error is gone
        try:
            return explain(*given, **named)
        except torch.OutOfMemoryError as error:
            raise QueueFullError(NO_MEMORY) from error

    return explained
