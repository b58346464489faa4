"""judge(): how close a guess about a race came: of 100 unseen pictures, how many one network gets wrong."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.lab.runs.curves import Metrics, diverged_arms, final_errors, spoken

CLOSE = 5.0  # of 100: other first weights move a plain network's errors by as much


def judge(guess: float, arm: str, metrics: Sequence[Metrics]) -> str:
    """A guess beside the measurement, and what the other networks of the race got wrong.

    Args:
        guess: of 100 unseen pictures, how many `arm` gets wrong after its last epoch.
    """
    said = f"You said {guess:g} of 100."
    lost = diverged_arms(metrics)
    wrong = {one: error * 100 for one, error in final_errors(metrics).items() if one not in lost}
    if arm in lost:
        return " ".join([f"{said} The {spoken(arm)} network diverged: it answers nothing.", *_others(arm, wrong)])
    if arm not in wrong:
        return f"{said} Nobody knows: the race ended before unseen pictures were tried."
    off = guess - wrong[arm]
    how = "that is close" if abs(off) <= CLOSE else f"{abs(off):.0f} {'fewer' if off > 0 else 'more'} than you said"
    measured = f"The {spoken(arm)} network got **{wrong[arm]:.1f} of 100** unseen pictures wrong: {how}."
    return " ".join([said, measured, *_others(arm, wrong)])


def _others(arm: str, wrong: dict[str, float]) -> list[str]:
    """What the other networks got wrong, as a sentence, if there are any."""
    others = [f"the {spoken(one)} network {error:.1f}" for one, error in wrong.items() if one != arm]
    return [f"In the same race: {', '.join(others)}."] if others else []
