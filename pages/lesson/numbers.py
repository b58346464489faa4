"""The numbers that the lesson expects: from recorded data, the papers' tables and the package, as they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any, TypedDict

import resnet_core as rc
from resnet_core.data import data_folder

if TYPE_CHECKING:
    from resnet_core.anatomy.exercises.exercise import Exercise
    from resnet_core.lab.runs.recorded import RecordedRun

RECORDED = data_folder("races.json")
EARLY = 5  # passes over the data after which the lesson asks how it will end
TICKET = ("resnet34", 3)  # network and set of the exit ticket's question
Points = Sequence[Sequence[float]]


class Recorded(TypedDict):
    """What `tools/record_lesson.py` has measured.

    races: race -> arm -> [step, wrong answers in percent] at the end of each pass, with seed 0.
    ends: race -> arm -> wrong answers in percent at the end, with each seed.
    forgetting: kind -> wrong answers of a probe behind each block, in percent.
    shares: network -> share of the gradient through each shortcut, 0 to 1.
    detached: gradients of the listing, as published and mended.
    """

    races: Mapping[str, Mapping[str, Points]]
    ends: Mapping[str, Mapping[str, Sequence[float]]]
    forgetting: Mapping[str, Sequence[float]]
    shares: Mapping[str, Sequence[float]]
    detached: Mapping[str, float]


@cache
def recorded() -> Recorded:
    """The recorded measurements."""
    found: Recorded = json.loads(RECORDED.read_text("utf-8"))
    return found


@cache
def numbers() -> Mapping[str, str]:
    """Every number of the lesson's texts, by its name in them."""
    return _trainings() | _races() | _measured() | _lesions() | _counts() | _printed()


@cache
def ticket() -> tuple[Exercise, rc.LayerCall]:
    """The exit ticket's question as its page asks it, and the convolution that it is about."""
    from resnet_core.anatomy.exercises.layers import make_exercises

    network, number = TICKET
    walked = rc.walk_spec(rc.get_spec(network), (1, 3, 224, 224))
    exercise = make_exercises(walked, number)[0]
    return exercise, next(call for call in walked.calls if call.path == exercise.question.split()[0])


@cache
def lesson_runs() -> Mapping[str, RecordedRun]:
    """The recorded trainings, as "plain20", "plain56", "resnet20", "resnet56"."""
    from resnet_core.lab.runs.recorded import recorded_runs

    return {name.removeprefix("cifar_"): run for name, run in recorded_runs().items()}


def _trainings() -> dict[str, str]:
    runs = lesson_runs()
    last = {name: run.epochs[-1] for name, run in runs.items()}
    return {
        "epochs": str(len(runs["plain56"].epochs)),
        **{f"train_{name}": f"{epoch.train_error * 100:.1f}" for name, epoch in last.items()},
        **{f"test_{name}": f"{epoch.validation_error * 100:.1f}" for name, epoch in last.items()},
    }


def _races() -> dict[str, str]:
    """Of 100 new digits those answered wrongly at the end of a race: "deep_plain" in the middle one of all seeds,
    "deep_plain_range" as "58 to 77".
    """
    found = {f"{race}_{arm}": sorted(wrong) for race, arms in recorded()["ends"].items() for arm, wrong in arms.items()}
    count = len(found["deep_plain"])
    races = {"races": "a recorded race" if count == 1 else f"{count} recorded races with different first weights"}
    middles = {name: _wrong(median(wrong)) for name, wrong in found.items()}
    return (
        races
        | middles
        | {f"{name}_range": _range(_wrong(wrong[0]), _wrong(wrong[-1])) for name, wrong in found.items()}
    )


def _wrong(share: float) -> str:
    """Whole where they are many, with a decimal where they are few."""
    return f"{share:.0f}" if share > 10 else f"{share:.1f}"


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def _measured() -> dict[str, str]:
    found = recorded()
    plain, residual = (found["forgetting"][kind] for kind in ("plain", "residual"))
    detached, shares = found["detached"], found["shares"]
    return {
        "forget_plain_9": f"{plain[8]:.0f}", "forget_plain_end": f"{plain[-1]:.0f}",
        "forget_residual_end": f"{residual[-1]:.0f}",
        "share_middle": f"{100 * shares['cifar_resnet56'][13]:.0f}",
        "share_last20": f"{100 * shares['cifar_resnet20'][-1]:.0f}",
        "cut": f"{detached['cut']:g}", "whole": f"{detached['whole']:g}",
        "first_cut": f"{detached['first_cut']:.3g}", "first_whole": f"{detached['first_whole']:.3g}",
    }  # fmt: skip


@cache
def lesion_costs() -> tuple[float, ...]:
    """What each block of the network of 56 layers is worth, in points of wrong answers; read without PyTorch."""
    found = _recorded_lesions()
    rows = (one for one in found["lesions"] if one["instead"] == "nothing")
    return tuple(100 * (one["wrong"] - found["wrong"]) / found["pictures"] for one in rows)


def _recorded_lesions() -> Any:
    return json.loads((data_folder("theory") / "lesions_cifar_resnet56.json").read_text("utf-8"))


def _lesions() -> dict[str, str]:
    found, costs = _recorded_lesions(), lesion_costs()
    return {
        "lesion_pictures": f"{found['pictures']:,}", "lesion_whole": f"{100 * found['wrong'] / found['pictures']:.1f}",
        "lesion_first": f"{costs[0]:.1f}", "lesion_last": f"{costs[-1]:.1f}", "lesion_median": f"{median(costs):.1f}",
    }  # fmt: skip


def _counts() -> dict[str, str]:
    plain, projected = (_params(name) for name in ("plain34", "resnet34"))
    squeezed, same_width = rc.compare_bottleneck(), rc.compare_bottleneck(width=256)
    return {
        "plain34": f"{plain:,}", "projections": f"{projected - plain:,}",
        "basic": f"{squeezed.basic_params:,}", "bottleneck": f"{squeezed.bottleneck_params:,}",
        "bottleneck_share": f"{100 * squeezed.share:.1f}", "unsqueezed": f"{same_width.bottleneck_params:,}",
    }  # fmt: skip


def _params(name: str) -> int:
    return rc.walk_spec(rc.get_spec(name), (1, 3, 224, 224)).total_params


def _printed() -> dict[str, str]:
    from resnet_core.anatomy.papers.published import TABLE_6

    exercise, call = ticket()
    side, stride, padding = (size[0] for size in (call.kernel_size, call.stride, call.padding) if size)
    return {
        "deepest": f"{TABLE_6[-1].top1:g}", "second": f"{TABLE_6[-2].top1:g}",
        "ticket_in": " × ".join(map(str, call.input_shape[1:])), "ticket_filters": str(call.output_shape[1]),
        "ticket_how": f"{side}×{side}, stride {stride}, padding {padding}", "ticket_worked": exercise.worked,
    }  # fmt: skip
