"""judge(): whether a guess about a race was right, by wrong answers on unseen pictures and by training loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from resnet_core.lab.runs.curves import ALIKE, Metrics, diverged_arms, final_errors, final_losses, spoken

NO_DIFFERENCE = "no difference"
ALIKE_POINTS = 2.0  # errors closer than so many percentage points are called alike: 6 of the 297 digits that are unseen


def judge(guess: str, metrics: Sequence[Metrics]) -> str:
    """One or two sentences on a guess: the name of an arm, or "no difference".

    Wrong answers decide; the loss is told beside them. A network that diverged comes last. Before the first look at
    unseen pictures the loss has to decide alone.
    """
    losses = final_losses(metrics)
    lost = dict.fromkeys(diverged_arms(metrics), 1.0)
    errors = final_errors(metrics) | lost
    if len(losses) < 2:
        return ""
    said = f"You said {NO_DIFFERENCE if guess == NO_DIFFERENCE else spoken(guess)}"
    by_loss, loss_words = _by_loss(losses)
    if len(errors) < len(losses):
        return f"{said}. {_right(guess, by_loss)} by training loss: {loss_words}. No unseen picture was tried yet."
    by_error, error_words = _by_error(errors, lost)
    loss_says = "Training loss says the same" if by_loss == by_error else _other(by_loss)
    judged = f"{_right(guess, by_error)} by wrong answers on unseen pictures: {error_words}"
    return f"{said}. {judged}. {loss_says}: {loss_words}."


def winner(metrics: Sequence[Metrics]) -> str:
    """The arm that answers fewest unseen pictures wrongly, or "no difference"; "" before each has tried them."""
    lost = dict.fromkeys(diverged_arms(metrics), 1.0)
    errors = final_errors(metrics) | lost
    return _by_error(errors, lost)[0] if len(errors) > 1 else ""


def _right(guess: str, winner: str) -> str:
    return "That is right" if guess == winner else "That is not so"


def _by_error(errors: Mapping[str, float], lost: Mapping[str, float]) -> tuple[str, str]:
    """The arm that wins, or "no difference", and each arm's share of wrong answers."""
    best, second, *_ = sorted(errors, key=errors.__getitem__)
    gap = (errors[second] - errors[best]) * 100
    words = ", ".join(
        f"{spoken(arm)} {'diverged' if arm in lost else f'{errors[arm] * 100:.1f} %'}"
        for arm in sorted(errors, key=errors.__getitem__)
    )
    if gap < ALIKE_POINTS:
        return NO_DIFFERENCE, f"{words}, less than {ALIKE_POINTS:g} points apart"
    return best, words


def _by_loss(losses: Mapping[str, float]) -> tuple[str, str]:
    order = sorted(losses, key=lambda arm: math.inf if math.isnan(losses[arm]) else losses[arm])
    best, second, *_ = order
    words = ", ".join(
        f"{spoken(arm)} {'diverged' if math.isnan(losses[arm]) else f'{losses[arm]:.3g}'}" for arm in order
    )
    alike = not losses[second] / max(losses[best], 1e-12) >= ALIKE and not math.isnan(losses[second])
    return (NO_DIFFERENCE if alike else best), words


def _other(by_loss: str) -> str:
    return (
        "By training loss they are alike" if by_loss == NO_DIFFERENCE else f"By training loss {spoken(by_loss)} leads"
    )
