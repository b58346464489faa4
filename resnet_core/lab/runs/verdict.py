"""judge() and winner(): how close a guess about a race came, and who won it, by wrong answers on unseen pictures."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.lab.runs.curves import Metrics, diverged_arms, final_errors, spoken

NO_DIFFERENCE = "no difference"
ALIKE_POINTS = 2.0  # errors closer than so many percentage points are called alike: 6 of the 297 digits that are unseen
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


def winner(metrics: Sequence[Metrics]) -> str:
    """The arm that answers fewest unseen pictures wrongly, or "no difference"; "" before each has tried them.

    A network that diverged comes last.
    """
    errors = final_errors(metrics) | dict.fromkeys(diverged_arms(metrics), 1.0)
    if len(errors) < 2:
        return ""
    best, second, *_ = sorted(errors, key=errors.__getitem__)
    return NO_DIFFERENCE if (errors[second] - errors[best]) * 100 < ALIKE_POINTS else best


def _others(arm: str, wrong: dict[str, float]) -> list[str]:
    """What the other networks got wrong, as a sentence, if there are any."""
    others = [f"the {spoken(one)} network {error:.1f}" for one, error in wrong.items() if one != arm]
    return [f"In the same race: {', '.join(others)}."] if others else []
