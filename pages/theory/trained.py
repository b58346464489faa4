"""Views of trained networks: grown ones, and the paths of a gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import chart, drawing, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.theory.measuring import ask, choose_seed, experiment, measured, numbers, rest, settings_row, verdict

if TYPE_CHECKING:
    from resnet_core.lab.theory.growing import Grown
    from resnet_core.lab.theory.start import Progress

KEPT = 5.0  # percentage points worse than its control: more has left what it knew
SAMPLES = ("airplane", "car", "ship", "cat")


def show_growing() -> None:
    """Networks that grew by blocks that copy, and trained on."""
    with experiment("growing"):
        options = ("both", "only the residual one", "only the plain one", "neither")
        question = "Both get 18 blocks that copy their input, and train on for 40 steps. Which keeps what it knew?"
        guess = ask("growing", question, options)
        row = settings_row()
        with row:
            seed = choose_seed()
        found = measured(
            f"growing {seed}",
            lambda progress: rc.theory.growing(seed=seed, progress=progress),
            guess,
            "some 15 seconds",
            row=row,
            empty=False,
        )
        if found is not None and guess is not None:
            plain, residual = (found.network(arm) for arm in ("plain", "residual"))
            keeps = tuple(one.error_after < one.control_error + KEPT for one in (residual, plain))
            answer = options[{(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[keeps]]
            changed = max(plain.difference, residual.difference)
            sentence = f"Growing changed the logits by {changed:.2g} at most. {_told(plain)}. {_told(residual)}."
            verdict(guess, answer, sentence)
            chart(rc.figures.growing_figure(found, theme_name()), "growth", sentence)
            numbers(found, "growing")
        drawing(rc.figures.function_classes_drawing(theme_name()), "classes")
        prose("why_classes")
    rest("growing", rc.theory.growing, rc.theory.grow, seed=seed)


def _told(one: Grown) -> str:
    return (
        f"{one.arm.capitalize()}: {one.error_before:.1f} % wrong when it had grown, {one.error_after:.1f} % after "
        f"40 more steps, where not grown {one.control_error:.1f} %"
    )


def show_paths() -> None:
    """The gradient by the number of branches on its paths."""
    with experiment("paths"):
        options = ("about 6", "about 14", "about 27")
        guess = ask("paths", "Of 27 branches, how many does the gradient go through, on average?", options)
        asked = asked_in_vain(picture=SAMPLES)
        sample = st.segmented_control(
            "Picture", SAMPLES, default=SAMPLES[0], key="picture", bind="query-params", required=True
        )
        say_in_vain(asked)
        found = measured(f"gradient_paths {sample}", lambda progress: _paths(sample, progress), guess, "under a second")
        if found is not None and guess is not None:
            answer = min(options, key=lambda option: abs(int(option.split()[1]) - found.mean))
            low, high = found.between(0.95)
            sentence = (
                f"All {sum(found.counts):,} paths together give autograd's gradient (up to {found.error:.0e}). "
                f"On average {found.mean:.1f} branches; 95 % of the gradient takes {low} to {high}."
            )
            verdict(guess, answer, sentence)
            chart(rc.figures.paths_figure(found, theme_name()), "paths", sentence)
            numbers(found, "gradient_paths")
    rest("paths", rc.theory.gradient_paths, sample=sample)


def _paths(sample: str, progress: Progress) -> object:
    from resnet_core.inference.samples import load_sample

    return rc.theory.gradient_paths("cifar_resnet56", load_sample(sample), progress=progress)
