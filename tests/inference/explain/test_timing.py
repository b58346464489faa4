import time
from types import SimpleNamespace

import pytest
import torch

import resnet_core as rc
from resnet_core.inference.explain import timing
from resnet_core.inference.explain.timing import layer_times


class Slow(torch.nn.ReLU):
    def forward(self, x):
        time.sleep(0.02)
        return super().forward(x)


@pytest.fixture
def model():
    return rc.build_model("cifar_resnet20", depths=(1, 1, 1), seed=0).eval().requires_grad_(False)


def test_every_call_is_timed_in_the_order_of_the_trace(model):
    times = layer_times(model, passes=1)
    assert [row.path for row in times] == [call.path for call in rc.walk_spec(model.spec).calls]
    assert all(row.duration_ms > 0 for row in times)


def test_the_layer_that_is_slow_is_found(model):
    model.layer2[0].relu = Slow()
    slowest = max(layer_times(model, passes=2), key=lambda row: row.duration_ms)
    assert slowest.path == "layer2.0.relu"
    assert slowest.duration_ms >= 20


def test_no_clock_is_left_on_the_shared_network(model):
    layer_times(model, passes=1)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_at_least_one_pass(model):
    with pytest.raises(rc.InvalidSpecError, match="passes=0"):
        layer_times(model, passes=0)


def test_the_passes_that_warm_up_are_not_counted(model, monkeypatch):
    now, calls = [0.0], []

    class SlowAtFirst(torch.nn.ReLU):
        def forward(self, x):
            calls.append(x)
            now[0] += 5 if len(calls) <= 2 else 1
            return super().forward(x)

    monkeypatch.setattr(timing, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    model.relu = SlowAtFirst()
    durations = {row.path: row.duration_ms for row in layer_times(model, passes=1)}
    assert len(calls) == 3
    assert durations["relu"] == 1000
