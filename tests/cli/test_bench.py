import json
from pathlib import Path

import pytest

from resnet_core.bench import measure
from resnet_core.bench import trace as trace_bench


@pytest.fixture
def _no_processes(monkeypatch):
    monkeypatch.setattr(trace_bench, "resident_growth_mb", lambda *_: 12.5)


@pytest.mark.usefixtures("_no_processes")
def test_json_has_the_machine_and_a_row_for_each_engine(run):
    report = json.loads(run("bench", "trace", "--model", "resnet18", "--repeats", 1, "--json").stdout)
    assert report["machine"]["torch"]
    assert [row["engine"] for row in report["rows"]] == ["resnet_core", "torchvision-torchinfo"]
    for row in report["rows"]:
        assert (row["precision"], row["batch"], row["images_per_s"]) == ("fp32", 1, None)
        assert row["median_ms"] > 0
        assert report["resident_growth_mb"][row["engine"]] == 12.5


@pytest.mark.usefixtures("_no_processes")
def test_the_table_says_how_many_times_longer_the_peer_takes(run, monkeypatch):
    monkeypatch.setattr(trace_bench, "median_ms_in_turn", lambda ways, _: dict(zip(ways, (10.0, 35.0), strict=True)))
    ours, peer = run("bench", "trace").stdout.splitlines()[3:5]
    assert ours.split() == ["resnet_core", "fp32", "1", "10.0", "1.00", "12.5"]
    assert peer.split() == ["torchvision-torchinfo", "fp32", "1", "35.0", "3.50", "12.5"]


@pytest.mark.usefixtures("_no_processes")
def test_without_torchinfo_ours_is_measured_alone_and_a_sentence_says_so(run, monkeypatch):
    monkeypatch.setattr(trace_bench, "find_spec", lambda _: None)
    text = run("bench", "trace", "--model", "resnet18", "--repeats", 1).stdout
    assert "torchinfo is not installed" in text
    assert "torchvision-torchinfo" not in text


def test_the_ways_take_turns_and_the_first_round_does_not_count(monkeypatch):
    turns, clock = [], iter((900, 901, 1, 10, 3, 30, 2, 20))
    monkeypatch.setattr(measure, "_duration_ms", lambda way: way() or next(clock))
    medians = measure.median_ms_in_turn({name: lambda name=name: turns.append(name) for name in "ab"}, repeats=3)
    assert turns == list("ab" * 4)
    assert medians == {"a": 2, "b": 20}


def test_what_can_not_be_compared_is_refused(refuse):
    assert "torchvision has no resnet50_v1" in refuse("bench", "trace", "--model", "resnet50_v1")
    assert "repeats=0 does not work" in refuse("bench", "trace", "--repeats", 0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_memory_is_the_peak_above_what_the_imports_took():
    growth = measure.resident_growth_mb("held = b'1' * 50_000_000", "work = b'1' * 30_000_000; del work")
    assert 28 < growth < 35


def test_every_page_is_measured_first_and_after_a_change(run, root):
    report = json.loads(run("bench", "pages", "--repeats", 1, "--json").stdout)
    pages = {path.stem for path in (root / "pages").glob("[!_]*.py")}
    assert {row["engine"].split(",")[0] for row in report["rows"]} == pages
    assert len(report["rows"]) == 2 * len(pages)
    assert all(row["median_ms"] > 0 for row in report["rows"])


def test_pages_are_measured_at_least_once(run):
    result = run("bench", "pages", "--repeats", 0)
    assert result.exit_code == 2
    assert "repeats=0 does not work" in result.stderr
