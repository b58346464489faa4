"""From a run's metrics to tables that can be drawn, and to a sentence that says what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from resnet_core.lab.metrics import EpochMetrics, StepMetrics

Metrics = StepMetrics | EpochMetrics

SMOOTHING = 0.12  # weight of the newest step in the smoothed loss
ALIKE = 1.5  # losses closer than this factor are called alike
STUCK = 0.8  # a loss above this share of its start has hardly moved


def step_curves(metrics: Iterable[Metrics], points: int = 200) -> pd.DataFrame:
    """One row per arm and step: arm, step, loss, error and the exponentially smoothed loss.

    Args:
        points: at most so many rows per arm, evenly spread, the last step always among them.
    """
    rows = [(m.arm, m.step, m.loss, m.error) for m in metrics if isinstance(m, StepMetrics)]
    frame = pd.DataFrame(rows, columns=["arm", "step", "loss", "error"])
    frame["smoothed_loss"] = frame.groupby("arm", sort=False)["loss"].transform(
        lambda loss: loss.ewm(alpha=SMOOTHING).mean()
    )
    thinned = [arm.iloc[_spread(len(arm), points)] for _, arm in frame.groupby("arm", sort=False)]
    return pd.concat(thinned, ignore_index=True) if thinned else frame


def epoch_curves(metrics: Iterable[Metrics]) -> pd.DataFrame:
    """One row per arm and epoch: arm, step, training and validation error, 0 to 1."""
    rows = [(m.arm, m.step, m.train_error, m.validation_error) for m in metrics if isinstance(m, EpochMetrics)]
    return pd.DataFrame(rows, columns=["arm", "step", "train_error", "validation_error"])


def gradient_norms(metrics: Iterable[Metrics], arm: str) -> pd.DataFrame:
    """Gradient norm of each block (rows, first block first) at the end of each epoch (columns, by step)."""
    norms = {m.step: m.gradient_norms for m in metrics if isinstance(m, EpochMetrics) and m.arm == arm}
    return pd.DataFrame(norms)


def describe_race(metrics: Sequence[Metrics]) -> str:
    """What the curves show so far, in plain words. Every word depends on the numbers."""
    steps = step_curves(metrics, points=10**9)
    if steps.empty:
        return "Nothing has been trained yet."
    step = int(steps.groupby("arm", sort=False)["step"].max().min())
    losses = {str(arm): float(rows["smoothed_loss"].iloc[-1]) for arm, rows in steps.groupby("arm", sort=False)}
    best, worst = min(losses, key=losses.__getitem__), max(losses, key=losses.__getitem__)
    first = (
        f"After {step} step{'' if step == 1 else 's'} the {_spoken(best)} network's training loss is {losses[best]:.3g}"
    )
    if best == worst:
        return f"{first}."
    ratio = losses[worst] / max(losses[best], 1e-12)
    first += f", the {_spoken(worst)} one's {losses[worst]:.3g}"
    if ratio < ALIKE:
        return f"{first}: they train alike so far."
    sentences = [f"{first}: {ratio:.3g} times as high."]
    start = float(steps.loc[steps["arm"] == worst, "loss"].iloc[0])
    if losses[worst] > STUCK * start:
        sentences.append(f"The {_spoken(worst)} network has hardly moved: it began at {start:.3g}.")
    errors = epoch_curves(metrics)
    if not errors.empty:
        seen = {str(arm): float(rows["validation_error"].iloc[-1]) for arm, rows in errors.groupby("arm", sort=False)}
        named = ", ".join(f"{_spoken(arm)} {share * 100:.1f} %" for arm, share in seen.items())
        sentences.append(f"Wrong on pictures that neither has trained on: {named}.")
    return " ".join(sentences)


def _spoken(arm: str) -> str:
    return {"residual_b": "residual (option B)"}.get(arm, arm)


def _spread(count: int, points: int) -> list[int]:
    if count <= points:
        return list(range(count))
    return sorted({round(index * (count - 1) / (points - 1)) for index in range(points)})
