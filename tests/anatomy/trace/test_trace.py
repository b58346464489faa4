"""trace_model() against published totals, independent counters and torchvision; and what it leaves behind."""

from collections import OrderedDict

import pytest
import torch
import torchinfo
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.network import build_model


def torchvisions(name):
    with torch.device("meta"):
        return getattr(torchvision.models, name)()


def hooks_of(model):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return [hook for module in model.modules() for kind in kinds for hook in getattr(module, kind).values()]


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("resnet18", 11_689_512, 1_814_073_344),
        ("resnet34", 21_797_672, 3_663_761_408),
        ("resnet50", 25_557_032, 4_089_184_256),
        ("resnet101", 44_549_160, 7_801_405_440),
        ("resnet152", 60_192_808, 11_513_626_624),
        ("resnet50_v1", 25_557_032, 3_857_973_248),
        ("resnet101_v1", 44_549_160, 7_570_194_432),
        ("resnet152_v1", 60_192_808, 11_282_415_616),
    ],
)
def test_totals_are_exact(name, params, macs):
    trace = trace_model(name)
    assert (trace.total_params, trace.total_macs) == (params, macs)


@pytest.mark.parametrize(
    ("name", "params", "gmacs"),
    [
        ("plain18", 11_515_688, "1.7948"),
        ("plain34", 21_623_848, "3.6445"),
        ("resnext50_32x4d", 25_028_904, "4.2305"),
        ("resnext101_32x8d", 88_791_336, "16.4140"),
        ("resnext101_64x4d", 83_455_272, "15.4603"),
        ("wide_resnet50_2", 68_883_240, "11.3980"),
        ("wide_resnet101_2", 126_886_696, "22.7531"),
    ],
)
def test_totals_of_wide_grouped_and_plain_networks(name, params, gmacs):
    trace = trace_model(name)
    assert (trace.total_params, f"{trace.total_macs / 1e9:.4f}") == (params, gmacs)


@pytest.mark.parametrize(
    ("depth", "zero_pad", "projection", "mmacs"),
    [
        (20, 269_722, 272_474, "40.6"),
        (32, 464_154, 466_906, "68.9"),
        (44, 658_586, 661_338, "97.2"),
        (56, 853_018, 855_770, "125.5"),
        (110, 1_727_962, 1_730_714, "252.9"),
        (1202, 19_421_274, 19_424_026, "2829.2"),
    ],
)
def test_totals_of_the_cifar_networks_with_options_a_and_b(depth, zero_pad, projection, mmacs):
    spec = get_spec(f"cifar_resnet{depth}")
    trace = trace_model(spec)
    assert (trace.total_params, f"{trace.total_macs / 1e6:.1f}") == (zero_pad, mmacs)
    option_b = build_model(spec, shortcut="projection", device="meta")
    assert sum(parameter.numel() for parameter in option_b.parameters()) == projection


@pytest.mark.parametrize(
    ("name", "leaves"),
    [("resnet18", 60), ("resnet34", 108), ("resnet50", 158), ("resnet101", 311), ("resnet152", 464)],
)
def test_ours_has_torchvisions_calls_and_one_more_per_block_and_for_flatten(name, leaves):
    theirs, ours = trace_model(torchvisions(name)), trace_model(name)
    assert sum(not call.functional for call in theirs.calls) == leaves
    assert len(ours.calls) == leaves + sum(get_spec(name).depths) + 1
    assert sum(call.kind == "ShortcutAdd" for call in ours.calls) == sum(get_spec(name).depths)
    assert (theirs.total_params, theirs.total_macs) == (ours.total_params, ours.total_macs)


@pytest.mark.parametrize("name", ["resnet18", "resnet50_v1", "resnext50_32x4d", "plain34", "cifar_resnet32"])
def test_rows_add_up_to_totals_and_stand_in_order(name):
    trace = trace_model(name)
    assert sum(call.params for call in trace.calls) == trace.total_params
    assert sum(call.macs for call in trace.calls) == trace.total_macs
    assert sum(call.activation_bytes for call in trace.calls) == trace.total_activation_bytes
    assert [call.index for call in trace.calls] == list(range(len(trace.calls)))


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d", "cifar_resnet20", "resnest14d"])
def test_multiply_adds_are_half_of_pytorchs_own_flops(name):
    trace = trace_model(name, (2, 3, 65, 97))
    model = build_model(name, device="meta").eval()
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(2, 3, 65, 97, device="meta"))
    assert trace.total_macs * 2 == counter.get_total_flops()


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_torchinfo_counts_the_same_by_its_own_rule(name):
    batch, trace = 2, trace_model(name, (2, 3, 64, 64))
    model = getattr(torchvision.models, name)()
    seen = torchinfo.summary(model, input_size=(batch, 3, 64, 64), verbose=0)
    # torchinfo also takes each scale and shift of a batch norm, and each bias of fc, as one multiply-add a picture.
    norms = sum(call.params for call in trace.calls if call.kind == "BatchNorm2d")
    assert seen.total_params == trace.total_params
    assert seen.total_mult_adds == trace.total_macs + batch * (norms + 1000)


@pytest.mark.parametrize(("name", "field"), [("resnet50", 427), ("resnet50_v1", 483), ("resnet18", 435)])
def test_the_last_stage_sees_so_many_pixels(name, field):
    # resnet50: 11 + 3*8 + (8 + 3*16) + (16 + 5*32) + (32 + 2*64); with the stride on the first 1x1 (v1), the 3x3 of
    # a stage's first block already steps twice as far: 11 + 3*8 + 4*16 + 6*32 + 3*64.
    calls = trace_model(name).calls
    before = calls[[call.path for call in calls].index("avgpool") - 1]
    assert before.receptive_field == (field, field)


def test_the_receptive_field_is_as_wide_as_the_gradient_reaches():
    spec = get_spec("cifar_resnet20").override(depths=(1, 1, 1), norm="none")
    model = build_model(spec, seed=0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.01)  # nothing cancels and no ReLU closes
    picture = torch.ones(1, 3, 96, 96, requires_grad=True)
    kept = []
    model.layer3.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    model(picture)
    (last,) = kept
    last[0, 0, 12, 12].backward()
    rows = picture.grad.abs().sum((0, 1, 3)).nonzero()
    calls = {call.path: call for call in trace_model(model, (1, 3, 96, 96)).calls}
    assert int(rows.max() - rows.min()) + 1 == calls["layer3.0.relu"].receptive_field[0]


def test_a_module_is_left_as_it_was_found():
    model = torchvision.models.resnet18()
    model.train()
    model.layer2.eval()
    modes = [module.training for module in model.modules()]
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    trace_model(model, (1, 3, 64, 64))
    assert hooks_of(model) == []
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, weights[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize("keep_outputs", [False, True])
def test_no_random_number_is_taken(keep_outputs):
    before = torch.get_rng_state()
    trace_model("cifar_resnet20", keep_outputs=keep_outputs)
    assert torch.equal(torch.get_rng_state(), before)


def test_no_weights_are_allocated(monkeypatch):
    built = []

    def watched(*arguments, **options):
        built.append(build_model(*arguments, **options))
        return built[-1]

    monkeypatch.setattr("resnet_core.anatomy.trace.trace.build_model", watched)
    trace_model("resnet152")
    state = [*built[0].parameters(), *built[0].buffers()]
    assert {tensor.device.type for tensor in state} == {"meta"}


def test_kept_outputs_are_copies_and_the_same_each_time():
    first, second = (trace_model("cifar_resnet20", keep_outputs=True) for _ in range(2))
    assert set(first.outputs) == {call.path for call in first.calls}
    for call in first.calls:
        output = first.outputs[call.path]
        assert tuple(output.shape) == call.output_shape
        assert torch.equal(output, second.outputs[call.path])
        assert not output.requires_grad
    storages = [output.untyped_storage().data_ptr() for output in first.outputs.values()]
    assert len(set(storages)) == len(storages)
    assert first.outputs["fc"].abs().sum() > 0
    assert first == trace_model("cifar_resnet20")  # the calls are those of the pass without numbers


def test_no_output_is_kept_unasked():
    assert trace_model("cifar_resnet20").outputs == {}


def test_a_kept_output_is_not_overwritten_by_an_in_place_layer():
    model = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 8, 3), relu=nn.ReLU(inplace=True)))
    outputs = trace_model(model, (1, 3, 9, 9), keep_outputs=True).outputs
    assert outputs["conv"].min() < 0 <= outputs["relu"].min()


class Sharing(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.relu = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.relu(self.second(self.relu(self.first(self.first(x)))))


def test_a_shared_layer_is_one_row_per_call_and_its_parameters_count_once():
    trace = trace_model(Sharing(), (1, 4, 5, 5))
    assert [(call.path, call.params) for call in trace.calls] == [
        ("first", 148), ("first", 0), ("relu", 0), ("second", 4), ("relu", 0),
    ]  # fmt: skip
    assert trace.total_params == 152
    assert trace.total_macs == 3 * (9 * 4 * 4 * 25)


@pytest.mark.parametrize("shape", [(1, 3, 224), (1, 3, 0, 224), (1, 3, 224.0, 224), (-1, 3, 8, 8), "224"])
def test_a_shape_that_is_none_is_answered_with_an_example(shape):
    with pytest.raises(InvalidSpecError, match=r"give \(N, C, H, W\), four whole numbers .* \(1, 3, 224, 224\)"):
        trace_model("resnet50", shape)


def test_a_wrong_number_of_channels_is_answered_with_the_right_one():
    with pytest.raises(InvalidSpecError, match=r"has 1 channels, but conv1 of resnet50 takes 3.*in_channels=1"):
        trace_model("resnet50", (1, 1, 224, 224))


def test_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(UnknownModelError, match="Did you mean resnet50"):
        trace_model("resnet5O")


def test_a_trace_says_itself_in_a_line():
    said = repr(trace_model("resnet18"))
    assert len(said) < 200
    assert "resnet18" in said
    assert "11689512" in said
