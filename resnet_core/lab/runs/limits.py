"""BoardLimits: how much racing a server takes on."""

from __future__ import annotations

import os
from dataclasses import dataclass

from resnet_core.errors import InvalidSpecError

ABSENT_VARIABLE = "RESNET_RACE_ABSENT_S"


@dataclass(slots=True, kw_only=True)
class BoardLimits:
    """How much a server takes on.

    Attributes:
        workers: races that run at once; two cores have time for one.
        waiting: races that may wait for their turn.
        of_one: of these, races that one visitor may have under way or waiting, in several tabs.
        absent_s: a run that nobody has looked at for so long is paused.
        run_s: the longest that a run may compute.
        paused_s: the longest that a run may stand still between two steps.
        resting: runs that may stand still at once; the one that has rested longest ends for the next one.
        resting_bytes: what all of them may hold of memory, by `memory.held_bytes`.
    """

    workers: int = 1
    waiting: int = 12
    of_one: int = 3
    absent_s: float = 30.0
    run_s: float = 600.0
    paused_s: float = 3600.0
    resting: int = 12
    resting_bytes: int = 1 << 30


def server_limits() -> BoardLimits:
    """The limits of this server; `RESNET_RACE_ABSENT_S` in its environment says after how long absence pauses a race.

    Raises:
        InvalidSpecError: if that variable is no positive number.
    """
    limits = BoardLimits()
    text = os.environ.get(ABSENT_VARIABLE, "")
    if not text:
        return limits
    try:
        limits.absent_s = float(text)
    except ValueError:
        limits.absent_s = 0.0
    if not limits.absent_s > 0:
        raise InvalidSpecError(f"{ABSENT_VARIABLE}={text!r} does not work: give seconds, more than 0, or leave it out.")
    return limits
