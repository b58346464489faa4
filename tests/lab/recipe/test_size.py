import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE, get_recipe
from resnet_core.lab.recipe.size import with_depth, with_width
from resnet_core.models.catalogue import get_spec


def test_a_depth_that_the_catalogue_has_is_its_variant():
    assert with_depth(RACE, 56) == RACE
    assert with_depth(RACE, 20) == RACE.override(model="cifar_resnet20")
    assert with_depth(TrainConfig(model="cifar_plain20"), 110).model == "cifar_plain110"


def test_another_depth_keeps_the_recipes_network_with_other_stages():
    eight = with_depth(RACE, 8)
    assert (eight.model, eight.overrides) == ("cifar_resnet56", (("depths", (1, 1, 1)), ("name", "cifar_resnet8")))
    assert eight.name == "cifar_resnet8"
    assert with_depth(eight, 56) == RACE  # and back again
    next_one = with_depth(get_recipe("resnext-cardinality"), 11).spec()
    assert (next_one.depths, next_one.groups) == ((1, 1, 1), 32)


@pytest.mark.parametrize(
    ("model", "depth", "name"),
    [
        ("cifar_plain20", 8, "cifar_plain8"),
        ("cifar_preact_resnet164", 11, "cifar_preact_resnet11"),
        ("resnet18", 10, "resnet10"),
        ("resnet18d", 10, "resnet10d"),
        ("resnet18", 34, "resnet34_4-4-4-4"),  # not the catalogue's, which has 3-4-6-3
        ("d2l_resnext", 14, "d2l_resnext_1-1-1-1"),
    ],
)
def test_a_network_of_another_depth_is_named_by_what_it_is(model, depth, name):
    recipe = with_depth(TrainConfig(model=model), depth)
    assert (recipe.name, recipe.spec().layers) == (name, depth)
    assert with_depth(recipe, get_spec(model).layers).name == model


def test_the_catalogues_variants_keep_their_recipes():
    assert with_depth(RACE, 20).id == RACE.override(model="cifar_resnet20").id
    assert with_depth(with_depth(RACE, 8), 56).id == RACE.id == "365e71515c46"


@pytest.mark.parametrize("depth", [57, 2, 0, -4])
def test_a_depth_that_the_blocks_can_not_have_is_refused(depth):
    with pytest.raises(InvalidSpecError, match=rf"depth={depth} does not work: it must be 6n\+2, such as 8, 20, 56"):
        with_depth(RACE, depth)


@pytest.mark.parametrize("model", ["resnet50", "skresnet50"])
def test_a_network_whose_stages_differ_has_no_depth_to_choose(model):
    with pytest.raises(InvalidSpecError, match=f"depth=20 does not work with {model}"):
        with_depth(TrainConfig(model=model), 20)


def test_a_width_doubles_from_stage_to_stage():
    assert with_width(RACE, 8).spec().widths == (8, 16, 32)
    assert with_width(with_depth(RACE, 8), 4).spec().depths == (1, 1, 1)
    with pytest.raises(InvalidSpecError, match="width=0 does not work"):
        with_width(RACE, 0)
