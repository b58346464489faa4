import pytest

from resnet_core.models.catalogue import CATALOGUE, get_spec, list_models
from resnet_core.weights.identify import described, differing, identify, shapes_of

# Too deep for a fast test, and nothing in it that the same with fewer blocks has not.
DEEP = ("101", "110", "152", "164", "1202")


@pytest.mark.parametrize("name", [name for name in list_models() if not any(depth in name for depth in DEEP)])
def test_each_variant_is_among_those_that_fit_its_shapes_whatever_its_classes_and_channels(name):
    spec = get_spec(name).override(num_classes=7, in_channels=1)
    fitting = identify(shapes_of(spec))
    assert any(not differing(spec, found) for found in fitting)
    assert {(found.num_classes, found.in_channels) for found in fitting} == {(7, 1)}
    assert all(shapes_of(found) == shapes_of(spec) for found in fitting)


@pytest.mark.parametrize(
    ("name", "changes", "fitting"),
    [
        ("resnet18", {}, ["resnet18"]),
        ("resnet50_v1", {}, ["resnet50", "resnet50_v1"]),
        ("resnet50d", {}, ["resnet50d"]),
        ("cifar_plain20", {}, ["cifar_resnet20", "cifar_resnet20_pad_both", "cifar_plain20"]),
        ("cifar_resnet20", {"shortcut": "projection"}, ["cifar_resnet20 with shortcut=projection"]),
        ("resnet18", {"stem": "cifar"}, ["resnet18 with stem=cifar", "tiny_imagenet_resnet18"]),
        ("tiny_imagenet_resnet18", {}, ["resnet18 with stem=cifar", "tiny_imagenet_resnet18"]),
        ("resnet34", {"stem": "half"}, ["resnet34 with stem=cifar"]),
        ("cifar_plain20", {"depths": (1, 1, 1), "widths": (4, 4, 4)}, None),
        ("resnet50", {"squeeze_excite": True, "stem": "deep"}, ["resnet50c with squeeze_excite=True"]),
    ],
)
def test_what_the_shapes_leave_open_is_every_network_that_fits(name, changes, fitting):
    found = identify(shapes_of(get_spec(name).override(**changes)))
    assert fitting is None or [described(spec) for spec in found] == fitting
    assert found


def test_shapes_of_no_network_of_ours_fit_none():
    shapes = shapes_of(get_spec("resnet18"))
    assert identify({}) == ()
    assert identify({"conv1.weight": (64, 3, 7, 7)}) == ()
    assert identify(shapes | {"extra": (1,)}) == ()
    assert identify({name: shape for name, shape in shapes.items() if name != "layer2.0.bn1.bias"}) == ()
    assert identify(shapes | {"layer2.0.conv1.weight": (128, 63, 3, 3)}) == ()
    assert identify(shapes | {"conv1.weight": (3,)}) == ()
    assert set(CATALOGUE) >= {spec.name for spec in identify(shapes)}
