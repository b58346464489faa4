"""Functions that join what modules put out: their rows, and where each call's input came from."""

import pytest
import timm
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from resnet_core.anatomy.counting.calls import FROM_OUTSIDE
from resnet_core.anatomy.trace.trace import trace_model


def joins(trace):
    return [(call.path, call.kind) for call in trace.calls if call.functional]


def sources(trace, call):
    return [trace.calls[n].part_path if n != FROM_OUTSIDE else "input" for n in trace.sources[call.index]]


class Joining(nn.Module):
    """Joins two branches in the way that it is given."""

    def __init__(self, join):
        super().__init__()
        self.left, self.right, self.join = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), join
        self.own = nn.Parameter(torch.ones(3, 1, 1))
        self.register_buffer("mean", torch.ones(3, 1, 1))

    def forward(self, x):
        return self.join(self, self.left(x), self.right(x))


@pytest.mark.parametrize(
    ("join", "kind"),
    [
        (lambda net, a, b: a + b, "add"),
        (lambda net, a, b: torch.add(a, b, alpha=2), "add"),
        (lambda net, a, b: a.add_(b), "add"),
        (lambda net, a, b: a - b, "sub"),
        (lambda net, a, b: a * b, "mul"),
        (lambda net, a, b: torch.cat([a, b], 1), "cat"),
        (lambda net, a, b: torch.concat((a, b)), "cat"),
        (lambda net, a, b: torch.stack([a, b]), "stack"),
        (lambda net, a, b: a @ b, "matmul"),
        (lambda net, a, b: torch.einsum("nchw,nchv->nwv", a, b), "matmul"),
        (lambda net, a, b: F.scaled_dot_product_attention(a, b, b), "attention"),
        (lambda net, a, b: F.relu(a) + torch.sigmoid(b.flatten(2)).view_as(b), "add"),
    ],
)
def test_each_way_of_joining_is_a_row_with_its_sources(join, kind):
    net = Joining(join)
    trace = trace_model(net, (1, 3, 4, 4))
    (row,) = [call for call in trace.calls if call.functional]
    assert (row.path, row.kind) == ("Joining", kind)
    assert sources(trace, row) == ["left", "right"]
    assert (row.params, row.macs) == (0, 0)
    assert row.output_shape == tuple(net(torch.zeros(1, 3, 4, 4)).shape)
    assert row.activation_bytes == 4 * net(torch.zeros(1, 3, 4, 4)).numel()


@pytest.mark.parametrize(
    "join",
    [
        lambda net, a, b: a + 1,
        lambda net, a, b: a + net.own,
        lambda net, a, b: a * net.mean,
        lambda net, a, b: torch.cat([net.own.expand(1, 3, 4, 4), a]),
        lambda net, a, b: a + a.new_zeros(4, 4),
        lambda net, a, b: a + torch.zeros_like(b),
        lambda net, a, b: F.relu(a),
    ],
)
def test_a_number_a_weight_or_a_constant_joins_nothing(join):
    assert joins(trace_model(Joining(join), (1, 3, 4, 4))) == []


def test_an_activation_written_into_a_constant_is_one():
    def write(net, a, b):
        canvas = torch.zeros(1, 3, 4, 4)
        canvas[:, :2] = a[:, :2]
        return canvas + b

    trace = trace_model(Joining(write), (1, 3, 4, 4))
    (row,) = [call for call in trace.calls if call.functional]
    assert sources(trace, row) == ["left", "right"]


def test_torchvisions_resnet50_has_its_sixteen_additions_in_order():
    with torch.device("meta"):
        trace = trace_model(torchvision.models.resnet50())
    blocks = [f"layer{stage}.{block}" for stage, count in enumerate((3, 4, 6, 3), 1) for block in range(count)]
    assert joins(trace) == [(block, "add") for block in blocks]
    assert len(trace.calls) == 158 + 16
    assert [call.index for call in trace.calls] == list(range(174))
    first, second = (next(call for call in trace.calls if call.part_path == f"layer1.{n}.add") for n in (0, 1))
    assert sources(trace, first) == ["layer1.0.bn3", "layer1.0.downsample.1"]
    assert sources(trace, second) == ["layer1.1.bn3", "layer1.0.relu"]
    assert trace.calls[first.index + 1].path == "layer1.0.relu"
    assert first.receptive_field == (19, 19)  # 7, the pool's 3 and the 3x3's 3, of which the last two step 2 and 4
    ours = trace_model("resnet50")
    assert (trace.total_params, trace.total_macs) == (ours.total_params, ours.total_macs)
    assert trace.total_activation_bytes == ours.total_activation_bytes - 4 * 2048  # torchvision flattens by function


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("convnext_tiny", "add", 18), ("vit_b_16", "add", 24), ("swin_t", "cat", 3), ("densenet121", "cat", 58),
        ("googlenet", "cat", 9), ("mobilenet_v3_small", "add", 6), ("mobilenet_v3_small", "mul", 9),
    ],
)  # fmt: skip
def test_known_networks_have_as_many_joins_as_their_papers_say(name, kind, count):
    options = {"init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        trace = trace_model(torchvision.models.get_model(name, **options))
    assert sum(one == kind for _, one in joins(trace)) == count


def test_timms_attention_and_its_stochastic_depth_are_followed():
    net = timm.create_model("vit_tiny_patch16_224", depth=2, drop_path_rate=0.5)
    trace = trace_model(net)
    assert joins(trace) == [
        (f"blocks.{n}{path}", kind) for n in (0, 1) for path, kind in ((".attn", "attention"), ("", "add"), ("", "add"))
    ]
    second = [call for call in trace.calls if call.part_path == "blocks.1.add"]
    assert [sources(trace, call) for call in second] == [
        ["blocks.0.add", "blocks.1.drop_path1"], ["blocks.1.add", "blocks.1.drop_path2"],
    ]  # fmt: skip


class Whole(nn.Module):
    """A layer without layers: what it does inside is its own."""

    def forward(self, a, b):
        return a + b + a * b


class Silent(nn.Module):
    """Multiplies by the weights of a layer that it never calls, and adds."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return F.linear(x, self.layer.weight) + x


def test_a_module_that_calls_none_inside_is_one_row_with_its_own_additions():
    trace = trace_model(nn.Sequential(Silent(), nn.ReLU()), (1, 4))
    assert [(call.path, call.kind) for call in trace.calls] == [("0", "Silent"), ("1", "ReLU")]
    assert trace.sources == ((FROM_OUTSIDE,), (0,))
    assert sum(call.params for call in trace.calls) == trace.total_params


def test_what_a_layer_joins_inside_is_part_of_its_row():
    net = Joining(lambda net, a, b: net.whole(a, b))
    net.whole = Whole()
    assert [call.path for call in trace_model(net, (1, 3, 4, 4)).calls][:3] == ["left", "right", "whole"]
    attention = trace_model(nn.MultiheadAttention(8, 2, batch_first=True), [(1, 5, 8)] * 3)
    assert [call.kind for call in attention.calls] == ["MultiheadAttention"]


def test_joins_are_kept_beside_the_layers_outputs():
    trace = trace_model(Joining(lambda net, a, b: a + b), (1, 3, 4, 4), keep_outputs=True)
    assert torch.equal(trace.outputs["Joining.add"], trace.outputs["left"] + trace.outputs["right"])


def test_a_field_that_is_unknown_on_one_side_is_unknown_after_the_addition():
    def resized(net, a, b):
        return a + F.interpolate(net.pool(b), (4, 4))

    net = Joining(resized)
    net.pool = nn.AvgPool2d(2)
    (row,) = [call for call in trace_model(net, (1, 3, 4, 4)).calls if call.functional]
    assert row.receptive_field is None
