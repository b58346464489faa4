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


def foreign(name, **options):
    options |= {"googlenet": {"init_weights": False}, "vit_b_32": {"image_size": 64}}.get(name, {})
    options |= {"weights_backbone": None} if name.startswith("lraspp") else {}
    return torchvision.models.get_model(name, weights=None, **options)


QUICK = ["squeezenet1_1", "mobilenet_v3_small"]
KINDS = [
    "resnet18", "googlenet", "densenet121", "shufflenet_v2_x0_5", "efficientnet_b0", "regnet_y_400mf",
    "convnext_tiny", "swin_t", "vit_b_32", "r3d_18", "lraspp_mobilenet_v3_large",
]  # fmt: skip


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in KINDS)])
def test_what_other_networks_keep_is_exact(name):
    """Also what functions keep between layers, dropout's and stochastic depth's noise, and heads for training alone."""
    model = foreign(name)
    shape = (3, 4, 32, 32) if name == "r3d_18" else (3, 64, 64)
    trace = rc.trace_model(model, (1, *shape))
    assert trace.memory(2).activations == kept_by_pytorch(model, torch.zeros(2, *shape))


class Dropping(nn.Module):
    """Several inputs, one of them without examples; noise; a buffer that counts; and a weight that is used twice."""

    def __init__(self):
        super().__init__()
        self.table, self.norm = nn.Embedding(7, 4), nn.BatchNorm1d(4)
        self.out = nn.Linear(4, 7, bias=False)
        self.out.weight = self.table.weight

    def forward(self, words, scale):
        x = nn.functional.dropout(self.norm(self.table(words)), 0.5, self.training)
        return self.out(x.exp() * scale)


def test_a_pass_without_numbers_keeps_what_a_real_one_does_and_changes_nothing():
    model = Dropping()
    inputs = torch.zeros(3, dtype=torch.long), torch.ones(4)
    trace = rc.trace_model(model, inputs=inputs)
    before, state = {key: value.clone() for key, value in model.state_dict().items()}, torch.random.get_rng_state()
    found = [trace.memory(batch).activations for batch in (3, 5)]
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(module.training for module in model.modules())
    assert model.out.weight is model.table.weight
    assert found == [kept_by_pytorch(model, torch.zeros(n, dtype=torch.long), inputs[1]) for n in (3, 5)]


def test_numbers_of_another_precision_are_seen_as_well():
    model = foreign("squeezenet1_1")
    half = rc.trace_model(model, (1, 3, 64, 64)).memory(2, torch.bfloat16).activations
    assert half == kept_by_pytorch(model.to(torch.bfloat16), torch.zeros(2, 3, 64, 64, dtype=torch.bfloat16))


def test_a_network_of_ours_that_was_changed_is_seen_and_not_told_by_rules():
    model = rc.build_model("cifar_resnet20", seed=0, device="cpu")
    model.layer1[0].relu1 = nn.GELU()
    trace = rc.trace_model(model, (1, 3, 32, 32))
    assert trace.memory(2).activations == kept_by_pytorch(model, torch.zeros(2, 3, 32, 32))


@pytest.mark.parametrize("frozen", [("conv1", "bn1", "layer1", "layer2", "layer3"), ("layer4",), ()])
def test_what_is_frozen_when_one_asks_gets_no_gradient_and_keeps_less(frozen):
    model = foreign("resnet18")
    trace = rc.trace_model(model, (1, 3, 64, 64))
    for name in frozen:
        getattr(model, name).requires_grad_(False)
    memory, picture = trace.memory(2, optimizer="momentum"), torch.zeros(2, 3, 64, 64)
    assert memory.activations == kept_by_pytorch(model, picture)
    model(picture).sum().backward()
    gradients = sum(parameter.grad.nbytes for parameter in model.parameters() if parameter.grad is not None)
    assert (memory.weights, memory.gradients, memory.optimizer) == (trace.total_params * 4, gradients, gradients)


def test_a_network_that_can_not_train_is_refused_in_its_own_words():
    class Answering(nn.Module):
        def forward(self, x):
            if self.training:
                raise ValueError("targets are missing")
            return x

    trace = rc.trace_model(Answering(), (1, 4))
    with pytest.raises(rc.InvalidSpecError, match=r"What Answering keeps in training can't be told: .*targets are mis"):
        trace.memory()
    assert trace.memory(training=False).activations == 2 * 4 * 4  # x, and what comes out


def test_a_forward_that_asks_for_a_number_is_told_that_there_is_none():
    class Asking(nn.Module):
        def forward(self, x):
            return x * float(x.sum())

    with pytest.raises(rc.InvalidSpecError, match=r"pass on tensors without numbers fails \(DataDependentOutput"):
        rc.trace_model(Asking(), (1, 4)).memory()


def test_a_library_s_workspace_is_refused_and_not_guessed():
    """On a CPU oneDNN keeps one for an LSTM, and none for other recurrent layers."""
    net = nn.Sequential(nn.Linear(5, 5), nn.LSTM(5, 7, batch_first=True))
    with pytest.raises(rc.InvalidSpecError, match="can't be told: 1 is a recurrent layer, of which a library keeps"):
        rc.trace_model(net, (1, 6, 5)).memory()
    gru = nn.GRU(5, 7, batch_first=True)
    assert rc.trace_model(gru, (1, 6, 5)).memory(2).activations == kept_by_pytorch(gru, torch.zeros(2, 6, 5))


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


@pytest.mark.parametrize("wrong", ["x", 1, None])
def test_training_is_yes_or_no(wrong):
    with pytest.raises(rc.InvalidSpecError, match=f"training={wrong!r} does not work: it must be True or False"):
        rc.walk_spec("cifar_resnet20").memory(training=wrong)
