import pytest
import torch
from torch import nn

from resnet_core.anatomy.trace.shapes_only import ShapesOnly
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError

LAYERS = (
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.Conv2d(8, 16, (1, 5), padding=(0, 2), dilation=(1, 2), groups=4, bias=False),
    nn.Conv2d(8, 8, 3, padding="same"),
    nn.MaxPool2d(3, stride=2, padding=1),
    nn.MaxPool2d(2, ceil_mode=True),
    nn.MaxPool2d((3, 2)),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.AdaptiveAvgPool2d(3),
    nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False),
    nn.AvgPool2d((3, 2)),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Sigmoid(),
    nn.Linear(11, 5),
)


def run_on_meta(layer, shape):
    with ShapesOnly(), torch.no_grad():
        return layer.to("meta").eval()(torch.empty(shape, device="meta"))


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_a_layer_has_the_shape_that_pytorch_computes_with_numbers(layer):
    with torch.no_grad():
        expected = layer.eval()(torch.zeros(2, 8, 13, 11)).shape
    assert run_on_meta(layer, (2, 8, 13, 11)).shape == expected


OPERATIONS = {
    "a product": lambda x: x * x[:, :, :1, :1],
    "a product with fewer sides": lambda x: x * x[0, 0],
    "a product with a number": lambda x: x * 3,
    "a product of indices": lambda x: x[0].argmax(0) * torch.ones_like(x[0].argmax(0)),
    "side by side": lambda x: torch.cat((x, x[:, :3]), dim=1),
    "one below the other": lambda x: torch.cat([x, x]),
    "a sum over one side": lambda x: x.sum(dim=1),
    "a sum over all": lambda x: x.sum(),
    "a sum that keeps its side": lambda x: x.sum((2, 3), keepdim=True),
    "arguments by name": lambda x: torch.cat(tensors=(x, x), dim=0),
    "activations by name": lambda x: torch.nn.functional.relu(input=x),
    "softmax": lambda x: x.softmax(dim=1),
    "softmax from behind": lambda x: x.softmax(-1),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_an_operation_has_the_shape_and_the_kind_of_pytorch(operation):
    expected = operation(torch.zeros(2, 8, 13, 11))
    with ShapesOnly():
        answer = operation(torch.empty(2, 8, 13, 11, device="meta"))
    assert (answer.shape, answer.dtype) == (expected.shape, expected.dtype)


@pytest.mark.parametrize(
    "name", ["resnet50_v1", "resnet34_a", "cifar_resnet20", "seresnet50", "resnet50d", "skresnet50", "resnest14d"]
)
def test_a_pass_without_numbers_gives_the_records_of_a_pass_with_them(name):
    size = (1, 3, 33, 47)
    assert trace_model(name, size) == trace_model(name, size, keep_outputs=True)


@pytest.mark.parametrize(
    "operation", [lambda x: x * x[:, :2], lambda x: torch.cat((x, x[:, :, :1]), 1), lambda x: x.sum(4)]
)
def test_an_impossible_operation_fails(operation):
    with pytest.raises((RuntimeError, IndexError)), ShapesOnly():
        operation(torch.empty(1, 5, 9, 9, device="meta"))


@pytest.mark.parametrize(("layer", "shape"), [(nn.Conv2d(3, 4, 3), (1, 5, 9, 9)), (nn.Conv2d(3, 4, 7), (1, 3, 4, 4))])
def test_an_impossible_shape_fails_in_pytorchs_own_words(layer, shape):
    with pytest.raises(RuntimeError) as plain, torch.no_grad():
        layer(torch.zeros(shape))
    with pytest.raises(RuntimeError) as quick:
        run_on_meta(layer, shape)
    assert type(quick.value) is type(plain.value)


def test_an_input_too_small_is_still_refused_with_the_layer_and_the_smallest_that_works():
    narrow = nn.Sequential(nn.Conv2d(3, 4, 7), nn.Flatten())
    with pytest.raises(InvalidSpecError, match=r"^0, a Conv2d that takes at least 7×7 pixels, was given 4×4"):
        trace_model(narrow, (1, 3, 4, 4))


def test_a_trace_loads_neither_pytorchs_compiler_nor_sympy(fresh_python):
    code = "import sys; from resnet_core.anatomy.trace.trace import trace_model; [trace_model(name) for name in "
    code += "('resnet50', 'resnet18d', 'seresnet50', 'skresnet50', 'resnest14d', 'cifar_resnet20')]; "
    assert fresh_python(code + "print({'sympy', 'torch._dynamo'} & set(sys.modules))").strip() == "set()"
