import json

import pytest

from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.lab.config import TrainConfig

UNUSUAL = TrainConfig(
    model="resnet50", overrides=(("widths", (8, 16, 32, 64)), ("groups", 2)), data="folder", epochs=3, batch_size=2,
    lr=1, momentum=0, nesterov=False, weight_decay=0, schedule="steps", warmup_steps=5, augment=False,
    label_smoothing=0.1, precision="bf16", seed=9,
)  # fmt: skip


def test_a_recipe_survives_json():
    assert TrainConfig.from_json(UNUSUAL.to_json()) == UNUSUAL
    assert TrainConfig.from_json(json.dumps(json.loads(UNUSUAL.to_json()), indent=4)) == UNUSUAL


def test_a_field_that_json_leaves_out_has_its_default():
    assert TrainConfig.from_json('{"epochs": 24}') == TrainConfig(epochs=24)


def test_the_id_is_the_same_in_every_process_and_release():
    """The recipe of the bundled cifar_resnet20, whose record holds this id."""
    assert TrainConfig(model="cifar_resnet20", epochs=24).id == "1a12a06746d3"
    assert TrainConfig().id == "c1c5049437fe"


def test_equal_recipes_have_equal_ids_and_others_differ():
    assert TrainConfig(lr=1).id == TrainConfig(lr=1.0).id
    assert TrainConfig(seed=1).id != TrainConfig(seed=2).id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("data", "imagenet"), ("data", 3), ("schedule", "cosine"), ("precision", "fp8"),
        ("epochs", 0), ("epochs", 2.5), ("epochs", True), ("epochs", "3"), ("batch_size", 1), ("batch_size", 10**6),
        ("lr", 0), ("lr", -1), ("lr", 101), ("lr", float("nan")), ("lr", "0.1"), ("lr", True), ("lr", None),
        ("momentum", 1), ("momentum", -0.1), ("nesterov", 1), ("augment", "yes"), ("weight_decay", 2),
        ("label_smoothing", 1), ("warmup_steps", -1), ("seed", -1), ("seed", 2**31),
        ("overrides", {"groups": 2}), ("overrides", (("groups", 2, 3),)), ("overrides", (5,)),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_its_field_name(field, value):
    with pytest.raises(InvalidSpecError, match=f"^{field}=.* does not work: it must be "):
        TrainConfig(**{field: value})


def test_nesterov_needs_momentum():
    with pytest.raises(InvalidSpecError, match="nesterov"):
        TrainConfig(momentum=0)


def test_an_impossible_network_is_refused_before_any_work():
    with pytest.raises(UnknownModelError, match="cifar_resnet20"):
        TrainConfig(model="cifar_resnet21")
    with pytest.raises(InvalidSpecError, match="colour"):
        TrainConfig(overrides=(("colour", "red"),))
    with pytest.raises(InvalidSpecError, match="groups"):
        TrainConfig(overrides=(("groups", 2),))


def test_an_unknown_field_is_named_with_those_that_exist():
    with pytest.raises(InvalidSpecError, match=r"'rate' is no field of a recipe.*\blr\b"):
        TrainConfig().override(rate=1)


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{", '{"rate": 1}', '{"overrides": 3}', "[" * 100_000])
def test_text_that_is_no_recipe_is_refused_with_a_sentence(text):
    with pytest.raises(InvalidSpecError, match=r"recipe|overrides"):
        TrainConfig.from_json(text)
