"""bench explore: twelve kinds of networks, ours beside its peers."""

import json

import pytest
import torch

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.bench import explore as explore_bench
from resnet_core.bench.kinds import KINDS


def test_each_tool_has_a_row_and_its_totals_stand_beside_pytorchs_own(run):
    report = json.loads(run("bench", "explore", "--model", "lstm_text", "--repeats", 1, "--json").stdout)
    engines = [row["engine"] for row in report["rows"]]
    assert engines[0] == "resnet_core"
    assert set(engines) <= {"resnet_core", "torchinfo", "torchview", "torchvista"}
    assert all(row["median_ms"] > 0 and row["model"] == "lstm_text" for row in report["rows"])
    assert report["facts"]["lstm_text, MACs by resnet_core over PyTorch's"] == 1
    assert report["facts"]["lstm_text, joins shown by resnet_core"] == 1
    assert report["facts"]["resnet_core: networks taken of 1"] == 1


def test_what_is_absent_or_fails_is_said_in_a_sentence(monkeypatch):
    def failing(_model, _given):
        raise RuntimeError("on purpose")

    monkeypatch.setattr(explore_bench, "find_spec", lambda name: name == "torchinfo")
    monkeypatch.setitem(explore_bench.PEERS, "torchinfo", failing)
    report = explore_bench.bench_explore(["lstm_text"], 1)
    assert [row.engine for row in report.rows] == ["resnet_core"]
    assert report.notes == (
        "torchview is not installed, so it is left out: pip install torchview.",
        "torchvista is not installed, so it is left out: pip install torchvista.",
        "torchinfo does not take lstm_text: RuntimeError.",
    )
    assert report.facts["torchinfo: networks taken of 1"] == 0


@pytest.mark.parametrize(
    ("options", "said"), [(("--repeats", 0), "repeats=0"), (("--model", "rnn"), "one of resnet50")]
)
def test_what_does_not_work_is_refused(options, said, refuse):
    assert said in refuse("bench", "explore", *options)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_all_twelve_kinds_add_up_to_pytorchs_own_count(name):
    model, given = KINDS[name].build().eval(), KINDS[name].give()
    trace = trace_model(model, inputs=given)
    found = trace.total_macs + sum(macs for _, _, macs in trace.uncounted)
    assert found == explore_bench.pytorchs_count(model, given) > 0
    assert sum(call.params for call in trace.calls) == trace.total_params
    with torch.no_grad():
        out = model(given)
    assert trace.output_shapes.get("", next(iter(trace.output_shapes.values()))) == tuple(getattr(out, "shape", ()))
