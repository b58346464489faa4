import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from resnet_core.bench import inference as inference_bench
from resnet_core.bench import load as load_bench
from resnet_core.bench import matrix_peak, measure
from resnet_core.bench import peers as peers_bench
from resnet_core.bench import trace as trace_bench
from resnet_core.bench.agreement import agreement
from resnet_core.bench.peers import peers
from resnet_core.bench.report import BenchRow
from resnet_core.errors import DataError
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.samples import load_sample
from resnet_core.weights.record import DEFAULT_WEIGHTS


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
    monkeypatch.setattr(trace_bench, "median_ms_in_turn", lambda ways, *_: dict(zip(ways, (10.0, 35.0), strict=True)))
    ours, peer = run("bench", "trace").stdout.splitlines()[3:5]
    assert ours.split() == ["resnet_core", "fp32", "1", "10.0", "1.00", "12.5"]
    assert peer.split() == ["torchvision-torchinfo", "fp32", "1", "35.0", "3.50", "12.5"]


@pytest.mark.usefixtures("_no_processes")
def test_a_terminal_sees_how_far_a_benchmark_is(monkeypatch, capsys):
    from resnet_core.cli import bench
    from resnet_core.cli.printing import Console

    monkeypatch.setattr("resnet_core.cli.printing.Console", lambda **_: Console(force_terminal=True, width=120))
    with bench.watched() as watch:
        trace_bench.bench_trace("resnet18", 1, watch)
        seen = capsys.readouterr().out
        watch("memory", 1, 2)
    assert "getting ready" in seen
    assert "1/2" in capsys.readouterr().out


def test_the_one_who_watches_is_told_what_is_measured_and_how_much_is_left():
    told = []
    measure.median_ms_in_turn({"a": int, "b": int}, 1, lambda *news: told.append(news), "batch 4")
    assert told == [("batch 4", done, 4) for done in range(4)]


@pytest.mark.slow
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


HELD_AND_FREED = """
from concurrent.futures import ThreadPoolExecutor
from resnet_core.bench.measure import settled_mb, share_one_heap
share_one_heap()
before = settled_mb()
blocks = lambda _: [b"1" * 100_000 for _ in range(100)]
with ThreadPoolExecutor(8) as crowd:
    last = [held[-1] for held in crowd.map(blocks, range(8))]  # one that stays keeps the free ones below it in the heap
    after = settled_mb()
    held = list(crowd.map(blocks, range(2)))
    print(after - before, settled_mb() - after)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_settled_memory_is_what_is_held_and_not_what_threads_have_freed(root):
    done = subprocess.run([sys.executable, "-c", HELD_AND_FREED], cwd=root, capture_output=True, text=True, check=True)
    freed, held = map(float, done.stdout.split())
    assert freed < 6
    assert 18 < held < 26


@pytest.fixture
def _one_peer(monkeypatch):
    """torchvision as it is, and a sentence in the place of the peers that take seconds to be prepared."""
    original = inference_bench.peers

    def peers(network, device, side):
        yield next(original(network, device, side))
        yield "another engine is not measured, for want of it."

    monkeypatch.setattr(inference_bench, "peers", peers)


@pytest.mark.usefixtures("_one_peer")
@pytest.mark.slow
def test_a_forward_pass_is_measured_at_each_precision_and_batch(run, tmp_path):
    for number, colour in enumerate(("red", "green", "blue")):
        (tmp_path / colour).mkdir()
        Image.new("RGB", (32, 32), colour).save(tmp_path / colour / f"{number}.png")
    options = ("--batch", 1, "--batch", 2, "--repeats", 1, "--agreement", tmp_path, "--json")
    report = json.loads(run("bench", "inference", "--model", "resnet18", *options).stdout)
    assert (report["facts"]["agreement_pictures"], report["facts"]["agreement_percent"]) == (3, 100)
    ours = [(row["precision"], row["batch"]) for row in report["rows"] if row["engine"] == "resnet_core"]
    assert {("auto", 1), ("fp32", 1), ("auto", 2), ("fp32", 2)} <= set(ours)
    default = [(row["engine"], row["batch"]) for row in report["rows"] if row["model"] == DEFAULT_WEIGHTS]
    assert default == [(engine, batch) for batch in (1, 2) for engine in ("resnet_core", "torchvision-eager")]
    assert 0 < report["facts"]["photo_ms"] < 5000
    assert report["facts"]["photos_per_s"] > 0
    theirs = [row for row in report["rows"] if row["engine"] == "torchvision-eager" and row["model"] is None]
    assert [(row["precision"], row["batch"]) for row in theirs] == [("fp32", 1), ("fp32", 2)]
    assert all(row["images_per_s"] == pytest.approx(row["batch"] * 1000 / row["median_ms"]) for row in report["rows"])
    assert report["facts"]["ready_s resnet_core auto"] > 0
    assert not [name for name in report["facts"] if "peak" in name]  # only a GPU's is told
    said = "\n".join(report["notes"])
    assert "another engine is not measured" in said
    assert "Ours at fp32: " in said
    assert re.search(r"Batch 2, fp32: \d+\.\d\d of torchvision-eager's time", said)


def test_our_share_of_a_gpus_peak_is_told_for_our_rows(monkeypatch):
    monkeypatch.setattr(inference_bench, "matrix_peak", lambda *_: 1e12)
    rows = [
        BenchRow(engine=engine, precision="auto", batch=256, median_ms=100.0, images_per_s=2560.0)
        for engine in ("resnet_core", "torchvision-eager")
    ]
    shares = inference_bench._shares(rows, {"auto": "bf16"}, torch.device("cuda"), 2 * 10**8)
    assert shares == {"matrix_peak_percent auto batch 256": pytest.approx(51.2)}


def test_the_peak_is_that_of_the_fastest_product(monkeypatch):
    clock = iter((0, 9, 10, 10.5, 20, 20.25))
    monkeypatch.setattr(matrix_peak, "REPEATS", 2)
    monkeypatch.setitem(matrix_peak.SIDES, "cpu", 10)
    monkeypatch.setattr(matrix_peak.time, "perf_counter", lambda: next(clock))
    assert matrix_peak.matrix_peak(torch.device("cpu"), "fp32") == 1000 / 0.25


def test_a_folder_without_pictures_compares_nothing(tmp_path):
    with pytest.raises(DataError, match="holds no pictures"):
        agreement(tmp_path)


def test_disagreement_is_counted(tmp_path, monkeypatch):
    for number in range(4):
        Image.new("RGB", (32, 32), (number * 60, 0, 0)).save(tmp_path / f"{number}.png")
    original = Engine.run

    def run(self, batch):
        logits, choice = original(self, batch)
        if choice.precision == "bf16":
            logits[0] = -logits[0]
        return logits, choice

    monkeypatch.setattr(Engine, "run", run)
    assert agreement(tmp_path, "cpu", "bf16")["agreement_percent"] == 75


@pytest.mark.slow
@pytest.mark.skipif(not all(map(find_spec, ("onnxruntime", "onnxscript", "openvino"))), reason="peers not installed")
def test_the_peers_compute_the_same_logits(monkeypatch):
    compiler = torch.compile  # its own compiler takes eight seconds to load: its graphs run as they are
    monkeypatch.setattr(torch, "compile", lambda model, dynamic, options: compiler(model, backend="eager"))
    monkeypatch.setattr(peers_bench, "_no_compiler", lambda: "")
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)
    ).eval()
    pictures = torch.randn(3, 3, 16, 16)
    with torch.no_grad():
        expected = network(pictures).numpy()
    found = {(peer.engine, peer.precision): peer.run(pictures) for peer in peers(network, torch.device("cpu"), 16)}
    assert {engine for engine, _ in found} == {"torchvision-eager", "torch-compile", "onnxruntime", "openvino"}
    for (_, precision), logits in found.items():
        first = logits if isinstance(logits, torch.Tensor) else logits[0]
        np.testing.assert_allclose(np.asarray(first), expected, atol=1e-5 if precision == "fp32" else 0.05)


def test_a_peer_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(peers_bench, "find_spec", lambda name: None if name in ("onnxscript", "openvino") else name)
    monkeypatch.setenv("CXX", "no-such-compiler")
    said = [peer for peer in peers(nn.Identity(), torch.device("cpu"), 8) if isinstance(peer, str)]
    assert said[0].startswith("torch-compile fp32 is not measured, for want of a C++ compiler: install g++")
    assert "onnxruntime fp32 is not measured, for want of onnxscript: pip install onnxscript." in said
    assert any("openvino fp32 is not measured" in sentence for sentence in said)


@pytest.mark.slow
def test_visitors_at_once_get_answers_without_errors(run):
    options = ("--visitors", 6, "--predictions", 12, "--explanations", 3, "--json")
    facts = json.loads(run("bench", "load", *options).stdout)["facts"]
    assert (facts["prediction_errors"], facts["explanation_errors"], facts["wrong_answers"]) == (0, 0, 0)
    assert 0 < facts["prediction_p50_ms"] <= facts["prediction_p95_ms"]


@pytest.mark.slow
def test_what_visitors_meet_is_counted(run, monkeypatch):
    """An error and another visitor's answer: both must show."""
    monkeypatch.setattr(load_bench, "decode_image", lambda _: load_sample("ship"))
    monkeypatch.setattr(load_bench, "grad_cam", lambda *_: 1 / 0)
    text = run("bench", "load", "--visitors", 2, "--predictions", 5, "--explanations", 2).stdout
    figures = dict(line.split() for line in text.splitlines() if re.fullmatch(r" *[a-z0-9_]+ +[-\d.,]+ *", line))
    assert (figures["prediction_errors"], figures["explanation_errors"]) == ("0", "2")
    assert 4 <= int(figures["wrong_answers"]) <= 5  # one of the five photos is the ship itself, as a JPEG
    assert "ZeroDivisionError" in text


def test_a_load_without_visitors_is_refused(refuse):
    assert "visitors, predictions" in refuse("bench", "load", "--visitors", 0)
