import math
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from resnet_core.errors import DataError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.records import RunRequest, RunSnapshot, request_words
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

STEP = StepMetrics(
    arm="plain", step=1, loss=2.3, error=0.9, images_per_s=100.0, learning_rate=0.1, elapsed_s=0.5,
    gradient_norms=(0.1, 0.2),
)  # fmt: skip
EPOCH = EpochMetrics(
    arm="plain", epoch=1, step=1, train_loss=2.3, train_error=0.9, validation_loss=2.2, validation_error=0.8,
    images_per_s=100.0, learning_rate=0.1, elapsed_s=0.6, gradient_norms=(0.1,), activation_scales=(1.0,),
)  # fmt: skip
REQUEST = RunRequest(config=TrainConfig(overrides=(("widths", (4, 8, 8)),)), arms=("plain", "residual_b"))


def ended(run_id="a-1", **changes):
    run = RunSnapshot(
        id=run_id, request=REQUEST, state="finished", metrics=(STEP, EPOCH), step=1, total_steps=1, elapsed_s=1.5,
        message="Well done.",
    )  # fmt: skip
    return replace(run, **changes)


def test_equal_requests_have_equal_ids():
    assert REQUEST.id == replace(REQUEST).id
    assert len({REQUEST.id, replace(REQUEST, arms=("plain",)).id, replace(REQUEST, config=TrainConfig()).id}) == 3


def test_a_run_comes_back_as_it_was_kept(tmp_path):
    RunHistory(tmp_path / "deep" / "runs.sqlite").add(ended())
    after_a_restart = RunHistory(tmp_path / "deep" / "runs.sqlite")
    assert after_a_restart.get("a-1") == ended()
    assert after_a_restart.get("a-2") is None


def test_a_diverged_curve_is_kept_too(tmp_path):
    history = RunHistory(tmp_path / "runs.sqlite")
    history.add(ended(metrics=(replace(STEP, loss=math.nan, stop_reason="It diverged."),)))
    (kept,) = history.get("a-1").metrics
    assert math.isnan(kept.loss)
    assert kept.stop_reason == "It diverged."


def test_the_latest_come_first_and_the_oldest_go(tmp_path):
    history = RunHistory(tmp_path / "runs.sqlite", keep=3)
    for number in range(5):
        history.add(ended(f"run-{number}"))
    assert [run.id for run in history.latest()] == ["run-4", "run-3", "run-2"]
    assert [run.id for run in history.latest(1)] == ["run-4"]
    assert history.get("run-1") is None


def test_adding_a_run_again_replaces_it(tmp_path):
    history = RunHistory(tmp_path / "runs.sqlite")
    history.add(ended())
    history.add(ended(message="Really."))
    assert [run.message for run in history.latest()] == ["Really."]


ADD_TEN = """
import sys
from dataclasses import replace
from pathlib import Path
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.records import RunSnapshot

history, run = RunHistory(Path(sys.argv[1])), RunSnapshot.from_json(sys.argv[2])
for number in range(10):
    history.add(replace(run, id=f"{sys.argv[3]}-{number}"))
"""


def test_several_processes_write_at_once_without_loss(tmp_path):
    path = tmp_path / "runs.sqlite"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD_TEN, str(path), ended().to_json(), name], env=environment)
        for name in "abc"
    ]
    assert [process.wait() for process in processes] == [0] * 3
    assert len({run.id for run in RunHistory(path).latest(100)}) == 30


def test_a_file_that_is_no_database_is_a_sentence(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.write_text("something else entirely, and long enough to be read as a header" * 10)
    with pytest.raises(DataError, match=r"runs\.sqlite can't be used: .*remove that file"):
        RunHistory(path).latest()


def test_a_run_that_can_not_be_read_is_a_sentence_and_hides_no_other(tmp_path):
    path = tmp_path / "runs.sqlite"
    history = RunHistory(path)
    history.add(ended("damaged"))
    history.add(ended("whole"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE runs SET run = substr(run, 1, 200) WHERE id = 'damaged'")
    database.close()
    assert [run.id for run in history.latest()] == ["whole"]
    with pytest.raises(DataError, match=r"can't be read .*Start the run again"):
        history.get("damaged")


def test_the_newest_number_grows_with_each_run(tmp_path):
    history = RunHistory(tmp_path / "runs.sqlite", keep=2)
    numbers = [history.newest()]
    for number in range(4):
        history.add(ended(f"run-{number}"))
        numbers.append(history.newest())
    assert numbers == [0, 1, 2, 3, 4]


def test_a_race_is_described_by_what_decides_it():
    words = request_words(REQUEST)
    assert words.startswith("20 layers, width 4, batch norm, ")
    assert "learning rate 0.1" in words
    changed = replace(REQUEST, config=TrainConfig(overrides=(("norm", "none"),), seed=3))
    assert "no batch norm" in request_words(changed)
    assert request_words(changed).endswith("seed 3")
