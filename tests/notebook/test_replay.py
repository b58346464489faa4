"""Recorded runs as a widget: which runs, and at which epoch."""

import json

import pytest

import resnet_core as rc
from resnet_core.lab.runs.recorded import RECORDED_RUNS, recorded_runs


def test_runs_are_given_by_name_by_file_as_records_or_not_at_all():
    runs = recorded_runs()
    plain = runs["cifar_plain56"]
    assert rc.show_race().runs == tuple(runs.values())
    assert rc.show_race("cifar_plain56").runs == (plain,)
    assert rc.show_race(RECORDED_RUNS / "cifar_plain56.json").runs == (plain,)
    assert rc.show_race([plain, "cifar_resnet56"]).runs == (plain, runs["cifar_resnet56"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("plain", "These are bundled: cifar_plain20"),
        ([], "There is no run"),
        (3, "'3' is no recorded run"),
        ([3], "'3' is no"),
    ],
)
def test_what_is_no_run_is_refused(given, said):
    with pytest.raises(rc.DataError, match=said):
        rc.show_race(given)


def test_the_epoch_goes_both_ways_and_never_back_to_where_it_came_from():
    widget = rc.show_race("cifar_resnet20")
    assert widget.epoch == len(widget.runs[0].epochs) == 30
    widget.epoch = 7
    sent = widget._moving
    assert sent["epoch"] == 7
    widget.set_state({"epoch": 12})
    assert widget.epoch == 12
    assert widget._moving is sent
    with pytest.raises(rc.InvalidSpecError, match="epoch=31 does not work: it must be from 1 to 30"):
        widget.epoch = 31


def test_both_themes_have_their_own_drawing_and_the_same_numbers():
    widget = rc.show_race(["cifar_plain56", "cifar_resnet56"])
    light, dark = widget._themes["light"], widget._themes["dark"]
    assert light["wide"] != dark["wide"]
    assert [row["cells"] for row in light["rows"]] == [row["cells"] for row in dark["rows"]]
    assert light["rows"][1]["cells"][1][-1] == "11.5\u00a0%"
    json.dumps(widget._themes)
    assert "11.5 %" in widget.still_html()
