"""A module is left as it was, whatever its forward does; and two passes at once do not meet."""

import random
import threading

import numpy as np
import pytest
import torch
from torch import nn

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError


class Merging(nn.Linear):
    """As adapters do: changing to eval mode merges them into the weight, changing back takes them out."""

    def __init__(self):
        super().__init__(4, 3)
        self.merged, self.extra = False, torch.ones(3, 4)

    def train(self, mode=True):
        if mode == self.merged:
            self.weight.data += -self.extra if mode else self.extra
            self.merged = not mode
        return super().train(mode)


class Restless(nn.Module):
    """Forces batch statistics, counts, keeps a cache, draws random numbers and registers a buffer."""

    def __init__(self):
        super().__init__()
        self.bn, self.steps, self.cache = nn.BatchNorm2d(3), 0, None

    def forward(self, x):
        self.bn.train()
        self.steps += 1
        self.cache = self.bn(x) + random.random() + np.random.rand() + torch.rand(1)
        self.register_buffer("late", torch.ones(1), persistent=False)
        return nn.functional.batch_norm(self.cache, self.bn.running_mean, self.bn.running_var, training=True)


class Reassigning(nn.Module):
    """Puts another tensor in the place of a buffer, as running means kept by hand do."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))

    def forward(self, x):
        self.mean = 0.9 * self.mean + x.mean(0) + 1
        return x - self.mean


def state_of(model):
    buffers = {name: tensor.clone() for name, tensor in (*model.named_parameters(), *model.named_buffers())}
    plain = {path: {k: v for k, v in vars(m).items() if k[0] != "_"} for path, m in model.named_modules()}
    return buffers, plain


@pytest.mark.parametrize(
    ("model", "size"),
    [(nn.Sequential(Merging()), (1, 4)), (Restless(), (2, 3, 4, 4)), (Reassigning(), (2, 4))],
)
@pytest.mark.parametrize("training", [True, False])
def test_numbers_modes_and_attributes_are_as_before(model, size, training):
    model.train(training)
    (tensors, plain), seeds = state_of(model), (random.getstate(), np.random.get_state()[1].tolist())
    trace_model(model, size)
    after, plain_after = state_of(model)
    assert after.keys() == tensors.keys()
    assert all(torch.equal(after[name], tensors[name]) for name in tensors)
    assert plain_after.keys() == plain.keys()
    for path in plain:
        assert plain_after[path].keys() == plain[path].keys()
        assert all(plain_after[path][name] is value for name, value in plain[path].items())
    assert (random.getstate(), np.random.get_state()[1].tolist()) == seeds


def test_a_buffer_without_a_shape_is_refused_and_stays_without():
    model = nn.Sequential(nn.LazyBatchNorm2d(affine=False))
    with pytest.raises(InvalidSpecError, match=r"0\.running_mean of Sequential has no shape yet"):
        trace_model(model, (1, 3, 4, 4))
    assert type(model[0]) is nn.LazyBatchNorm2d


def test_hooks_are_gone_where_one_could_not_be_set(monkeypatch):
    model = nn.Sequential(nn.ReLU(), nn.Linear(4, 4))

    def refuse(*_, **__):
        raise RuntimeError("no hook here")

    monkeypatch.setattr(model[1], "register_forward_hook", refuse)
    with pytest.raises(Exception, match="no hook here"):
        trace_model(model, (1, 4))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_a_second_thread_waits_for_the_first():
    entered, go_on, rows = threading.Event(), threading.Event(), {}

    class Slow(nn.Linear):
        def forward(self, x):
            if threading.current_thread().name == "first":
                entered.set()
                assert go_on.wait(10)
            return super().forward(x)

    model = nn.Sequential(Slow(4, 4), nn.ReLU()).train()

    def trace():
        rows[threading.current_thread().name] = [call.path for call in trace_model(model, (1, 4)).calls]

    first, second = (threading.Thread(target=trace, name=name) for name in ("first", "second"))
    first.start()
    assert entered.wait(10)
    second.start()
    second.join(0.2)
    assert second.is_alive()
    go_on.set()
    first.join(10)
    second.join(10)
    assert rows == {"first": ["0", "1"], "second": ["0", "1"]}
    assert model.training
    assert model[0].training


@pytest.mark.parametrize(
    ("given", "sentence"),
    [(123, "this is 123"), (None, "this is None"), (nn.Linear, "this is the class Linear: make one of it first")],
)
def test_what_can_not_be_traced_is_said(given, sentence):
    with pytest.raises(InvalidSpecError, match=sentence):
        trace_model(given)


def test_a_size_that_is_one_number_is_said():
    with pytest.raises(InvalidSpecError, match="input_size=224 does not work"):
        trace_model("resnet50", 224)


def test_all_sides_of_a_window_are_told():
    calls = [trace_model(layer, size).calls[0] for layer, size in (
        (nn.Conv3d(3, 4, (3, 5, 7), padding=(1, 2, 3)), (1, 3, 8, 8, 8)), (nn.Conv1d(3, 4, 5), (1, 3, 9)),
    )]  # fmt: skip
    assert [(call.kernel_size, call.receptive_field) for call in calls] == [((3, 5, 7), None), ((5,), None)]
    assert calls[0].padding == (1, 2, 3)


def test_no_smaller_size_is_offered_than_the_one_that_failed():
    class HalfAndBack(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.up = nn.Conv2d(3, 3, 2, 2), nn.ConvTranspose2d(3, 3, 2, 2)

        def forward(self, x):
            return x + self.up(self.down(x))

    with pytest.raises(InvalidSpecError, match="34×34 does, the next multiple of a power of two"):
        trace_model(HalfAndBack(), (1, 3, 33, 33))
