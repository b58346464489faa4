"""A pass that fails: the call, what it takes and was given, the calls before it, and nothing left behind."""

from collections import OrderedDict

import pytest
import torch
import torchvision
from torch import nn

import resnet_core as rc
from resnet_core.anatomy.counting.calls import TraceError
from resnet_core.anatomy.trace.trace import trace_model


def hooks_of(model):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return [hook for module in model.modules() for kind in kinds for hook in getattr(module, kind).values()]


def failure(model, *arguments, **options):
    with pytest.raises(TraceError) as caught:
        trace_model(model, *arguments, **options)
    assert hooks_of(model) == []
    return caught.value


@pytest.fixture(scope="module")
def broken():
    with torch.device("meta"):
        model = torchvision.models.resnet18()
        model.layer2[0].conv1 = nn.Conv2d(32, 128, 3, 2, 1)
    return model


def test_the_failing_call_is_named_with_what_it_takes_and_was_given(broken):
    error = failure(broken, (1, 3, 64, 64))
    assert str(error).startswith("layer2.0.conv1, a Conv2d that takes 32 channels, was given 64: (1, 64, 16, 16). ")
    assert error.path == "layer2.0.conv1"


def test_the_calls_before_it_are_a_trace(broken):
    partial = failure(broken, (1, 3, 64, 64)).partial
    whole = trace_model(torchvision.models.resnet18(), (1, 3, 64, 64))
    assert partial.calls == whole.calls[:18]
    assert partial.calls[-1].path == "layer1.1.relu"
    assert partial.output_shapes == {}
    assert rc.layer_table(partial)["params"].sum() == 157_504  # stem and layer1
    assert "conv2_x" in rc.figures.diagram_svg(partial)
    assert list(rc.stage_table(partial)["stage"]) == ["conv1", "bn1", "relu", "maxpool", "conv2_x", "total"]


class Failing(nn.Module):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def forward(self, x):
        torch.rand(1)
        raise self.error("on purpose\nand more")


@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError, AssertionError, ZeroDivisionError])
def test_whatever_is_raised_nothing_is_left_behind(error):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU().eval(), Failing(error)).train(True)
    model[1].eval()
    random = torch.get_rng_state()
    raised = failure(model, (1, 3, 8, 8))
    assert "2, a Failing, fails on its input, (1, 4, 6, 6): " in str(raised)
    assert f"{error.__name__}: " in str(raised)
    assert isinstance(raised.__cause__, error)
    assert [call.path for call in raised.partial.calls] == ["0", "1"]
    assert [module.training for module in model] == [True, False, True]
    assert torch.equal(torch.get_rng_state(), random)


def test_no_random_number_is_taken_by_a_network_that_draws():
    class Noisy(nn.Module):
        def forward(self, x):
            return x + torch.rand_like(x)

    random = torch.get_rng_state()
    trace_model(Noisy(), (1, 3, 4, 4))
    assert torch.equal(torch.get_rng_state(), random)


class Residual(nn.Module):
    def __init__(self, branch):
        super().__init__()
        self.branch = branch

    def forward(self, x):
        return x + self.branch(x)


def test_an_addition_that_does_not_fit_names_the_block_and_its_last_call():
    error = failure(nn.Sequential(nn.ReLU(), Residual(nn.Conv2d(3, 8, 3))), (1, 3, 8, 8))
    assert "1, a Residual, fails in its own forward after 1.branch, which gave (1, 8, 6, 6): " in str(error)
    assert "size of tensor" in str(error)


def test_a_network_that_fails_before_its_first_layer_says_so():
    with torch.device("meta"):
        model = torchvision.models.vit_b_16()
    error = failure(model, (1, 3, 100, 100))
    assert "VisionTransformer fails in its own forward before its first layer: AssertionError: Wrong" in str(error)
    assert error.partial.calls == ()
    assert len(rc.layer_table(error.partial)) == 0
    assert list(rc.stage_table(error.partial)["stage"]) == ["total"]


def test_a_call_that_a_network_survives_is_not_blamed_for_a_later_one():
    class Careful(nn.Module):
        def __init__(self):
            super().__init__()
            self.bold, self.last = nn.Linear(99, 9), nn.Conv2d(5, 4, 3)

        def forward(self, x):
            try:
                self.bold(x)
            except RuntimeError:
                return self.last(x)

    error = failure(nn.Sequential(Careful()), (1, 3, 8, 8))
    assert error.path == "0.last"


def test_a_part_that_survives_the_failure_of_all_inside_is_the_row():
    class Careless(nn.Module):
        def __init__(self):
            super().__init__()
            self.bold = nn.Linear(99, 9)

        def forward(self, x):
            try:
                return self.bold(x)
            except RuntimeError:
                return x

    calls = trace_model(nn.Sequential(Careless(), nn.ReLU()), (1, 3, 8, 8)).calls
    assert [(call.path, call.kind) for call in calls] == [("0", "Careless"), ("1", "ReLU")]


def test_too_many_channels_of_a_picture_are_answered_with_the_size_that_fits():
    error = failure(torchvision.models.resnet18(), (1, 4, 64, 64))
    assert str(error).startswith("conv1, a Conv2d that takes 3 channels, was given 4: (1, 4, 64, 64). ")
    assert "Give input_size=(1, 3, 64, 64)." in str(error)
    trace_model(torchvision.models.resnet18(), (1, 3, 64, 64))


@pytest.mark.parametrize(
    ("layers", "size", "says"),
    [
        ([nn.Flatten(), nn.Linear(10, 2)], (1, 3, 4, 4), "1, a Linear that takes 10 features, was given 48: (1, 48)"),
        ([nn.BatchNorm2d(4)], (1, 3, 4, 4), "0, a BatchNorm2d that takes 4 channels, was given 3: (1, 3, 4, 4)"),
        ([nn.Flatten(), nn.Conv2d(3, 4, 3)], (1, 3, 4, 4), "1, a Conv2d that takes at least 3 dimensions, was given 2"),
        ([nn.Conv1d(3, 4, 3)], (1, 5, 9), "0, a Conv1d that takes 3 channels, was given 5: (1, 5, 9)"),
        ([nn.GroupNorm(2, 4)], (1, 6, 9), "0, a GroupNorm that takes 4 channels, was given 6"),
        ([nn.Embedding(9, 4)], (1, 3), "0, an Embedding that takes whole numbers, was given float32: (1, 3)"),
    ],
)
def test_layers_say_what_they_take(layers, size, says):
    assert str(failure(nn.Sequential(*layers), size)).startswith(says)


def test_numbers_of_another_kind_are_named():
    error = failure(nn.Sequential(nn.Linear(2, 2)), inputs=torch.tensor([[1, 2]]))
    assert "0, a Linear that takes float32 numbers, was given int64" in str(error)


@pytest.mark.parametrize(
    ("layers", "side", "fails_at", "smallest"),
    [
        ({"conv": nn.Conv2d(3, 4, 5), "pool": nn.MaxPool2d(2), "last": nn.Conv2d(4, 4, 3)}, 4, "conv", 10),
        ({"conv": nn.Conv2d(3, 4, 5), "pool": nn.MaxPool2d(2), "last": nn.Conv2d(4, 4, 3)}, 9, "last", 10),
        ({"conv": nn.Conv2d(3, 4, 3, padding=1), "pool": nn.AvgPool2d(7)}, 6, "pool", 7),
    ],
)
def test_too_small_an_input_names_the_layer_and_the_smallest_that_works(layers, side, fails_at, smallest):
    model = nn.Sequential(OrderedDict(layers)).train()
    error = str(failure(model, (1, 3, side, side)))
    assert error.startswith(f"{fails_at}, a")
    assert "that takes at least" in error
    assert f"The smallest square input that works is {smallest}×{smallest}." in error
    assert all(module.training for module in model)
    trace_model(model, (1, 3, smallest, smallest))


def test_where_no_size_works_none_is_offered():
    error = failure(nn.Sequential(nn.Flatten(), nn.Linear(10, 2)), (1, 3, 4, 4))
    assert "smallest" not in str(error)
    assert "smallest" not in str(failure(nn.Sequential(Failing(ValueError)), (1, 3, 4, 4)))
