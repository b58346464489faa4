"""The walk without hooks: it computes what the network computes, for every kind of block, and keeps nothing."""

import pytest
import torch
from torchvision import models as torchvision_models

from resnet_core import InvalidSpecError, build_model, get_spec
from resnet_core.inference.explain.features import feature_maps
from resnet_core.inference.explain.grad_cam import grad_cam
from resnet_core.inference.explain.lesion import answer_without
from resnet_core.inference.explain.occlusion import occlude
from resnet_core.inference.explain.sanity import sanity_check
from resnet_core.inference.explain.timing import layer_times
from resnet_core.inference.explain.walk import block_paths, check_class, check_paths, stages_of, steps_of, walk
from resnet_core.inference.samples import load_sample
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.listings.build import build_listing

# One variant of each kind of block, stem and shortcut.
VARIANTS = (
    "resnet18", "resnet50_v1", "resnet34_c", "resnet50d", "resnet50_v2", "seresnet50", "skresnet50", "resnest14d",
    "resnext50_32x4d", "plain18", "cifar_resnet20", "cifar_plain20", "cifar_preact_resnet110", "d2l_resnext",
    "tiny_imagenet_resnet18",
)  # fmt: skip
SMALL = {"depths": (1, 2), "widths": (16, 32), "input_size": (32, 32), "num_classes": 7}


def small(name):
    spec = get_spec(name).override(**SMALL)
    return build_model(spec, seed=0).eval().requires_grad_(False)


def picture(model, seed=0):
    size = (1, model.spec.in_channels, *model.spec.input_size)
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_walk_ends_at_the_networks_own_logits(name):
    model = small(name)
    x = picture(model)
    steps = list(walk(model, x))
    assert torch.equal(steps[-1][1], model(x))
    assert [step.stage for step, _ in steps if step.ends_stage] == stages_of(model) == ["layer1", "layer2"]
    assert {step.path.split(".")[0] for step, _ in steps} == dict(model.named_children()).keys()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_block_that_is_off_gives_its_shortcut_alone(name):
    model = small(name)
    x = picture(model)
    blocks = dict(model.residual_blocks())
    if model.spec.shortcut == "none":
        assert block_paths(model) == []
        return
    assert block_paths(model) == list(blocks)
    before = {}
    for step, out in walk(model, x, off=["layer2.1"]):
        if step.path == "layer2.1":
            entry = before["layer2.0"]
            expected = entry if model.spec.preactivated else entry.relu()
            shortcut = blocks["layer2.1"].downsample
            assert torch.allclose(out, expected if shortcut is None else shortcut(entry).relu())
        before[step.path] = out
    assert not torch.equal(before["fc"], model(x))


def test_the_terms_add_up_to_what_leaves_the_block():
    model = small("cifar_resnet20")
    x = picture(model)
    for step in steps_of(model):
        if isinstance(step.module, ResidualBlock):
            branch, shortcut = step.module.terms(x)
            assert torch.equal((branch + shortcut).relu(), step.module(x))
        x = step(x)


def test_a_plain_network_says_that_nothing_can_be_switched_off():
    with pytest.raises(InvalidSpecError, match="has no additions"):
        list(walk(small("plain18"), torch.zeros(1, 3, 32, 32), off=["layer1.0"]))


def test_an_unknown_block_is_refused_with_those_that_exist():
    with pytest.raises(InvalidSpecError, match=r"'layer9.0' can't be switched off.*layer1.0, layer2.0, layer2.1"):
        check_paths(small("resnet18"), ["layer9.0"])


def test_a_network_that_is_not_ours_is_refused_in_a_sentence():
    with pytest.raises(InvalidSpecError, match=r"BlogResNet can't be looked into.*build_model"):
        steps_of(build_listing("listing_hook_blog", device="meta"))


def test_the_walk_leaves_no_hook_and_no_gradient():
    model = small("cifar_resnet20")
    for _ in walk(model, picture(model)):
        pass
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert all(weight.grad is None and not weight.requires_grad for weight in model.parameters())


BARE = torchvision_models.resnet18(num_classes=3)
EXPLANATIONS = {
    "grad_cam": grad_cam,
    "occlude": occlude,
    "sanity_check": lambda net, image: sanity_check(net, image, "layer4"),
    "feature_maps": lambda net, image: feature_maps(net, image, "layer1"),
    "answer_without": lambda net, image: answer_without(net, image, ()),
}


@pytest.mark.parametrize("explain", EXPLANATIONS.values(), ids=EXPLANATIONS)
def test_a_bare_network_in_place_of_a_classifier_is_a_sentence(explain):
    with pytest.raises(InvalidSpecError, match=r"torchvision\.models\.resnet\.ResNet can't be explained: pass a Class"):
        explain(BARE, load_sample("ship"))


def test_a_network_of_others_has_no_layer_times_but_a_sentence():
    with pytest.raises(InvalidSpecError, match="Build the network with build_model"):
        layer_times(BARE)


@pytest.mark.parametrize("index", ["dog", 1.5, None])
def test_a_class_is_asked_for_by_its_number(index, classifier):
    with pytest.raises(InvalidSpecError, match=f"class_index={index!r} does not work: mine knows 0 to 9"):
        check_class(classifier, index)
