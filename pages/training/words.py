"""How a race is spoken of on the page: who races, how far it is, how long something takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunSnapshot


def against(run: RunSnapshot) -> str:
    """ "plain against residual"."""
    from resnet_core.lab.runs.curves import spoken

    return " against ".join(spoken(arm) for arm in run.request.arms)


def how_far(run: RunSnapshot) -> str:
    """ "step 37 of 230, 3 watching", "place 2 in the queue", "paused at step 37"."""
    if run.place:
        return f"place {run.place} in the queue"
    if run.state == "paused":
        return f"paused at step {run.step}"
    watching = f", {run.visitors} watching" if run.visitors else ""
    return f"step {run.step} of {run.total_steps}{watching}" if run.total_steps else "loading its pictures"


def duration(seconds: float) -> str:
    """ "40 s", "3 minutes": as exact as an estimate may sound."""
    return f"{seconds / 60:.0f} minutes" if seconds > 120 else f"{max(seconds, 1):.0f} s"
