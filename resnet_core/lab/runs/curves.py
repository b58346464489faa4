"""From a run's metrics to tables that can be drawn, and to a sentence that says what they show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

Metrics = StepMetrics | EpochMetrics

SMOOTHING = 0.12  # weight of the newest step in the smoothed loss
ALIKE = 1.5  # losses closer than this factor are called alike
STUCK = 0.8  # a loss above this share of its start has hardly moved
SPOKEN = {
    "residual_b": "residual (projections)", "preact": "pre-activated residual", "detached": "detached residual",
    "copy": "plain begun as a copy",
}  # fmt: skip


def step_curves(metrics: Iterable[Metrics], points: int = 200) -> pd.DataFrame:
    """One row per arm and step whose loss is finite: arm, step, loss, error and the exponentially smoothed loss.

    Args:
        points: at most so many rows per arm, evenly spread, the last step always among them.
    """
    rows = [(m.arm, m.step, m.loss, m.error) for m in metrics if isinstance(m, StepMetrics) and math.isfinite(m.loss)]
    frame = pd.DataFrame(rows, columns=["arm", "step", "loss", "error"])
    frame["smoothed_loss"] = frame.groupby("arm", sort=False)["loss"].transform(
        lambda loss: loss.ewm(alpha=SMOOTHING).mean()
    )
    thinned = [arm.iloc[spread(len(arm), points)] for _, arm in frame.groupby("arm", sort=False)]
    return pd.concat(thinned, ignore_index=True) if thinned else frame


def epoch_curves(metrics: Iterable[Metrics]) -> pd.DataFrame:
    """One row per arm and epoch: arm, step, training and validation error, 0 to 1."""
    rows = [(m.arm, m.step, m.train_error, m.validation_error) for m in metrics if isinstance(m, EpochMetrics)]
    return pd.DataFrame(rows, columns=["arm", "step", "train_error", "validation_error"])


def gradient_norms(metrics: Iterable[Metrics], arm: str) -> pd.DataFrame:
    """Gradient norm of each block (rows, first block first) at the end of each epoch (columns, by step).

    Column 0 is the gradient with which training begins: that of the first batch, before a weight has changed.
    """
    own = [m for m in metrics if m.arm == arm]
    columns = {m.step - 1: m.gradient_norms for m in own if isinstance(m, StepMetrics) and m.step == 1}
    columns |= {m.step: m.gradient_norms for m in own if isinstance(m, EpochMetrics)}
    return pd.DataFrame({step: norms for step, norms in columns.items() if norms})


def describe_start(metrics: Iterable[Metrics]) -> str:
    """How much larger the gradient is at the input than at the output before the first step; "" where not measured."""
    ends = {m.arm: m.end_norms for m in metrics if isinstance(m, StepMetrics) and m.end_norms}
    ratios = {arm: first / last for arm, (first, last) in ends.items() if last > 0}
    if not ratios:
        return ""
    (arm, ratio), *others = ratios.items()
    rest = "".join(f", the {spoken(other)} one's {_times(value)}" for other, value in others)
    return (
        f"Before the first step the {spoken(arm)} network's gradient is {_times(ratio)} as large in the first "
        f"convolution as in the last{rest}."
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 9.95 else f"{ratio:.1f} times"


def final_losses(metrics: Iterable[Metrics]) -> dict[str, float]:
    """The smoothed training loss of each arm at its last step; NaN for one whose loss stopped being finite."""
    metrics = list(metrics)
    curves = step_curves(metrics, points=2)
    losses = {str(arm): float(rows["smoothed_loss"].iloc[-1]) for arm, rows in curves.groupby("arm", sort=False)}
    return losses | dict.fromkeys(diverged_arms(metrics), math.nan)


def diverged_arms(metrics: Iterable[Metrics]) -> dict[str, int]:
    """Each arm whose loss stopped being finite, with the step at which it did."""
    return {m.arm: m.step for m in metrics if isinstance(m, StepMetrics) and m.stop_reason}


def final_errors(metrics: Iterable[Metrics]) -> dict[str, float]:
    """The share of unseen pictures that each arm answered wrongly after its last epoch, 0 to 1."""
    return {m.arm: m.validation_error for m in metrics if isinstance(m, EpochMetrics)}


def describe_race(metrics: Sequence[Metrics], *, going: bool = False) -> str:
    """What the curves show, in plain words: wrong answers first, for a ratio of losses grows without limit.

    Args:
        going: whether the race still runs, so that what is said holds so far only.
    """
    losses = {arm: loss for arm, loss in final_losses(metrics).items() if not math.isnan(loss)}
    sentences = [
        f"The {spoken(arm)} network diverged: since step {step} its loss is no finite number, and its curve ends there."
        for arm, step in diverged_arms(metrics).items()
    ]
    if losses:
        step = min(max(m.step for m in metrics if m.arm == arm) for arm in losses)
        sentences += [*_wrong_answers(losses, metrics), *_compare(step, losses, metrics, going)]
    return " ".join(sentences) or "Nothing has been trained yet."


def _wrong_answers(arms: Iterable[str], metrics: Sequence[Metrics]) -> list[str]:
    errors = {arm: error for arm, error in final_errors(metrics).items() if arm in arms}
    if not errors:
        return []
    step = max(m.step for m in metrics if isinstance(m, EpochMetrics))
    named = ", ".join(f"{spoken(arm)} {errors[arm] * 100:.1f} %" for arm in sorted(errors, key=errors.__getitem__))
    return [f"Wrong answers on pictures that no network has trained on, at step {step}: {named}."]


def _compare(step: int, losses: Mapping[str, float], metrics: Sequence[Metrics], going: bool) -> list[str]:
    """Sentences about the arms that still learn: who is ahead, by how much, and who stands still."""
    best, *others = sorted(losses, key=losses.__getitem__)
    steps = f"After {step} step{'' if step == 1 else 's'}"
    first = f"{steps} the {spoken(best)} network's training loss is {losses[best]:.3g}"
    if not others:
        return [f"{first}."]
    worst = others[-1]
    ratio = losses[worst] / max(losses[best], 1e-12)
    first += "".join(f", the {spoken(arm)} one's {losses[arm]:.3g}" for arm in others)
    if ratio < ALIKE:
        return [f"{first}: they train alike{' so far' if going else ''}."]
    sentences = [f"{first}: {ratio:.3g} times {'the least' if len(others) > 1 else 'as high'}."]
    start = next(m.loss for m in metrics if isinstance(m, StepMetrics) and m.arm == worst)
    if losses[worst] > STUCK * start:
        sentences.append(f"The {spoken(worst)} network has hardly moved: it began at {start:.3g}.")
    return sentences


def spoken(arm: str) -> str:
    """An arm's name in a sentence."""
    return SPOKEN.get(arm, arm)


def spread(count: int, points: int) -> list[int]:
    """Indices of at most so many of `count` rows, evenly spread, the first and the last among them."""
    if count <= points:
        return list(range(count))
    return sorted({round(index * (count - 1) / (points - 1)) for index in range(points)})
