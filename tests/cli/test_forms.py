"""One grammar for all tables: --format says how, --output where; a terminal's bars and colours stay out of both."""

import json
import os
import subprocess
import sys
from io import StringIO

import pandas as pd
import pytest

from resnet_core.bench import load as load_bench
from resnet_core.bench import train as train_bench
from resnet_core.bench.report import BenchRow, Report
from resnet_core.cli.printing import progress_bar

TABLES = [
    ("list", "--family", "resnext"),
    ("layers", "resnet18"),
    ("layers", "resnet18", "--stages"),
    ("explain-count", "resnet50", "--seen", "25.6M"),
    ("weights", "list"),
    ("runs", "list"),
    ("runs", "show", "cifar_plain20"),
    ("runs", "export", "cifar_plain20"),
]


@pytest.mark.parametrize("command", TABLES, ids=" ".join)
def test_every_table_is_printed_and_written_alike(command, run, tmp_path):
    printed = {form: run(*command, "--format", form).stdout for form in ("csv", "json", "markdown", "latex")}
    assert pd.read_csv(StringIO(printed["csv"])).shape[0] == len(json.loads(printed["json"])) > 0
    for form, ending in {"csv": "csv", "json": "JSON", "markdown": "md", "latex": "tex"}.items():
        path = tmp_path / "new folder" / f"table.{ending}"
        assert run(*command, "--output", path).stdout == f"Written: {path}\n"
        assert path.read_text("utf-8") == printed[form]
        assert run(*command, "--output", path, "--format", form).exit_code == 0


@pytest.mark.parametrize("command", [*TABLES, ("bench", "trace"), ("sweep",), ("classify", "a.png")], ids=" ".join)
def test_every_table_refuses_alike_and_before_the_work(command, refuse, tmp_path):
    (tmp_path / "file").touch()
    assert "does not work: it must be a file whose name ends in .csv, .json, .md, .tex" in refuse(
        *command, "--output", tmp_path / "table.xlsx"
    )
    said = refuse(*command, "--output", tmp_path / "table.csv", "--format", "json")
    assert said.startswith("format='json' does not work: output=")
    assert said.endswith("is csv. Leave one away.")
    assert not (tmp_path / "table.csv").exists()
    assert "can't be written" in refuse(*command, "--output", tmp_path / "file" / "table.csv")


def test_a_benchmark_has_the_same_grammar_and_json_is_its_own_object(run, monkeypatch, refuse, tmp_path):
    rows = (
        BenchRow(engine="resnet_core", precision="fp32", batch=1, median_ms=2.0),
        BenchRow(engine="peer", precision="fp32", batch=1, median_ms=5.0),
    )
    monkeypatch.setattr("resnet_core.bench.trace.bench_trace", lambda *_: Report(title="two", rows=rows))
    table = pd.read_csv(StringIO(run("bench", "trace", "--format", "csv").stdout))
    assert table[["engine", "times_ours"]].to_numpy().tolist() == [["resnet_core", 1], ["peer", 2.5]]
    run("bench", "trace", "--output", tmp_path / "bench.json")
    report = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert report["rows"] == json.loads(run("bench", "trace", "--json").stdout)["rows"]
    assert report["machine"]["torch"]
    assert "left away beside --json" in refuse("bench", "trace", "--json", "--format", "csv")


def test_what_explains_a_number_is_a_row_each_and_no_rule_is_one_too(run):
    (plain,) = json.loads(run("explain-count", "resnet50", "--seen", "25.6M", "--format", "json").stdout)
    assert (plain["quantity"], plain["count"], plain["fit"], plain["chance"]) == (
        "parameters",
        25_557_032,
        "rounded",
        0,
    )
    first, *_ = json.loads(run("explain-count", "resnet50", "--seen", "25,636,712", "--format", "json").stdout)
    assert first["rules"] == "keras_defaults"
    (none,) = json.loads(run("explain-count", "resnet18", "--seen", "11,111,111", "--format", "json").stdout)
    assert none["count"] is None
    assert none["explanation"].startswith("No rule of ours gives 11,111,111")


def test_a_name_in_a_csv_file_is_no_formula(run, monkeypatch, tmp_path):
    (tmp_path / "=1+1.pth").write_bytes(b"nothing")
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(tmp_path))
    table = pd.read_csv(StringIO(run("weights", "list", "--format", "csv").stdout))
    assert "'=1+1.pth" in set(table["weights"])


@pytest.mark.slow
def test_training_and_load_tell_how_far_they_are(monkeypatch):
    monkeypatch.setattr(train_bench, "BATCH", 4)
    monkeypatch.setattr(train_bench, "STEPS", {"cpu": 1})
    monkeypatch.setattr(train_bench, "generated_pictures", lambda make=train_bench.generated_pictures: make(12))
    monkeypatch.setattr("resnet_core.bench.plain_loop.WORKERS", 0)
    told = []
    train_bench.bench_train(["cifar_plain20"], 1, "cpu", None, lambda *news: told.append(news))
    total = told[0][2]
    assert told == [("cifar_plain20", done, total) for done in range(total)]
    told.clear()
    load_bench.bench_load("cifar_resnet20", 1, 3, 2, lambda *news: told.append(news))
    assert [news for news in told if news[0] == "predictions"] == [("predictions", done, 3) for done in (1, 2, 3)]
    assert told[-1] == ("explanations", 2, 2)


def test_what_is_printed_goes_into_the_file_where_only_stderr_is_a_terminal(monkeypatch, capsys):
    """The bar stands on the terminal; once it took all answers with it, and the file stayed empty."""
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    with progress_bar("at work") as bar:
        bar.add_task("")
        print("answers")
    out, err = capsys.readouterr()
    assert out == "answers\n"
    assert "at work" in err
    assert "answers" not in err


@pytest.mark.parametrize(("no_colour", "seen"), [("", True), ("1", False)])
def test_without_colours_there_are_none_and_no_bold_letters_either(no_colour, seen, run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", no_colour)
    assert ("\x1b[2m" in run("layers", "resnet18").stdout) is seen  # the note below the table


def test_help_has_no_bold_letters_without_colours(root):
    environment = os.environ | {"FORCE_COLOR": "1", "NO_COLOR": "1", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "resnet_core", "layers", "--help"]
    text = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, env=environment).stdout
    assert "Usage:" in text
    assert "\x1b[1" not in text
