"""addition(): equal to what hooks see on a network of one's own, for every kind of block; plain ones say a sentence."""

import numpy as np
import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.models.blocks import ResidualBlock, ShortcutAdd

SMALL = {"num_classes": 7, "seed": 0}
NETWORKS = {
    "identity and padding": ("cifar_resnet20", {}),
    "projections": ("resnet18", {}),
    "zeros on both sides": ("cifar_resnet20", {"shortcut": "zero_pad_both"}),
    "projections everywhere": ("cifar_resnet20", {"shortcut": "projection_all"}),
    "bottleneck": ("resnet50", {"depths": (1, 1, 1, 1)}),
    "squeeze and excitation": ("seresnet50", {"depths": (1, 1, 1, 1)}),
    "split attention": ("resnest50d", {"depths": (1, 1, 1, 1)}),
    "selective kernels": ("skresnet50", {"depths": (1, 1, 1, 1)}),
    "pre-activation": ("resnet50_v2", {"depths": (2, 1, 1, 1)}),
    "no batch norm": ("cifar_resnet20", {"norm": "none"}),
    "detached": ("cifar_resnet20", {"shortcut": "detached"}),
}


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def network(request):
    name, changes = request.param
    model = rc.build_model(name, **changes, **SMALL).eval()
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return model


@pytest.fixture
def picture():
    return torch.randn(1, 3, 40, 40, generator=torch.Generator().manual_seed(2))


def hooked(model, x):
    """What hooks hear of each addition: (branch, shortcut, sum, out) by the block's path."""
    heard, handles = {}, []
    for path, block in model.named_modules():
        if isinstance(block, ResidualBlock):
            record = heard.setdefault(path, {})
            add = next(module for module in block.modules() if isinstance(module, ShortcutAdd))
            handles.append(add.register_forward_hook(lambda _, i, o, r=record: r.update(terms=i, sum=o)))
            handles.append(block.register_forward_hook(lambda _, i, o, r=record: r.update(out=o)))
    with torch.no_grad():
        model(x)
    for handle in handles:
        handle.remove()
    return heard


def test_it_is_what_a_hook_would_see(network, picture):
    for path, heard in hooked(network, picture).items():
        found = rc.addition(network, picture, path)
        branch, shortcut = heard["terms"]
        for mine, theirs in ((found.x, shortcut), (found.branch, branch), (found.sum, heard["sum"])):
            assert mine.dtype == np.float32
            np.testing.assert_allclose(mine, theirs[0].numpy(), atol=1e-5, rtol=1e-5)
        np.testing.assert_allclose(found.out, heard["out"][0].numpy(), atol=1e-5, rtol=1e-5)
        np.testing.assert_allclose(found.x + found.branch, found.sum, atol=1e-5)
        assert found.rectified == (not network.spec.preactivated)
        if found.rectified:
            np.testing.assert_array_equal(found.out, np.maximum(found.sum, 0))


def test_nothing_stays_on_the_network(network, picture):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    block = next(path for path, _ in network.residual_blocks())
    rc.addition(network, picture, block)
    rc.gradient_split(network, picture, block)
    rc.branch_sweep(network, picture, block, alphas=(0.0, 1.0))
    rc.convolution_value(network, picture, f"{block}.{first_convolution(network, block)}", 0, 0, 0)
    assert not any(module._forward_hooks or module._backward_hooks for module in network.modules())
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


def first_convolution(network, block):
    modules = network.get_submodule(block).named_modules()
    return next(name for name, module in modules if isinstance(module, torch.nn.Conv2d))


def test_a_network_in_training_mode_is_left_so_and_answers_as_in_eval_mode(picture):
    model = rc.build_model("cifar_resnet20", seed=0)
    untouched = model.bn1.running_mean.clone()
    training = rc.addition(model, picture, "layer1.0")
    assert model.training
    assert torch.equal(model.bn1.running_mean, untouched)
    np.testing.assert_array_equal(training.sum, rc.addition(model.eval(), picture, "layer1.0").sum)


def test_weights_by_name_their_classifier_and_a_bare_network_take_a_picture(classifier, checkpoint):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8))
    by_classifier = rc.addition(classifier, image, "layer2.0")
    np.testing.assert_array_equal(rc.addition(checkpoint, image, "layer2.0").sum, by_classifier.sum)
    np.testing.assert_array_equal(rc.addition(str(checkpoint), image, "layer2.0").sum, by_classifier.sum)
    assert rc.addition(classifier.model, image, "layer2.0").sum.shape == (32, 16, 16)
    assert rc.addition("cifar_resnet20", image, "layer1.0").x.shape == (16, 32, 32)


def test_grey_pictures_and_maps_of_one_value():
    grey = Image.new("L", (30, 30), 128)
    one_channel = rc.build_model("cifar_resnet20", in_channels=1, seed=0).eval()
    assert rc.addition(one_channel, grey, "layer1.0").x.shape == (16, 32, 32)
    assert rc.addition("cifar_resnet20", grey, "layer1.0").x.shape == (16, 32, 32)
    tiny = torch.zeros(3, 4, 4)
    assert rc.addition("cifar_resnet20", tiny, "layer3.2").x.shape == (64, 1, 1)
    assert rc.gradient_split("cifar_resnet20", tiny, "layer3.2").total.shape == (64, 1, 1)


def test_a_plain_network_has_h_alone(picture):
    plain = rc.build_model("cifar_plain20", seed=0).eval()
    for ask in (rc.addition, rc.gradient_split, rc.branch_sweep, rc.shortcut_options):
        with pytest.raises(rc.InvalidSpecError, match="no additions"):
            ask(plain, picture, "layer1.0")
    with pytest.raises(rc.InvalidSpecError, match="no additions"):
        rc.branch_sweep(plain, picture)
    assert rc.block_flow(plain, picture) == []
    alone = rc.transformation(plain, picture, "layer1.0")
    np.testing.assert_array_equal(alone.out, np.maximum(alone.h, 0))
    with pytest.raises(rc.InvalidSpecError, match="ask addition"):
        rc.transformation("cifar_resnet20", picture, "layer1.0")


@pytest.mark.parametrize(
    ("network", "picture", "block", "said"),
    [
        ("cifar_resnet20", torch.zeros(3, 32, 32), "layer4.0", "of cifar_resnet20. Its 9 blocks are: layer1.0,"),
        ("cifar_resnet20", torch.zeros(3, 32, 32), "conv1", "is no block"),
        ("cifar_resnet20", torch.zeros(1, 32, 32), "layer1.0", "has 1 channels; cifar_resnet20 takes 3"),
        ("cifar_resnet20", torch.zeros(2, 3, 32, 32), "layer1.0", "is not one picture"),
        (torch.nn.Linear(2, 2), torch.zeros(3, 32, 32), "layer1.0", "can't be looked into"),
        (rc.build_model("cifar_resnet20", device="meta"), torch.zeros(3, 32, 32), "layer1.0", "meta device"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_a_sentence(network, picture, block, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        rc.addition(network, picture, block)
