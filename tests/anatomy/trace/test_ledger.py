"""Work that no convolution or linear layer owns, against PyTorch's own operator count and against formulas."""

import pytest
import torch
import torchvision
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from resnet_core.anatomy.tables.remarks import left_out
from resnet_core.anatomy.tables.tables import layer_table
from resnet_core.anatomy.trace.ledger import Ledger, Work
from resnet_core.anatomy.trace.trace import trace_model


def pytorchs_count(model, *inputs):
    """Multiply-adds of all operations, with attention spelled out: the fused kernels hide from PyTorch's counter."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            model.eval()(*inputs)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    return counter.get_total_flops() // 2


def left(trace):
    return sum(macs for _, _, macs in trace.uncounted)


def adds_up(trace):
    table = layer_table(trace)
    assert table.macs.sum() == trace.total_macs
    assert table.params.sum() == trace.total_params
    return True


@pytest.mark.parametrize(
    ("name", "size", "published"),
    [("swin_t", 224, 4.491), ("vit_b_32", 224, 4.409), ("resnet18", 224, 1.814), ("googlenet", 224, 1.498)],
)
def test_with_what_is_named_the_total_is_pytorchs_and_torchvisions(name, size, published):
    options = {"init_weights": False} if name == "googlenet" else {}
    model = torchvision.models.get_model(name, weights=None, **options)
    picture = torch.zeros(1, 3, size, size)
    trace = trace_model(model, tuple(picture.shape))
    assert trace.total_macs + left(trace) == pytorchs_count(model, picture)
    assert (trace.total_macs + left(trace)) / 1e9 == pytest.approx(published, abs=0.001)  # its weights' own meta
    assert adds_up(trace)
    assert bool(trace.uncounted) == (name in ("swin_t", "vit_b_32"))


def test_attention_counts_its_projections_and_names_the_rest():
    length, width = 7, 256
    trace = trace_model(nn.MultiheadAttention(width, 8, batch_first=True), [(2, length, width)] * 3)
    assert trace.total_macs == 2 * length * 4 * width * width
    assert left(trace) == 2 * 2 * length * length * width
    assert adds_up(trace)


@pytest.mark.parametrize(
    ("layer", "inputs", "macs"),
    [
        (nn.MultiheadAttention(32, 4, batch_first=True), 3, 5 * 4 * 32 * 32),
        (nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 1, 5 * (4 * 32 * 32 + 2 * 32 * 64)),
    ],
)
def test_fused_operations_count_the_same(layer, inputs, macs):
    """Hooks make PyTorch spell these layers out; without a hook each is one operation."""
    work = Work()
    with torch.no_grad(), Ledger(layer.eval(), lambda: work):
        layer(*[torch.zeros(1, 5, 32)] * inputs)
    assert (work.macs, work.uncounted) == (macs, {"attention": 2 * 5 * 5 * 32})
    assert trace_model(layer, [(1, 5, 32)] * inputs).total_macs == macs


@pytest.mark.parametrize(
    ("layer", "size", "macs"),
    [
        (nn.LSTM(5, 7), (3, 2, 5), 3 * 2 * 4 * (5 * 7 + 7 * 7)),
        (nn.GRU(5, 7, num_layers=2, bidirectional=True), (3, 1, 5), 3 * 2 * 3 * (5 * 7 + 7 * 7 + 14 * 7 + 7 * 7)),
        (nn.RNN(5, 7), (3, 1, 5), 3 * (5 * 7 + 7 * 7)),
        (nn.LSTMCell(5, 7), (2, 5), 2 * 4 * (5 * 7 + 7 * 7)),
        (nn.Bilinear(3, 4, 5), [(2, 3), (2, 4)], 2 * 3 * 4 * 5),
        (nn.utils.parametrizations.weight_norm(nn.Linear(4, 5)), (2, 4), 2 * 4 * 5),
    ],
)
def test_recurrent_and_odd_layers_count_by_formula(layer, size, macs):
    trace = trace_model(layer, size)
    assert trace.total_macs == macs
    assert trace.uncounted == ()
    assert adds_up(trace)


class Functional(nn.Module):
    """Multiplies by the weights of a child that it never calls, by a table of its own, and by what came in."""

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(4, 12), nn.Linear(4, 4)
        self.table = nn.Parameter(torch.ones(4, 4))
        self.register_buffer("fixed", torch.ones(4, 4))

    def forward(self, x):
        q, k, v = nn.functional.linear(x, self.qkv.weight, self.qkv.bias).split(4, dim=-1)
        mixed = (q @ k.transpose(-1, -2)) @ v
        return self.out(mixed @ (2 * self.table).t()) @ self.fixed


def test_functional_products_go_to_the_innermost_open_call():
    trace = trace_model(Functional(), (1, 5, 4))
    assert [(call.path, call.kind, call.macs, call.params) for call in trace.calls] == [
        ("Functional", "matmul", 0, 0), ("Functional", "matmul", 0, 0),  # of two activations: their work is left out
        ("out", "Linear", 5 * 4 * 4, 20),
        ("Functional", "Functional", 5 * 4 * 12 + 5 * 4 * 4, 60 + 16),
    ]  # fmt: skip
    assert left(trace) == 2 * 5 * 5 * 4 + 5 * 4 * 4  # of two activations, and with a constant that nothing learns
    assert {path for _, path, _ in trace.uncounted} == {"Functional"}
    assert adds_up(trace)


def test_an_activation_written_into_a_constant_is_one():
    class Written(nn.Module):
        def forward(self, x):
            canvas = torch.zeros(4, 4)
            canvas.copy_(x)
            return canvas @ canvas

    trace = trace_model(Written(), (4, 4))
    assert (trace.total_macs, left(trace)) == (0, 64)


def test_the_sentence_gives_the_share():
    trace = trace_model(nn.MultiheadAttention(8, 2, batch_first=True), [(1, 16, 8)] * 3)
    everything = trace.total_macs + left(trace)
    assert left_out(trace).startswith(f"Not in these totals: {left(trace):,} multiply-adds of two activations (")
    assert f"{left(trace) / everything * 100:.1f} % of all." in left_out(trace)
    assert left_out(trace_model("resnet18")) == ""


@pytest.mark.filterwarnings("ignore:.*(torch.ao.quantization|deprecated|quantize).*")
def test_quantised_work_is_opaque_and_said():
    network = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(8, 8)), {nn.Linear})
    trace = trace_model(network, (1, 8))
    assert trace.uncounted == (("quantized::linear_dynamic", "0", None),)
    assert "PyTorch shows nothing of what happens inside 0 (quantized::linear_dynamic)" in left_out(trace)


class Holder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.scripted = nn.Conv2d(3, 3, 1), torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3)))

    def forward(self, x):
        return self.scripted(self.first(x))


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_torchscript_inside_is_named_counted_around_and_left_without_hooks():
    model = Holder()
    trace = trace_model(model, (1, 3, 8, 8))
    assert trace.total_macs == 3 * 3 * 64 + 27 * 4 * 36
    assert trace.uncounted == (("TorchScript", "scripted", None),)
    assert adds_up(trace)
    assert not model._forward_hooks
    assert not model.first._forward_hooks


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_a_whole_network_in_torchscript_is_one_opaque_row():
    scripted = torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval())
    trace = trace_model(scripted, (1, 3, 8, 8))
    (call,) = trace.calls
    assert (call.macs, call.params, call.output_shape) == (27 * 4 * 36, 112, (1, 4, 6, 6))
    assert [macs for _, _, macs in trace.uncounted] == [None]
