"""What the closed-form walk does by itself; test_family_walk.py sets it beside the hooks for the whole catalogue."""

import pytest

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import UnknownModelError
from resnet_core.models.catalogue import get_spec, list_models

ROWS = [
    name
    for family in ("resnet", "resnet_v1", "plain", "resnext", "wide_resnet", "cifar_resnet", "cifar_plain")
    for name in list_models(family)
    if name != "cifar_resnet1202"
]


@pytest.mark.parametrize("name", ROWS)
def test_walk_and_hooks_agree_on_two_oblong_pictures(name):
    size = (2, 3, 97, 161)
    assert walk_spec(name, size) == trace_model(name, size)


@pytest.mark.parametrize("size", [(1, 3, 1, 1), (1, 3, 1, 7), (3, 3, 33, 32), (1, 3, 225, 223)])
def test_walk_and_hooks_agree_on_pictures_of_one_pixel_and_beside_the_usual_size(size):
    for name in ("resnet18", "resnet50_v1", "cifar_resnet20"):
        assert walk_spec(name, size) == trace_model(name, size)


def test_the_default_is_one_picture_of_the_specs_size():
    assert walk_spec("resnet50").input_shape == (1, 3, 224, 224)
    assert walk_spec("cifar_resnet20").input_shape == (1, 3, 32, 32)
    assert walk_spec(get_spec("resnet18").override(in_channels=5, input_size=(64, 48))).input_shape == (1, 5, 64, 48)


def test_totals_are_the_published_ones():
    trace = walk_spec("resnet50")
    assert (trace.total_params, trace.total_macs) == (25_557_032, 4_089_184_256)
    assert walk_spec("resnet50_v1").total_macs == 3_857_973_248


def test_a_batch_multiplies_the_work_and_not_the_parameters():
    one, four = walk_spec("resnet34"), walk_spec("resnet34", (4, 3, 224, 224))
    assert four.total_macs == 4 * one.total_macs
    assert four.total_activation_bytes == 4 * one.total_activation_bytes
    assert four.total_params == one.total_params


def test_an_unknown_name_is_answered_with_the_closest():
    with pytest.raises(UnknownModelError, match="Did you mean resnet18"):
        walk_spec("resnet_18")


@pytest.mark.parametrize("name", ["resnet18", "resnet50d", "resnet50_v2", "seresnet50", "resnest14d", "skresnet50"])
def test_arithmetic_and_hooks_say_the_same_of_where_each_call_takes_from(name):
    walked, traced = walk_spec(name), trace_model(name)
    assert walked.sources == traced.sources
    assert len(walked.sources) == len(walked.calls)
