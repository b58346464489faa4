"""Grad-CAM and HiResCAM against the formulas computed another way."""

import copy

import numpy as np
import pytest
import torch

from resnet_core import ImageError, InvalidSpecError
from resnet_core.inference.explain.grad_cam import grad_cam, stage_maps
from resnet_core.inference.explain.walk import batch_of
from resnet_core.inference.samples import load_sample


@pytest.fixture(scope="module")
def ship():
    return load_sample("ship")


def by_finite_differences(model, activation, index, channel, step=1e-3):
    """Mean derivative of the logit by one channel of the last stage, without autograd."""
    moved = activation.clone()
    moved[:, channel] += step
    tail = torch.nn.Sequential(model.avgpool, model.flatten, model.fc)
    size = activation.shape[2] * activation.shape[3]
    return float((tail(moved) - tail(activation))[0, index]) / step / size


def test_grad_cam_of_the_last_stage_is_the_class_activation_map(classifier, ship):
    """With a global average pooling and one linear layer Grad-CAM is Zhou's CAM: fc weights times maps, by the area."""
    model, x = classifier.model, batch_of(classifier, ship)
    result = grad_cam(classifier, ship, class_index=8)
    activation = torch.nn.Sequential(*list(model.children())[:-3])(x)[0]
    area = activation.shape[1] * activation.shape[2]
    expected = torch.einsum("k,khw->hw", model.fc.weight[8], activation).relu() / area
    assert np.allclose(result.maps["layer3"], expected.numpy(), atol=1e-6)
    assert result.logit == pytest.approx(float(model(x)[0, 8]), abs=1e-5)


def test_the_gradient_is_that_of_finite_differences(classifier, ship):
    model, x = copy.deepcopy(classifier.model).double(), batch_of(classifier, ship).double()
    activation = torch.nn.Sequential(*list(model.children())[:-3])(x)
    slopes = [by_finite_differences(model, activation, 3, k) for k in range(activation.shape[1])]
    expected = sum(slope * activation[0, k] for k, slope in enumerate(slopes)).relu()
    assert np.allclose(stage_maps(model, x, 3, "grad_cam").maps["layer3"], expected.numpy(), rtol=1e-4, atol=1e-7)


def test_an_early_stage_weighs_its_channels_by_their_mean_gradient(classifier, ship):
    """Equations 1 and 2 written out, at a stage where the gradient differs from place to place."""
    steps, x = list(classifier.model.children()), batch_of(classifier, ship)
    before, after = torch.nn.Sequential(*steps[:4]), torch.nn.Sequential(*steps[4:])
    activation = before(x).requires_grad_()
    (gradient,) = torch.autograd.grad(after(activation)[0, 3], activation)
    channels, height, width = activation[0].shape
    expected = torch.zeros(height, width)
    for k in range(channels):
        expected += gradient[0, k].sum() / (height * width) * activation[0, k].detach()
    maps = grad_cam(classifier, ship, class_index=3).maps
    assert np.allclose(maps["layer1"], expected.clamp(min=0).numpy(), atol=1e-6)


def test_a_prepared_batch_stands_for_the_picture(classifier, ship):
    one, other = (grad_cam(classifier, given, 8) for given in (ship, batch_of(classifier, ship)))
    assert all(np.array_equal(one.maps[stage], other.maps[stage]) for stage in one.maps)


def test_both_methods_agree_after_the_last_stage_only(classifier, ship):
    one = grad_cam(classifier, ship, class_index=8).maps
    other = grad_cam(classifier, ship, class_index=8, method="hires_cam").maps
    assert np.allclose(one["layer3"], other["layer3"], rtol=1e-4, atol=1e-7)
    assert not np.allclose(one["layer1"], other["layer1"], rtol=1e-2, atol=1e-4)


def test_each_stage_has_a_map_of_its_own_size_that_is_nowhere_negative(classifier, ship):
    maps = grad_cam(classifier, ship).maps
    assert {stage: m.shape for stage, m in maps.items()} == {"layer1": (32, 32), "layer2": (16, 16), "layer3": (8, 8)}
    assert all(m.min() >= 0 for m in maps.values())


def test_one_stage_alone_has_the_map_that_it_has_among_all(classifier, ship):
    x = batch_of(classifier, ship)
    among_all = stage_maps(classifier.model, x, None, "grad_cam").maps
    alone = stage_maps(classifier.model, x, None, "grad_cam", ["layer2"]).maps
    assert list(alone) == ["layer2"]
    np.testing.assert_array_equal(alone["layer2"], among_all["layer2"])


def test_the_default_class_is_the_likeliest_and_another_has_another_map(classifier, ship):
    likeliest = classifier.predict(ship).top[0].index
    default, other = grad_cam(classifier, ship), grad_cam(classifier, ship, class_index=(likeliest + 1) % 10)
    assert default.class_index == likeliest
    assert not np.array_equal(default.maps["layer3"], other.maps["layer3"])


@pytest.mark.parametrize("bad", [-1, 10])
def test_a_class_that_does_not_exist_is_refused(classifier, ship, bad):
    with pytest.raises(InvalidSpecError, match=f"class_index={bad} does not work.*0 to 9"):
        grad_cam(classifier, ship, class_index=bad)


def test_a_method_that_does_not_exist_is_refused(classifier, ship):
    with pytest.raises(InvalidSpecError, match="grad_cam or hires_cam"):
        grad_cam(classifier, ship, method="magic")


def test_what_is_no_picture_is_refused(classifier):
    with pytest.raises(ImageError):
        grad_cam(classifier, b"GIF89a")
