import json

import pytest

from resnet_core.bench import theory as theory_bench
from resnet_core.cli.theory import NAMES
from resnet_core.lab.theory.experiments import EXPERIMENTS, Experiment


def test_the_command_names_the_experiments_that_there_are():
    assert list(NAMES) == list(EXPERIMENTS)


def test_an_experiment_prints_a_table_and_says_what_it_measures(run):
    text = run("theory", "gradient_paths").stdout
    assert "share of gradient" in text
    assert EXPERIMENTS["gradient_paths"].measures in text


def test_json_is_one_object_with_all_that_was_measured(run):
    found = json.loads(run("theory", "gradient_paths", "--json").stdout)
    assert found["blocks"] == 27
    assert sum(found["shares"]) == pytest.approx(1, abs=1e-5)


def test_recorded_lesions_are_written_as_csv(run, tmp_path):
    file = tmp_path / "lesions.csv"
    run("theory", "lesions", "--model", "cifar_resnet20", "--output", file)
    lines = file.read_text().splitlines()
    assert lines[0].startswith("block,in place of F,wrong %")
    assert len(lines) == 1 + 9 * 4


def test_what_there_is_not_is_refused(refuse, tmp_path):
    assert "name='proof' does not work: it must be one of growing" in refuse("theory", "proof")
    assert "network='resnet50' does not work" in refuse("theory", "lesions", "--model", "resnet50")
    assert "format='csv' does not work" in refuse("theory", "forgetting", "--json", "--format", "csv")
    assert "repeats=0 does not work" in refuse("bench", "theory", "--repeats", 0)


def test_the_benchmark_sets_each_experiment_beside_what_it_may_take(run, monkeypatch):
    quick = Experiment(name="gradient_paths", measures="", run=lambda _seed, progress: progress(1.0), seconds=2.0)
    monkeypatch.setattr(theory_bench, "EXPERIMENTS", {"gradient_paths": quick})
    monkeypatch.setattr(theory_bench, "_copy_race", lambda *_: None)
    monkeypatch.setattr(theory_bench, "_block", lambda: None)
    monkeypatch.setattr(theory_bench, "_cpu_seconds", lambda way: way() or 0.5)
    report = json.loads(run("bench", "theory", "--json").stdout)
    assert [row["model"] for row in report["rows"]] == ["gradient_paths", theory_bench.COPY, theory_bench.BLOCK]
    assert report["rows"][0]["median_ms"] == 500
    assert report["facts"]["gradient_paths: share of the 2 s that it may take"] == 0.25
