"""EXPERIMENTS: the theory's experiments by name, each with the claim that it tests; for the command, bench and page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from resnet_core.errors import require
from resnet_core.inference.samples import load_sample
from resnet_core.lab.theory.first_steps import recorded_first_steps, recorded_table_1
from resnet_core.lab.theory.forgetting import Forgetting, forgetting
from resnet_core.lab.theory.gradient_grid import gradient_grid
from resnet_core.lab.theory.growing import growing
from resnet_core.lab.theory.lesions_here import digit_lesions
from resnet_core.lab.theory.paths import GradientPaths, gradient_paths
from resnet_core.lab.theory.record import recorded_lesions
from resnet_core.lab.theory.refutation import recorded_refutation
from resnet_core.lab.theory.sensitivity import sensitivity
from resnet_core.lab.theory.shattering import shattering
from resnet_core.lab.theory.start import Progress, nobody
from resnet_core.lab.theory.trained_forgetting import recorded_trained_forgetting


class Result(Protocol):
    """What each experiment returns: a frozen record that can be a table."""

    def to_frame(self) -> pd.DataFrame:
        """Its rows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment in its usual setting.

    Attributes:
        name: of the function in `rc.theory`.
        measures: in a sentence, what the numbers are.
        run: of a seed, and of what is told how far it is.
        seconds: of one core's time that it may take at 56 layers.
    """

    name: str
    measures: str
    run: Callable[[int, Progress], Result]
    seconds: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Results of one kind, by what they are of.

    Attributes:
        results: name -> result.
    """

    results: Mapping[str, Forgetting | GradientPaths]

    def to_frame(self) -> pd.DataFrame:
        """Their rows, one below the other, with the name before."""
        frames = {name: result.to_frame() for name, result in self.results.items()}
        return pd.concat(frames, names=["network"]).reset_index(level=0).reset_index(drop=True)


def _forget(seed: int, progress: Progress) -> Several:
    halves = {
        name: forgetting(name, seed=seed, progress=lambda share, at=at: progress((at + share) / 2))  # type: ignore[misc]
        for at, name in enumerate(("cifar_plain56", "cifar_resnet56"))
    }
    return Several(results=halves)


def _paths(_seed: int, progress: Progress) -> GradientPaths:
    return gradient_paths("cifar_resnet56", load_sample("airplane"), progress=progress)


EXPERIMENTS: dict[str, Experiment] = {
    one.name: one
    for one in (
        Experiment(
            name="growing",
            measures="Held-out errors and losses of trained networks that grew by blocks which copy, and trained on.",
            run=lambda seed, progress: growing(seed=seed, progress=progress),
            seconds=15.0,
        ),
        Experiment(
            name="gradient_grid",
            measures="Gradient of the first and the last convolution before step 1, by depth, network and norm.",
            run=lambda seed, progress: gradient_grid(seed=seed, progress=progress),
        ),
        Experiment(
            name="forgetting",
            measures="Errors in percent of a linear probe behind each block of two untrained networks.",
            run=_forget,
        ),
        Experiment(
            name="trained_forgetting",
            measures="Errors in percent of a linear probe behind each block of trained CIFAR-10 networks: recorded.",
            run=lambda _seed, _progress: Several(results=recorded_trained_forgetting()),
        ),
        Experiment(
            name="shattering",
            measures="Autocorrelation of the gradient along a line between two pictures, by depth and network.",
            run=lambda seed, progress: shattering(seed=seed, progress=progress),
        ),
        Experiment(
            name="gradient_paths",
            measures="Shares of the gradient of the bundled 56-layer network by the number of branches on its paths.",
            run=_paths,
        ),
        Experiment(
            name="lesions",
            measures="Wrong answers of 1,000 when a block's branch is replaced: recorded, with the bundled network.",
            run=lambda _seed, _progress: recorded_lesions(),
        ),
        Experiment(
            name="digit_lesions",
            measures="Wrong answers of 297 digits when a block's branch is replaced, in a network trained now.",
            run=lambda seed, progress: digit_lesions(seed, progress),
        ),
        Experiment(
            name="refutation",
            measures="Training loss after 120 steps with thirteen ways to train: recorded, at 56 layers.",
            run=lambda _seed, _progress: recorded_refutation(),
        ),
        Experiment(
            name="first_steps",
            measures="Loss of GoogLeNet, a residual network and its plain twin after 40 steps on digits: recorded.",
            run=lambda _seed, _progress: recorded_first_steps(),
        ),
        Experiment(
            name="table_1",
            measures="Loss and wrong answers of the paper's five networks after 40 steps on digits: recorded.",
            run=lambda _seed, _progress: recorded_table_1(),
        ),
        Experiment(
            name="sensitivity",
            measures="Descents of one weight that is to map 5 to 5.1, as a plain and as a residual layer.",
            run=lambda _seed, _progress: sensitivity(),
        ),
    )
}


def run_experiment(name: str, seed: int = 0, progress: Progress = nobody) -> Any:
    """One of EXPERIMENTS in its usual setting.

    Raises:
        InvalidSpecError: for a name that there is not.
    """
    require(name in EXPERIMENTS, "name", name, f"one of {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name].run(seed, progress)
