"""The view of the addition itself: which share of the gradient takes the 1."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import resnet_core as rc
from pages._layout import chart, percent, theme_name
from pages.theory.measuring import ask, experiment, measured, numbers, rest, verdict

if TYPE_CHECKING:
    from resnet_core.lab.theory.addition_shares import AdditionShares
    from resnet_core.lab.theory.start import Progress

SAMPLE, WEIGHTS = "airplane", "cifar_resnet56"


def show_addition() -> None:
    """The gradient's two parts at each addition."""
    with experiment("addition"):
        options = ("under a third", "about half", "over two thirds")
        guess = ask(
            "addition", "Of a trained network's gradient, the shortcut of the median block brings back", options
        )
        found = measured("addition", _shares, guess, "a moment")
        if found is not None and guess is not None:
            from resnet_core.figures.photo.block_parts import block_name

            shares = [one.identity_share for one in found.trained]
            middle, least = median(shares), min(found.trained, key=lambda one: one.identity_share)
            answer = options[0] if middle < 1 / 3 else options[1] if middle < 2 / 3 else options[2]
            sentence = (
                f"The median block's shortcut brings back {percent(middle, 0)} of its gradient, "
                f"that of {block_name(least.path)} the least: {percent(least.identity_share, 0)}."
            )
            verdict(guess, answer, sentence)
            chart(rc.figures.identity_share_figure(found.trained, found.fresh, theme_name()), "shares", sentence)
            numbers(found, "addition_shares")
    rest("addition", rc.block_flow)


def _shares(progress: Progress) -> AdditionShares:
    from resnet_core.inference.samples import load_sample

    return rc.theory.addition_shares(WEIGHTS, load_sample(SAMPLE), progress)
