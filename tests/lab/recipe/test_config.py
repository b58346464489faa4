import json

import pytest

from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.lab.recipe.config import TrainConfig

UNUSUAL = TrainConfig(
    model="resnet50", overrides=(("widths", (8, 16, 32, 64)), ("groups", 2)), data="folder", epochs=3, batch_size=2,
    lr=1, momentum=0.5, nesterov=False, weight_decay=0, schedule="steps", warmup_steps=5, augment=False,
    label_smoothing=0.1, precision="bf16", seed=9, optimizer="adamw", init="zero_gamma", crop="scale", image_size=64,
)  # fmt: skip

WITH_PARTS = TrainConfig(
    model="tiny_imagenet_resnet18", data="tiny-imagenet", epochs=5, crop="area", image_size=56, least_area=0.35,
    epoch_sizes=(32, 40, 48), leave_out=("n02486410",), warmup_share=0.1, decay_norms=False,
)  # fmt: skip


@pytest.mark.parametrize("recipe", [UNUSUAL, WITH_PARTS])
def test_a_recipe_survives_json(recipe):
    assert TrainConfig.from_json(recipe.to_json()) == recipe


def test_json_may_have_line_breaks():
    assert TrainConfig.from_json(json.dumps(json.loads(UNUSUAL.to_json()), indent=4)) == UNUSUAL


def test_a_field_that_json_leaves_out_has_its_default():
    assert TrainConfig.from_json('{"epochs": 24}') == TrainConfig(epochs=24)


def test_the_id_is_the_same_in_every_process_and_release():
    """The recipe of the bundled cifar_resnet20, whose record holds this id."""
    assert TrainConfig(model="cifar_resnet20", epochs=24).id == "1a12a06746d3"
    assert TrainConfig().id == "c1c5049437fe"


def test_fields_that_came_later_leave_older_recipes_as_they_were():
    """The recipes of the recorded 56-layer runs, as their records hold them."""
    resnet, plain = (TrainConfig(model=f"cifar_{kind}56", epochs=30) for kind in ("resnet", "plain"))
    assert (resnet.id, plain.id) == ("81311ee65f4d", "d8f147d46e60")
    assert resnet.to_json() == (
        '{"augment": true, "batch_size": 128, "data": "cifar10", "epochs": 30, "label_smoothing": 0.0, "lr": 0.1, '
        '"model": "cifar_resnet56", "momentum": 0.9, "nesterov": true, "overrides": [], "precision": "auto", '
        '"schedule": "one_cycle", "seed": 0, "warmup_steps": 0, "weight_decay": 0.0005}'
    )
    later = resnet.override(init="xavier", image_size=40)
    assert json.loads(later.to_json()) == json.loads(resnet.to_json()) | {"init": "xavier", "image_size": 40}
    assert later.id != resnet.id


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
        ("optimizer", "lion"), ("init", "he"), ("crop", "centre"), ("image_size", 3), ("image_size", 28.0),
        ("image_size", True), ("least_area", 0), ("least_area", 1.1), ("warmup_share", 2), ("decay_norms", 1),
        ("epoch_sizes", [32]), ("epoch_sizes", (32, 3)), ("epoch_sizes", (32,)), ("leave_out", "n02486410"),
        ("leave_out", ("baboon",)), ("leave_out", ("n02486410",)),
        ("overrides", {"groups": 2}), ("overrides", (("groups", 2, 3),)), ("overrides", (5,)),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_its_field_name(field, value):
    with pytest.raises(InvalidSpecError, match=f"^{field}=.* does not work: it must be "):
        TrainConfig(**{field: value})


def test_nesterov_needs_momentum():
    with pytest.raises(InvalidSpecError, match="nesterov"):
        TrainConfig(momentum=0)


def test_adamw_has_no_nesterov():
    with pytest.raises(InvalidSpecError, match="nesterov=True does not work: it must be False unless optimizer is sgd"):
        TrainConfig(optimizer="adamw")


@pytest.mark.parametrize("crop", ["scale", "area"])
def test_crops_that_resize_need_a_size(crop):
    with pytest.raises(InvalidSpecError, match=f"image_size=None does not work: .* where crop is {crop}"):
        TrainConfig(crop=crop)


def test_sizes_over_the_epochs_need_one_for_the_end_and_pictures_in_memory():
    with pytest.raises(InvalidSpecError, match=r"epoch_sizes=\(32,\) .* empty where image_size is None"):
        TrainConfig(epoch_sizes=(32,))
    with pytest.raises(InvalidSpecError, match="empty where crop is scale"):
        TrainConfig(epoch_sizes=(32,), image_size=32, crop="scale")


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [(3, [32, 40, 48]), (6, [32, 32, 40, 40, 48, 48]), (5, [32, 32, 40, 40, 48]), (1, [32]), (2, [32, 40])],
)
def test_each_size_has_an_equal_share_of_the_epochs(epochs, expected):
    recipe = WITH_PARTS.override(epochs=epochs)
    assert [recipe.training_size(epoch) for epoch in range(epochs)] == expected
    assert recipe.training_size(epochs) == expected[-1], "the batch after the last, which a streamed set prepares"
    assert recipe.override(epoch_sizes=()).training_size(0) == 56
    assert TrainConfig().training_size(0) is None


@pytest.mark.parametrize(
    ("model", "overrides", "reason"),
    [
        ("cifar_plain20", (), "in a plain network"),
        ("cifar_preact_resnet110", (), "with preact_basic blocks"),
        ("cifar_resnet20", (("norm", "none"),), "where norm is none"),
    ],
)
def test_a_gamma_at_zero_is_refused_where_nothing_would_be_left_to_train(model, overrides, reason):
    with pytest.raises(InvalidSpecError, match=f"init='zero_gamma' does not work: .* {reason}"):
        TrainConfig(model=model, overrides=overrides, init="zero_gamma")


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
