"""Trace.memory() against the tensors that PyTorch really keeps, and against sums by hand."""

import pytest
import torch
import torchvision
from torch import nn

import resnet_core as rc


def kept_by_pytorch(model, *inputs):
    """Bytes of all tensors that a pass in training keeps for the way back, each storage once; weights not."""
    own = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage  # held, so that no other one gets its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        out = model.train()(*inputs)
    assert out is not None
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("name", ["resnet18", "resnet50_v2", "seresnet50", "cifar_resnet20", "plain18", "resnet50d"])
def test_what_our_networks_keep_is_exact(name):
    side, batch = 32 if name.startswith("cifar") else 64, 3
    model = rc.build_model(name, seed=0, device="cpu")
    trace = rc.trace_model(model, (1, 3, side, side))
    assert trace.memory(batch).activations == kept_by_pytorch(model, torch.zeros(batch, 3, side, side))
    assert rc.walk_spec(name, (1, 3, side, side)).memory(batch) == trace.memory(batch)


@pytest.mark.parametrize(
    ("name", "side", "most"),
    [("resnet18", 64, 0), ("mobilenet_v3_small", 64, 0.01), ("efficientnet_b0", 64, 0.01), ("vit_b_32", 64, 0.02)],
)
def test_what_other_networks_keep_is_close(name, side, most):
    options = {"image_size": side} if name.startswith("vit") else {}
    model = torchvision.models.get_model(name, weights=None, **options)
    real = kept_by_pytorch(model, torch.zeros(2, 3, side, side))
    found = rc.trace_model(model, (1, 3, side, side)).memory(2).activations
    assert abs(found / real - 1) <= most


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), [("densenet121", 0.01), ("convnext_tiny", 0.1), ("googlenet", 0.15)])
def test_what_functions_keep_between_layers_is_missing_and_no_more(name, most):
    options = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    model = torchvision.models.get_model(name, weights=None, **options)
    real = kept_by_pytorch(model, torch.zeros(2, 3, 64, 64))
    found = rc.trace_model(model, (1, 3, 64, 64)).memory(2).activations
    assert -most <= found / real - 1 <= 0


def test_layers_that_are_not_known_are_named():
    class Odd(nn.Module):
        def forward(self, x):
            return x.exp()

    trace = rc.trace_model(nn.Sequential(nn.Linear(4, 4), Odd()), (1, 4))
    assert trace.memory().unknown == ("Odd",)
    assert trace.memory().activations == 4 * 4 + 4 * 4  # the linear layer's input, and Odd's
    assert trace.memory(training=False).unknown == ()


def test_weights_gradients_and_the_optimisers_state_follow_from_the_count():
    trace = rc.walk_spec("resnet50")
    weights = 25_557_032 * 4
    adam, sgd = trace.memory(32), trace.memory(32, optimizer="sgd")
    assert (adam.weights, adam.gradients, adam.optimizer) == (weights, weights, 2 * weights)
    assert trace.memory(32, optimizer="momentum").optimizer == weights
    assert (sgd.optimizer, sgd.activations) == (0, adam.activations)
    assert adam.total == 4 * weights + adam.activations
    half = trace.memory(32, torch.bfloat16)
    assert half.weights == weights // 2
    assert half == trace.memory(32, "bfloat16")
    answer = trace.memory(32, training=False)
    assert (answer.gradients, answer.optimizer) == (0, 0)
    assert list(adam.to_frame()["bytes"]) == [weights, weights, 2 * weights, adam.activations, adam.total]


def test_an_answer_needs_the_shortcut_while_the_branch_is_computed():
    net = nn.Sequential(nn.Conv2d(2, 2, 1), Around(), nn.ReLU())
    trace = rc.trace_model(net, (1, 2, 4, 4))
    picture = 2 * 4 * 4 * 4
    assert trace.memory(training=False).activations == 3 * picture  # x, what comes out of the branch, and their sum
    assert trace.memory(5, training=False).activations == 15 * picture


class Around(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch = nn.Conv2d(2, 2, 3, padding=1)

    def forward(self, x):
        return x + self.branch(x)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"batch": 0}, "batch=0 does not work"), ({"batch": 2.5}, "batch=2.5"),
        ({"dtype": "int4"}, "dtype='int4' does not work: it must be one of float64, float32"),
        ({"optimizer": "lion"}, "optimizer='lion' does not work: it must be one of sgd, momentum, adam"),
    ],
)  # fmt: skip
def test_what_does_not_work_is_said(wrong, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        rc.walk_spec("resnet18").memory(**wrong)
