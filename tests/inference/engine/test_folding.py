import pytest
import torch
from torch import nn

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.engine.folding import fold_batch_norms
from resnet_core.inference.engine.wiring import PICTURE, record_calls
from resnet_core.models.blocks import ShortcutAdd
from resnet_core.models.network import build_model

# Each kind of block, stem and shortcut, small.
KINDS = {
    "basic": ("cifar_resnet20", {"widths": (8, 16, 32)}),
    "plain": ("cifar_plain20", {"widths": (8, 16, 32)}),
    "bottleneck": ("resnet50", {"depths": (1, 1), "widths": (16, 32)}),
    "deep stem, pooled": ("resnet50d", {"depths": (1, 1), "widths": (16, 32)}),
    "bias kept": ("d2l_resnet18", {"depths": (1, 1), "widths": (16, 32)}),
    "preactivated": ("resnet50_v2", {"depths": (1, 1), "widths": (16, 32)}),
    "squeeze and excite": ("seresnet50", {"depths": (1, 1), "widths": (16, 32)}),
    "selective kernel": ("skresnet50", {"depths": (1, 1), "widths": (16, 32)}),
    "split attention": ("resnest50d", {"depths": (1, 1), "widths": (32, 64)}),
}


def lively(name, **overrides):
    """A network whose batch norms are far from the identity, in float64 or as asked."""
    model = build_model(name, seed=0, num_classes=10, **overrides)
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values in (module.running_mean, module.bias.data):
                values.normal_(0, 0.2, generator=generator)
            for values in (module.running_var, module.weight.data):
                values.uniform_(0.5, 1.5, generator=generator)
    return model.eval().requires_grad_(False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_folded_network_gives_the_same_logits(kind):
    name, overrides = KINDS[kind]
    model = lively(name, **overrides)
    pictures = torch.randn(2, model.spec.in_channels, 48, 48, generator=torch.Generator().manual_seed(2))
    folded = fold_batch_norms(model)
    with torch.inference_mode():
        expected, found = model(pictures), folded(pictures)
    assert torch.linalg.vector_norm(found - expected) <= 1e-5 * torch.linalg.vector_norm(expected)
    left = sum(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert left < sum(isinstance(module, nn.BatchNorm2d) for module in model.modules())
    if kind != "preactivated":
        assert left == 0


def test_folding_leaves_the_network_itself_as_it_was():
    model = lively("cifar_resnet20", widths=(8, 16, 32))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    folded = fold_batch_norms(model)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert isinstance(model.bn1, nn.BatchNorm2d)
    assert folded.fc.weight.data_ptr() == model.fc.weight.data_ptr(), "what does not change is shared"


def test_a_convolution_that_two_calls_read_is_left_alone(monkeypatch):
    """Its batch norm may not be taken in: the other reader wants the output as it is."""
    from resnet_core.inference.engine import folding
    from resnet_core.inference.engine.wiring import WiredCall

    model = lively("cifar_resnet20", widths=(8, 16, 32))
    calls = list(record_calls(model.spec))
    position = next(i for i, call in enumerate(calls) if call.path == "layer1.0.bn1")
    reads_too = next(i for i, call in enumerate(calls) if call.path == "layer1.0.add")
    calls[reads_too] = WiredCall("layer1.0.add", (*calls[reads_too].inputs, *calls[position].inputs))
    monkeypatch.setattr(folding, "record_calls", lambda _: tuple(calls))
    assert isinstance(fold_batch_norms(model).layer1[0].bn1, nn.BatchNorm2d)


def test_each_call_names_where_its_inputs_come_from():
    calls = record_calls(build_model("cifar_resnet20", device="meta").spec)
    by_path = {call.path: index for index, call in enumerate(calls)}
    assert calls[0].path == "conv1"
    assert calls[0].inputs == (PICTURE,)
    add = calls[by_path["layer1.0.add"]]
    assert add.inputs == (by_path["layer1.0.bn2"], by_path["relu"])
    assert calls[-1].path == "fc"


def test_an_addition_that_is_no_module_is_refused(monkeypatch):
    monkeypatch.setattr(ShortcutAdd, "__call__", lambda self, residual, shortcut: residual + shortcut)
    with pytest.raises(InvalidSpecError, match=r"before layer1\.0\.relu outside its modules"):
        record_calls(build_model("cifar_resnet20", device="meta").spec)
