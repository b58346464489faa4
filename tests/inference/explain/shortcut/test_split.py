"""The gradient's two parts add up to autograd's own; what the ReLU stops is counted by a mask."""

import numpy as np
import pytest
import torch

import resnet_core as rc
from resnet_core.inference.explain.shortcut.flow import law
from resnet_core.inference.samples import load_sample
from resnet_core.models.catalogue import get_spec
from tests.inference.explain.shortcut.test_addition import NETWORKS, network, picture  # noqa: F401


def autograd_at(model, path, x, class_index):
    """The gradient of a logit at a block's input and output, by a plain backward pass through the network."""
    kept = {}
    block = model.get_submodule(path)

    def before(_, inputs):
        kept["x"] = inputs[0]
        inputs[0].retain_grad()

    def after(_, inputs, output):
        kept["out"] = output
        output.retain_grad()

    handles = block.register_forward_pre_hook(before), block.register_forward_hook(after)
    model.zero_grad()
    model(x.clone().requires_grad_())[0, class_index].backward()
    for handle in handles:
        handle.remove()
    return kept["x"].grad[0].numpy(), kept["out"].grad[0].numpy(), kept["out"].detach()[0].numpy()


def test_the_parts_add_up_to_autograds_gradient(network, picture):  # noqa: F811
    flow = {one.path: one for one in rc.block_flow(network, picture, 3)}
    for path in flow:
        split = rc.gradient_split(network, picture, path, class_index=3)
        gradient, arriving, out = autograd_at(network, path, picture, 3)
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(split.identity + split.branch, gradient, atol=1e-5 * scale)
        np.testing.assert_allclose(split.total, gradient, atol=1e-5 * scale)
        assert split.class_index == 3
        assert split.identity_share + split.branch_share == pytest.approx(1, abs=1e-5)
        stopped = 0.0 if network.spec.preactivated else (arriving[out == 0] ** 2).sum() / (arriving**2).sum()
        assert split.stopped == pytest.approx(stopped, abs=1e-5)
        assert flow[path].identity_share == pytest.approx(split.identity_share, abs=1e-4)
        assert flow[path].stopped == pytest.approx(split.stopped, abs=1e-5)
        term = rc.addition(network, picture, path)
        assert flow[path].ratio == pytest.approx(np.linalg.norm(term.branch) / np.linalg.norm(term.x), rel=1e-4)


def test_through_an_identity_passes_what_the_relu_left(picture):  # noqa: F811
    model = rc.build_model("cifar_resnet20", seed=0).eval()
    split = rc.gradient_split(model, picture, "layer1.1")
    _, arriving, out = autograd_at(model, "layer1.1", picture, split.class_index)
    np.testing.assert_allclose(split.identity, np.where(out > 0, arriving, 0), atol=1e-6)


def test_a_detached_shortcut_passes_nothing(picture):  # noqa: F811
    model = rc.build_model("cifar_resnet20", shortcut="detached", seed=0).eval()
    split = rc.gradient_split(model, picture, "layer1.1")
    assert not split.identity.any()
    assert split.branch_share == pytest.approx(1)


def test_the_likeliest_class_is_followed_and_an_unknown_one_refused(picture):  # noqa: F811
    model = rc.build_model("cifar_resnet20", seed=0).eval()
    with torch.no_grad():
        likeliest = int(model(picture).argmax())
    assert rc.gradient_split(model, picture, "layer1.0").class_index == likeliest
    for wrong in (10, -1, True):
        with pytest.raises(rc.InvalidSpecError, match="knows 0 to 9"):
            rc.gradient_split(model, picture, "layer1.0", class_index=wrong)


def test_a_trained_network_keeps_to_its_shortcuts_and_an_untrained_one_follows_the_law():
    photo = load_sample("ship")
    trained, fresh = rc.block_flow("cifar_resnet56", photo), rc.fresh_flow("cifar_resnet56", photo)
    assert [one.path for one in trained] == [one.path for one in fresh]
    assert all(one.identity_share > 0.75 for one in trained[3:18])
    assert fresh[0].identity_share < 0.4 < 0.6 < fresh[-1].identity_share
    assert all(abs(one.cosine) < 0.15 for one in fresh)
    expected = law(get_spec("cifar_resnet56"))
    assert len(expected) == 27
    assert all(0.85 < one.ratio / k < 1.35 for one, k in zip(fresh, expected, strict=True))
    assert expected[0] == pytest.approx(2**0.5)
    assert expected[8] / expected[0] == pytest.approx((0.5 / 8.5) ** 0.5)


def test_the_law_begins_anew_at_a_projection_and_says_nothing_where_it_does_not_hold():
    assert law(get_spec("resnet18"))[2:4] == pytest.approx([1, 2**-0.5])
    assert law(get_spec("cifar_plain20")) is law(get_spec("resnet50_v2")) is law(get_spec("seresnet50")) is None


@pytest.mark.parametrize("wrong", ["ship", 1.7, True, 10, -1])
def test_what_is_no_class_is_refused_with_those_that_are(wrong):
    model = rc.build_model("cifar_resnet20", seed=0)
    with pytest.raises(
        rc.InvalidSpecError,
        match=f"class_index={wrong!r} does not work: .* a whole number, and the network knows 0 to 9",
    ):
        rc.gradient_split(model, torch.zeros(3, 32, 32), "layer1.0", class_index=wrong)
