"""The runs commands: finished races and recorded trainings, listed, shown, exported and recorded."""

import json

import pytest

from resnet_core.figures import files as figure_files
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs import named, recorded
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.records import RunRequest, RunSnapshot
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

RACE_ID = "0123456789ab-00000001"


def epoch(arm):
    return EpochMetrics(
        arm=arm, epoch=1, step=2, train_loss=1.0, train_error=0.5, validation_loss=1.0, validation_error=0.4,
        images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0, gradient_norms=(1.0,), activation_scales=(1.0,),
    )  # fmt: skip


def steps(arm, *losses):
    return [
        StepMetrics(arm=arm, step=n, loss=loss, error=0.5, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0)
        for n, loss in enumerate(losses, 1)
    ]


@pytest.fixture
def kept(monkeypatch, tmp_path, trained):
    """One race in the history, and one recorded training."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "cache"))
    metrics = (*steps("plain", 2.0, 2.0), *steps("residual", 2.0, 0.5), epoch("plain"), epoch("residual"))
    RunHistory(tmp_path / "cache" / "races.sqlite").add(
        RunSnapshot(
            id=RACE_ID, request=RunRequest(config=RACE), state="finished", metrics=metrics, step=2, total_steps=2,
            ended_at="2026-01-02T03:04:05+00:00",
        )
    )  # fmt: skip
    folder = tmp_path / "runs"
    recorded.save_run(recorded.record_run(trained), folder / "small.json")
    for function in (recorded.recorded_runs, named.find_run):
        monkeypatch.setattr(function, "__defaults__", (folder,))


def test_the_list_has_races_and_recorded_trainings(run, kept):
    table = json.loads(run("runs", "list", "--format", "json").stdout)
    assert [(row["run"], row["state"], row["steps"]) for row in table] == [
        (RACE_ID, "finished", 2), ("small", "recorded", 4),
    ]  # fmt: skip
    assert table[0]["race"].startswith("56 layers")
    assert table[1]["networks"] == "plain, 8 layers"
    assert RACE_ID in run("runs", "list").stdout


def test_a_race_is_shown_by_the_beginning_of_its_name(run, kept):
    said = run("runs", "show", "0123").stdout
    assert said.startswith("56 layers, width 16, batch norm")
    assert "After 2 steps the residual network's training loss is" in said
    assert "plain" in said.splitlines()[-2]


def test_a_recorded_training_is_shown_with_machine_time_and_seed(run, kept):
    said = run("runs", "show", "small").stdout
    assert said.startswith("plain, 8 layers, digits, 2 epochs\nAt last ")
    assert "seed 0. python -m resnet_core train" in said


def test_curves_are_exported_as_csv_and_json(run, kept, tmp_path):
    assert run("runs", "export", RACE_ID, "--out", tmp_path / "race.csv").exit_code == 0
    header, *rows = (tmp_path / "race.csv").read_text().splitlines()
    assert header == "arm,step,loss,error,smoothed_loss"
    assert len(rows) == 4
    run("runs", "export", RACE_ID, "--detail", "epochs", "--out", tmp_path / "epochs.json")
    assert [row["arm"] for row in json.loads((tmp_path / "epochs.json").read_text())] == ["plain", "residual"]
    run("runs", "export", "small", "--out", tmp_path / "small.csv")
    assert (tmp_path / "small.csv").read_text().startswith("run,network,epoch,learning_rate,train_loss")


def test_recorded_trainings_are_listed_where_there_is_no_place_for_a_history(run, kept, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "file" / "cache"))
    result = run("runs", "list", "--format", "json")
    assert (result.exit_code, [row["run"] for row in json.loads(result.stdout)]) == (0, ["small"])
    assert result.stderr.startswith("Races are left out. The history of runs in")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("export", RACE_ID), ("record", "{trained}")])
def test_a_place_that_can_not_be_written_is_refused(refuse, kept, tmp_path, trained, command):
    (tmp_path / "file").touch()
    command = [word.format(trained=trained) for word in command]
    assert "can't be written" in refuse("runs", *command, "--out", tmp_path / "file" / "a.json")


@pytest.mark.parametrize("name", [RACE_ID, "small"])
def test_a_chart_is_a_page_that_needs_no_network(run, kept, tmp_path, name):
    assert run("runs", "export", name, "--out", tmp_path / "new" / "chart.html").exit_code == 0
    page = (tmp_path / "new" / "chart.html").read_text()
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page
    assert len(page) > 1_000_000  # Plotly itself is inside


@pytest.mark.parametrize("failure", [ImportError, RuntimeError, ValueError])
def test_a_picture_without_kaleido_is_a_sentence_that_says_what_to_install(
    refuse, kept, tmp_path, monkeypatch, failure
):
    import plotly.graph_objects as go

    def fail(*_, **__):
        raise failure("no kaleido, on several lines")

    monkeypatch.setattr(go.Figure, "write_image", fail)
    said = refuse("runs", "export", RACE_ID, "--out", tmp_path / "race.png")
    assert "`pip install kaleido` and install one of the two, or write race.html instead" in said


def test_a_training_folder_becomes_a_file(run, trained, tmp_path):
    result = run("runs", "record", trained, "--out", tmp_path / "mine.json", "--note", "my copy")
    assert result.stdout.startswith("Written:")
    assert recorded.read_run(tmp_path / "mine.json").note == "my copy"


def test_the_check_races_each_seed_for_the_time_given(run, monkeypatch):
    from resnet_core.lab.recipe import recipes

    tiny = RACE.override(overrides=(("depths", (1, 1, 1)), ("widths", (2, 2, 2))), epochs=1, batch_size=750)
    monkeypatch.setattr(recipes, "RACE", tiny)
    rows = json.loads(run("runs", "check", "--seeds", 2, "--seconds", 30, "--format", "json").stdout)
    assert [(row["seed"], row["steps"]) for row in rows] == [(0, 2), (1, 2)]
    for row in rows:
        assert row["ratio"] == pytest.approx(row["plain_loss"] / row["residual_loss"], abs=0.02)
    assert rows[0]["plain_loss"] != rows[1]["plain_loss"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("show", "nothing"), "No run is named 'nothing'"),
        (("show", ""), "No run is named ''"),
        (
            ("export", RACE_ID, "--out", "race.gif"),
            "output='race.gif' does not work: it must be a file whose name ends in .csv, .json, .md, .tex, .html",
        ),
        (("export", "small", "--detail", "steps", "--out", "a.csv"), "has kept its epochs only"),
        (("export", "small", "--detail", "years", "--out", "a.csv"), "must be steps or epochs"),
        (("check", "--seconds", 0), "seconds=0.0 does not work"),
        (("record", "nowhere", "--out", "a.json"), "holds 0 records of a finished run"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_sentence(refuse, kept, command, sentence):
    assert sentence in refuse("runs", *command)


def test_every_suffix_of_a_figure_is_named_in_the_refusal():
    assert figure_files.SUFFIXES == (".html", ".png", ".svg", ".pdf")
