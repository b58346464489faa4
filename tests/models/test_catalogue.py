import re

import pytest

from resnet_core.errors import UnknownModelError
from resnet_core.models.catalogue import CATALOGUE, find_spec, get_spec, list_families, list_models
from resnet_core.models.network import build_model

# Published or closed-form counts; the CIFAR ones with shortcut option A, which has no parameters.
PARAMETERS = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet50_v1": 25_557_032,
    "resnet101_v1": 44_549_160,
    "resnet152_v1": 60_192_808,
    "plain18": 11_515_688,
    "plain34": 21_623_848,
    "resnext50_32x4d": 25_028_904,
    "resnext101_32x8d": 88_791_336,
    "resnext101_64x4d": 83_455_272,
    "wide_resnet50_2": 68_883_240,
    "wide_resnet101_2": 126_886_696,
    "tiny_imagenet_resnet18": 11_271_432,
    "cifar_resnet20": 269_722,
    "cifar_resnet32": 464_154,
    "cifar_resnet44": 658_586,
    "cifar_resnet56": 853_018,
    "cifar_resnet110": 1_727_962,
    "cifar_resnet1202": 19_421_274,
    "cifar_plain20": 269_722,
    "cifar_plain32": 464_154,
    "cifar_plain44": 658_586,
    "cifar_plain56": 853_018,
    "cifar_plain110": 1_727_962,
}
OPTION_B = {20: 272_474, 32: 466_906, 44: 661_338, 56: 855_770, 110: 1_730_714, 1202: 19_424_026}


def count(name: str, **overrides: str) -> int:
    return sum(p.numel() for p in build_model(name, device="meta", **overrides).parameters())


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_parameters_are_as_many_as_published(name):
    assert count(name) == PARAMETERS[name]


@pytest.mark.parametrize("depth", OPTION_B)
def test_projections_add_their_parameters_to_the_cifar_nets(depth):
    assert count(f"cifar_resnet{depth}", shortcut="projection") == OPTION_B[depth]


def test_every_row_is_found_under_its_name():
    assert set(PARAMETERS) <= set(CATALOGUE)
    assert all(get_spec(name).name == name for name in CATALOGUE)
    assert all(spec.source for spec in CATALOGUE.values())


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "d2l_resnext"])  # which has no number
def test_a_variant_has_as_many_layers_as_its_name_says(name):
    said = re.search(r"(?:net|plain|resnext|resnest)(\d+)", name)
    assert get_spec(name).layers == int(said[1])


def test_a_bottleneck_of_expansion_one_has_three_layers_too():
    assert get_spec("d2l_resnext").layers == 3 * 8 + 2


def test_models_are_listed_by_family():
    assert list_models("resnet") == ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
    assert list_models("cifar_plain") == [f"cifar_plain{n}" for n in (20, 32, 44, 56, 110)]
    by_family = [name for family in list_families() for name in list_models(family)]
    assert sorted(by_family) == sorted(list_models())
    assert len(set(list_families())) == len(list_families())


def test_an_unknown_family_is_refused_with_those_that_exist():
    with pytest.raises(UnknownModelError, match=r"'vgg'.*resnet, .*cifar_plain"):
        list_models("vgg")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("resnet51", "resnet50"), ("ResNet-50", "resnet50"), ("resnet-152", "resnet152"), ("plain-34", "plain34"),
        ("wide_resnet50", "wide_resnet50_2"), ("cifar_resnet57", "cifar_resnet56"),
    ],
)  # fmt: skip
def test_a_mistyped_name_is_answered_with_the_closest(typed, offered):
    with pytest.raises(UnknownModelError, match=rf"No model is named '{typed}'\. Did you mean .*\b{offered}\b"):
        get_spec(typed)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("resnet110", "cifar_resnet110"), ("resnet20", "cifar_resnet20"), ("resnet56", "cifar_resnet56")],
)
def test_another_depth_is_not_offered_where_a_variant_has_the_one_that_was_typed(typed, offered):
    with pytest.raises(UnknownModelError, match=rf"Did you mean {offered}\?$"):
        get_spec(typed)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ResNet-50", "resnet50"), ("resnet 50", "resnet50"), ("RESNET101", "resnet101"), ("plain56", "cifar_plain56"),
        ("resnet20", "cifar_resnet20"), ("resnet50_v1.5", "resnet50"), ("resnet50_v1", "resnet50_v1"),
    ],
)  # fmt: skip
def test_a_name_is_understood_as_people_write_it(written, name):
    assert find_spec(written) is get_spec(name)


def test_a_name_like_no_other_is_answered_with_some_that_exist():
    with pytest.raises(UnknownModelError, match=r"Try one of: resnet18, "):
        get_spec("???")
