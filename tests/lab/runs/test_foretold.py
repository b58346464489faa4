"""What Start asks of the recorded runs, and what it says of the answers."""

import re
from dataclasses import replace

import pytest

import resnet_core as rc
from resnet_core.lab.runs.foretold import foretold
from resnet_core.lab.runs.recorded import recorded_runs

RUNS = list(recorded_runs().values())
PAPER = {"cifar_plain20": 9.5, "cifar_plain56": 13.5, "cifar_plain110": 60.0, "cifar_resnet20": 8.75, "resnet50": 24.0}


def with_last(run, **errors):
    return replace(run, epochs=(*run.epochs[:-1], replace(run.epochs[-1], **errors)))


def test_the_questions_hold_the_last_errors_in_percent_and_the_papers():
    plain, residual = foretold(RUNS, PAPER)
    by_model = {run.model: run.epochs[-1] for run in RUNS}
    assert (plain.kind, plain.layers, residual.kind, residual.layers) == ("plain", (20, 56), "residual", (20, 56))
    assert plain.training == tuple(by_model[f"cifar_plain{n}"].train_error * 100 for n in (20, 56))
    assert residual.test == tuple(by_model[f"cifar_resnet{n}"].validation_error * 100 for n in (20, 56))
    assert plain.paper == {20: 9.5, 56: 13.5}
    assert residual.paper == {20: 8.75}


def test_a_question_tells_the_shallow_error_and_not_the_deep_one():
    for one in foretold(RUNS, PAPER):
        shallow, deep = (f"{error:.1f} %" for error in one.training)
        assert shallow in one.ask
        assert deep not in one.ask
        assert f"Measured: **{deep}**" in one.told


def test_what_is_said_follows_the_numbers():
    plain, residual = foretold(RUNS, PAPER)
    assert "worse, even on the photos it trained on" in plain.told
    assert "the better one**, on new photos as well." in residual.told
    better = [with_last(run, train_error=0.01) if run.model == "cifar_plain56" else run for run in RUNS]
    assert "The deeper one is better here." in foretold(better, PAPER)[0].told
    worse = [with_last(run, train_error=0.5) if run.model == "cifar_resnet56" else run for run in RUNS]
    assert "did not make the deeper one better" in foretold(worse, PAPER)[1].told
    by_heart = [with_last(run, validation_error=0.5) if run.model == "cifar_resnet56" else run for run in RUNS]
    assert "though not on new photos" in foretold(by_heart, PAPER)[1].told


def test_the_addition_costs_no_weight():
    """Start says so of the networks that were recorded."""
    totals = {rc.walk_spec(f"cifar_{kind}56", (1, 3, 32, 32)).total_params for kind in ("plain", "resnet")}
    assert len(totals) == 1
    assert {run.recipe.spec().shortcut for run in RUNS} == {"none", "zero_pad"}


def test_without_two_depths_there_is_no_question():
    with pytest.raises(rc.DataError, match=re.escape("Of the plain networks fewer than two depths are recorded")):
        foretold([run for run in RUNS if run.model != "cifar_plain56"], PAPER)
