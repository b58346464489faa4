"""Views of how far a picture comes: gradients by layer, what a probe still reads, gradients that are noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import chart, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.theory.measuring import (
    MEASURED,
    ask,
    awaits,
    choose_seed,
    experiment,
    measured,
    numbers,
    rest,
    settings_row,
    verdict,
)
from resnet_core.anatomy.counting.signs import with_minus

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from resnet_core.lab.theory.forgetting import Forgetting
    from resnet_core.lab.theory.start import Progress

DEPTHS = (8, 20, 56, 110)
PROBED = ("untrained", "trained, 20 layers", "trained, 56 layers")
CHANGED = 5.0  # percentage points
FADES, GROWS = 1 / 3, 3.0  # first gradient over last one: within, it "stays"


def _setting() -> tuple[int, int, DeltaGenerator]:
    """Depth and seed, in a row, and the row."""
    asked = asked_in_vain(depth=DEPTHS)
    row = settings_row()
    with row:
        depth = st.select_slider("Layers", DEPTHS, 56, key="depth", bind="query-params", width=200)
        seed = choose_seed()
    say_in_vain(asked)
    return depth, seed, row


def show_gradients() -> None:
    """How large a gradient reaches each layer before the first step."""
    with experiment("gradients"):
        options = ("it fades", "it stays", "it explodes")
        guess = ask("gradients", "A plain network's gradient, with batch norm, on its way to the first layer:", options)
        depth, seed, row = _setting()
        grid = measured(
            f"gradient_grid {seed}", lambda progress: rc.theory.gradient_grid(seed=seed, progress=progress), guess,
            "some 3 seconds", row=row,
        )  # fmt: skip
        if grid is not None and guess is not None:
            flows = {arm: grid.flow(arm, depth) for arm in ("plain", "residual", "detached")}
            ratio = flows["plain"].ratio
            answer = options[0] if ratio < FADES else options[2] if ratio > GROWS else options[1]
            sentence = ", ".join(f"{arm} {_factor(flow.ratio)}" for arm, flow in flows.items())
            sentence = f"First convolution's gradient over the last one's, at {depth} layers: {sentence}."
            verdict(guess, answer, sentence)
            batch_norm = st.toggle("Batch norm", value=True, key="batch_norm", bind="query-params")
            norm = "batch" if batch_norm else "none"
            chart(rc.figures.gradient_flow_figure(grid, depth, norm, theme_name()), "flow", sentence)
            numbers(grid, "gradient_grid")
    norm = "batch" if st.session_state.get("batch_norm", True) else "none"
    rest("gradients", rc.theory.gradient_grid, seed=seed, depth=depth, norm=norm)


def _factor(ratio: float) -> str:
    """ "2,431 times", "1/8,300"."""
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times" if ratio > 0.1 else f"1/{1 / ratio:,.0f}"


def show_forgetting() -> None:
    """How deep a network still knows what it saw: untrained on digits, or trained on photos."""
    asked = asked_in_vain(probed=PROBED)
    networks = st.segmented_control(
        "Networks", PROBED, default=PROBED[0], key="probed", bind="query-params", required=True
    )
    say_in_vain(asked)
    if networks == PROBED[0]:
        _show_untrained()
    else:
        _show_trained(networks)


def _show_trained(networks: str) -> None:
    """What training makes of it, recorded."""
    with experiment("forgetting_trained"):
        options = ("more and more often", "as often as before", "less and less often")
        guess = ask("forgetting_trained", "Block by block through a trained plain network, the probe is wrong", options)
        if guess is None:
            awaits(MEASURED)
        else:
            from resnet_core.lab.theory.experiments import Several

            every, depth = rc.theory.recorded_trained_forgetting(), networks.split()[1]
            lines = {"plain": every[f"cifar_plain{depth}"], "residual": every[f"cifar_resnet{depth}"]}
            first, last = (lines["plain"].errors[at] for at in (0, -1))
            answer = options[0] if last > first + CHANGED else options[1] if last > first - CHANGED else options[2]
            told = [f"{kind} network {one.errors[0]:.0f} %, {one.errors[-1]:.0f} %" for kind, one in lines.items()]
            sentence = f"Wrong behind the first and the last block: {'; '.join(told)}; guessing has 90 %."
            verdict(guess, answer, sentence)
            chart(rc.figures.forgetting_figure(lines, theme_name()), "probes", sentence)
            numbers(Several(results=every), "trained_forgetting")
    rest("forgetting_trained", rc.theory.trained_forgetting, depth=int(networks.split()[1]))


def _show_untrained() -> None:
    with experiment("forgetting"):
        options = ("nearly all", "about half", "hardly any")
        guess = ask("forgetting", "Behind a plain network's last block, a probe reads of unseen digits", options)
        depth, seed, row = _setting()
        found = measured(
            f"forgetting {depth} {seed}",
            lambda progress: _both(depth, seed, progress),
            guess,
            "a second or two",
            row=row,
        )
        if found is not None and guess is not None:
            plain, residual = (found.results[kind].errors[-1] for kind in ("plain", "residual"))
            answer = options[0] if plain < 25 else options[1] if plain < 65 else options[2]
            sentence = f"Wrong: plain network {plain:.0f} %, residual network {residual:.0f} %; guessing has 90 %."
            verdict(guess, answer, sentence)
            chart(rc.figures.forgetting_figure(found.results, theme_name()), "probes", sentence)
            numbers(found, "forgetting")
    rest("forgetting", rc.theory.forgetting, seed=seed, depth=depth)


def _both(depth: int, seed: int, progress: Progress) -> object:
    from resnet_core.lab.theory.experiments import Several
    from resnet_core.lab.theory.start import untrained

    def one(kind: str, done: float) -> Forgetting:
        model = untrained(kind, depth, seed=seed)
        return rc.theory.forgetting(model, progress=lambda share: progress(done + share / 2))

    return Several(results={"plain": one("plain", 0.0), "residual": one("residual", 0.5)})


def show_noise() -> None:
    """Whether nearby inputs have similar gradients."""
    with experiment("noise"):
        options = ("nearly the same", "somewhat alike", "not at all")
        guess = ask("noise", "Two points a 255th of the way apart: a plain network's gradients there are", options)
        depth, seed, row = _setting()
        found = measured(
            f"shattering {seed}",
            lambda progress: rc.theory.shattering(seed=seed, progress=progress),
            guess,
            "some 2 seconds",
            row=row,
        )
        if found is not None and guess is not None:
            plain, residual = (found.network(kind, depth).neighbours for kind in ("plain", "residual"))
            answer = options[0] if plain > 0.7 else options[1] if plain > 0.2 else options[2]
            told = with_minus(f"plain {plain:.2f}, residual {residual:.2f}")
            sentence = f"Correlation between neighbours at {depth} layers: {told}."
            verdict(guess, answer, sentence)
            chart(rc.figures.shattering_figure(found, depth, theme_name()), "noise", sentence)
            numbers(found, "shattering")
    rest("noise", rc.theory.shattering, seed=seed, depth=depth)
