"""held_bytes(): what a race keeps in memory while it rests."""

from __future__ import annotations

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.lab.recipe.arms import arm_config
from resnet_core.lab.runs.records import RunRequest

COPIES = 3  # weights, their gradients, and the optimiser's momentum
FLOAT_BYTES = 4


def held_bytes(request: RunRequest) -> int:
    """Bytes of all its networks with gradients and momentum. The pictures come on top: 0.5 MB of digits."""
    specs = (arm_config(request.config, arm).spec() for arm in request.arms)
    return COPIES * FLOAT_BYTES * sum(walk_spec(spec).total_params for spec in specs)
