"""What recorded runs say about depth: does the deeper plain network train worse, and is the residual one the cure?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

import pandas as pd

from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import PAPER_CIFAR10
from resnet_core.lab.runs.recorded import RecordedRun

SHOWN = ("cifar_plain20", "cifar_resnet20", "cifar_plain56", "cifar_resnet56")  # of the paper's figure 6
ALIKE = 0.005  # errors closer than half a point are called alike: other seeds differ by as much
COMMAND = "python -m resnet_core train --model MODEL --data cifar10 --data-dir DIR --epochs 30"
# Fields of a recipe that change how a run goes, as a sentence names them.
SPOKEN = {
    "epochs": "epochs", "schedule": "learning-rate schedule", "lr": "learning rate", "batch_size": "batch",
    "nesterov": "Nesterov momentum", "momentum": "momentum", "weight_decay": "weight decay", "augment": "augmentation",
    "label_smoothing": "label smoothing", "optimizer": "optimiser", "init": "initialisation",
}  # fmt: skip


def missing_commands(runs: Iterable[RecordedRun]) -> dict[str, str]:
    """The models of the figure that are not among the runs, each with the command that trains it like the others."""
    runs = list(runs)
    pattern = runs[0].command if runs and "--model" in runs[0].command else COMMAND
    missing = [model for model in SHOWN if model not in {run.model for run in runs}]
    return {model: re.sub(r"(--model )\S+", rf"\g<1>{model}", pattern) for model in missing}


def depth_sentences(runs: Iterable[RecordedRun]) -> list[str]:
    """What the last epochs' training errors say, in plain words; each word depends on the numbers."""
    by_kind: dict[str, dict[int, RecordedRun]] = {"plain": {}, "residual": {}}
    for run in runs:
        by_kind[run.kind][run.layers] = run
    sentences = [_deeper(kind, networks) for kind, networks in by_kind.items()]
    deepest = max({*by_kind["plain"]} & {*by_kind["residual"]}, default=None)
    if deepest is not None:
        sentences.append(_side_by_side(by_kind["plain"][deepest], by_kind["residual"][deepest]))
    return [sentence for sentence in sentences if sentence]


def _deeper(kind: str, networks: Mapping[int, RecordedRun]) -> str:
    """The deepest network of a kind against the shallowest, in training error."""
    if not networks:
        return ""
    shallow, deep = networks[min(networks)], networks[max(networks)]
    if shallow is deep:
        return (
            f"Of the {kind} networks only the one with {deep.layers} layers is recorded, so that depth can't be judged."
        )
    if not comparable(shallow, deep):
        return f"The {kind} networks with {shallow.layers} and {deep.layers} layers had different recipes."
    less, more = shallow.epochs[-1].train_error, deep.epochs[-1].train_error
    said = (
        f"The {kind} network with {deep.layers} layers ends at a training error of {_percent(more)}, "
        f"the one with {shallow.layers} at {_percent(less)}"
    )
    if abs(more - less) < ALIKE:
        return f"{said}: depth makes no difference here that one seed could show."
    points = f"{abs(more - less) * 100:.1f} points"
    if kind == "plain":
        found = "The degradation shows" if more > less else "The degradation does not show"
        return f"{said}: {points} {'worse' if more > less else 'better'}. {found} in this recipe."
    return f"{said}: {points} {'worse' if more > less else 'better'}. Depth {'hurts' if more > less else 'helps'} it."


def _side_by_side(plain: RecordedRun, residual: RecordedRun) -> str:
    if not comparable(plain, residual):
        return ""
    ours, other = plain.epochs[-1].train_error, residual.epochs[-1].train_error
    said = f"At {plain.layers} layers the plain network's training error ends at {_percent(ours)}, "
    said += f"the residual one's at {_percent(other)}"
    if abs(ours - other) < ALIKE:
        return f"{said}: alike."
    return f"{said}: {abs(ours - other) * 100:.1f} points {'lower' if other < ours else 'higher'} with shortcuts."


def comparable(one: RecordedRun, other: RecordedRun) -> bool:
    """Whether two runs differ in their network alone."""
    changed = {f.name for f in fields(TrainConfig) if getattr(one.recipe, f.name) != getattr(other.recipe, f.name)}
    return changed <= {"model"}


def recipe_differences(run: RecordedRun, paper: TrainConfig = PAPER_CIFAR10) -> list[str]:
    """How a run's recipe differs from the paper's: "30 epochs, not 164", "weight decay 0.0005, not 0.0001"."""
    found = []
    for field, words in SPOKEN.items():
        ours, theirs = getattr(run.recipe, field, None), getattr(paper, field, None)
        if ours != theirs:
            number = field == "epochs"
            found.append(f"{ours} {words}, not {theirs}" if number else f"{words} {_word(ours)}, not {_word(theirs)}")
    return found


def beside_paper(runs: Iterable[RecordedRun], paper: Mapping[str, float]) -> pd.DataFrame:
    """One row per run, errors in percent: in training and test after the last epoch, and the paper's in test.

    Args:
        paper: model -> test error in percent, as printed or read off a figure.
    """
    rows = [
        {
            "network": run.title, "epochs": len(run.epochs), "training error": run.epochs[-1].train_error * 100,
            "test error": run.epochs[-1].validation_error * 100, "paper's test error": paper.get(run.model),
        }
        for run in runs
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", "-")
