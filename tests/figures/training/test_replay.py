"""The replay of recorded runs: two panels on one scale, revealed by epoch; and labels that do not cover each other."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from resnet_core.figures.theme import LIGHT
from resnet_core.figures.training.labels import apart
from resnet_core.figures.training.replay import ceiling, replay_drawing, run_colours
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs.recorded import RecordedRun
from resnet_core.lab.training.metrics import EpochMetrics


def run(model, *test_errors):
    epochs = tuple(
        EpochMetrics(
            arm=model, epoch=number, step=number, train_loss=1.0, train_error=error / 2, validation_loss=1.0,
            validation_error=error, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0, gradient_norms=(1.0,),
            activation_scales=(1.0,),
        )
        for number, error in enumerate(test_errors, 1)
    )  # fmt: skip
    return RecordedRun(
        model=model, recipe=TrainConfig(model=model), command="", machine="", device="cpu", precision="fp32",
        seconds=1.0, validation_split="test", note="", epochs=epochs,
    )  # fmt: skip


RUNS = [run("cifar_plain20", 0.8, 0.2, 0.1), run("cifar_plain56", 0.9, 0.3, 0.2), run("cifar_resnet56", 0.7, 0.2, 0.08)]


@pytest.mark.parametrize("width", [1040, 358])
def test_each_kind_has_a_panel_and_each_epoch_its_marks(width):
    svg = replay_drawing(RUNS, {"cifar_resnet56": 6.97}, width=width)
    root = ElementTree.fromstring(svg)
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"plain", "residual", "20 layers  10.0 %", "56 layers  20.0 %", "paper 6.97 %"} <= set(words)
    shown = {
        (node.get("data-epoch"), node.get("style"), len(node)) for node in root.iter() if node.get("class") == "at"
    }
    assert ("3", None, 2) in shown  # two squares in the panel of plain networks; the others wait for the slider
    assert ("2", "display:none", 2) in shown
    assert ("1", "display:none", 0) in shown  # above the end of the axis
    assert "residual, 56 layers: 4.0 % in training, 8.0 % in test" in root[0].text


def test_each_label_carries_the_error_of_every_epoch():
    ends = [node for node in ElementTree.fromstring(replay_drawing(RUNS, {})).iter() if node.get("class") == "end"]
    assert [node.get("data-name") for node in ends] == ["20 layers", "56 layers", "56 layers"]
    assert ends[0].get("data-errors") == "80.0 %|20.0 %|10.0 %"
    assert ends[0].text == "20 layers  10.0 %"


def test_both_panels_have_one_scale_and_a_longer_run_moves_the_cursor_by_smaller_steps():
    heights = re.findall(r'text-anchor="end">(\d+) %', replay_drawing(RUNS, {}))
    assert heights == ["0", "10", "20", "30", "40"] * 2
    (step, *_), (short, *_) = (
        re.findall(r'data-step="([\d.]+)"', replay_drawing([run("cifar_plain20", *errors)], {}))
        for errors in ([0.1] * 9, [0.1] * 3)
    )
    assert float(step) < float(short)


def test_the_axis_ends_at_about_twice_the_highest_last_error():
    assert ceiling(RUNS) == 40
    assert ceiling([run("cifar_plain20", 0.05)]) == 20
    assert ceiling([run("cifar_plain20", 0.9)]) == 100


def test_of_each_kind_the_deepest_has_its_colour():
    assert run_colours(RUNS, LIGHT) == [LIGHT.muted, LIGHT.plain, LIGHT.residual]


@pytest.mark.parametrize("wanted", [[10, 11, 12], [12, 10, 11], [0, 100, 100], [99, 99.5, 100], [50]])
def test_labels_stand_apart_in_their_order_and_inside(wanted):
    places = apart(wanted, 20, 0, 100)
    in_order = [place for _, place in sorted(zip(wanted, places, strict=True))]
    assert all(b - a >= 20 for a, b in pairwise(in_order))
    assert min(places) >= 0
    assert max(places) <= 100


def test_labels_that_have_room_stay_where_they_are():
    assert apart([80, 10, 40], 20, 0, 100) == [80, 10, 40]
