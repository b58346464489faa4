"""Each expression is computed anew here, with Python's own arithmetic, and compared with what the hooks recorded."""

import re

import pytest
from torch import nn

from resnet_core.anatomy.tables.formulas import explain_call
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.catalogue import list_models

RECORDED = {
    "output height": lambda call: call.output_shape[2],
    "output width": lambda call: call.output_shape[3],
    "parameters": lambda call: call.params,
    "MACs": lambda call: call.macs,
    "activation bytes": lambda call: call.activation_bytes,
}


def computed(expression):
    plain = expression.replace("×", "*").replace("−", "-")
    plain = re.sub(r"⌊(.*?) / (\d+)⌋", r"(\1 // \2)", plain).replace(" / ", " // ")
    assert re.fullmatch(r"[\d\s+*/()-]+", plain)
    return eval(plain)


@pytest.mark.parametrize("name", [name for name in list_models() if "1202" not in name])
def test_every_expression_gives_the_recorded_figure(name):
    spec_size = walk_spec(name).input_shape
    for shape in (None, (2, spec_size[1], 97, 161)):
        trace = walk_spec(name, shape)
        for call in trace.calls:
            for formula in explain_call(trace, call.index):
                assert computed(formula.expression) == formula.value == RECORDED[formula.quantity](call), call.path


@pytest.mark.parametrize("name", ["resnet50", "resnext50_32x4d", "cifar_resnet20"])
def test_every_parameter_and_every_multiply_add_is_explained(name):
    trace = walk_spec(name)
    explained = [f for call in trace.calls for f in explain_call(trace, call.index)]
    assert sum(f.value for f in explained if f.quantity == "parameters") == trace.total_params
    assert sum(f.value for f in explained if f.quantity == "MACs") == trace.total_macs


def test_a_convolution_reads_as_one_writes_it():
    trace = walk_spec("resnet50")
    conv = next(call for call in trace.calls if call.path == "layer1.0.conv2")
    lines = [formula.line for formula in explain_call(trace, conv.index)]
    assert lines == [
        "⌊(56 + 2 × 1 − 3) / 1⌋ + 1 = 56",
        "⌊(56 + 2 × 1 − 3) / 1⌋ + 1 = 56",
        "3 × 3 × 64 × 64 = 36,864",
        "3 × 3 × 64 × 64 × 1 × 56 × 56 = 115,605,504",
        "1 × 64 × 56 × 56 × 4 = 802,816",
    ]


def test_a_grouped_convolution_divides_its_inputs():
    trace = walk_spec("resnext50_32x4d")
    conv = next(call for call in trace.calls if call.path == "layer1.0.conv2")
    assert "3 × 3 × (128 / 32) × 128 = 4,608" in [formula.line for formula in explain_call(trace, conv.index)]


@pytest.mark.parametrize(
    ("layer", "size", "explained"),
    [
        (nn.Linear(5, 7), (2, 3, 4, 5), {"parameters": 42, "MACs": 840}),
        (nn.Conv1d(4, 6, 3, groups=2), (2, 4, 9), {"parameters": 42, "MACs": 504}),
        (nn.Conv3d(2, 3, 3), (1, 2, 4, 4, 4), {"parameters": 165, "MACs": 1296}),
        (nn.ConvTranspose2d(2, 3, 2), (1, 2, 4, 4), {}),
        (nn.MultiheadAttention(8, 2, batch_first=True), [(1, 5, 8)] * 3, {}),
        (nn.LSTM(3, 4), (2, 1, 3), {}),
    ],
)
def test_layers_of_other_networks_are_explained_as_far_as_the_rule_goes(layer, size, explained):
    trace = trace_model(layer, size)
    found = {formula.quantity: formula for formula in explain_call(trace, 0)}
    assert {name: formula.value for name, formula in found.items() if name in ("parameters", "MACs")} == explained
    assert all(computed(formula.expression) == formula.value for formula in found.values())
