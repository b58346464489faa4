"""The race of the static pages: its recipe is the one it names, its digits are ours, its numbers are recorded."""

import json
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest

from resnet_core.cli.recipe_options import make_recipe
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.data.sets import load_data
from resnet_core.lab.recipe.recipes import get_recipe
from resnet_core.lab.runs.verdict import CLOSE
from resnet_core.models.network import build_model
from resnet_core.site.racing import ARMS, COMMAND, PAGE_RACE, RACES, digits_drawing, digits_file, race_topic, recipe_of


@pytest.fixture(scope="module")
def data():
    return load_data("digits")


@pytest.fixture(scope="module")
def topic():
    return race_topic()


def test_the_command_trains_the_pages_recipe():
    words = shlex.split(COMMAND)
    given = dict(zip(words[4::2], words[5::2], strict=True))
    assert words[:4] == ["python", "-m", "resnet_core", "train"]
    assert tuple(given.pop("--compare").split(",")) == ARMS
    start = get_recipe(given.pop("--config"))
    assert make_recipe(start, {name.removeprefix("--"): int(value) for name, value in given.items()}) == PAGE_RACE


def test_the_recipe_is_told_in_full(data):
    told = recipe_of(PAGE_RACE, data)
    assert told["layers"] == 2 + 2 * told["blocks"] * len(told["widths"]) == 44
    assert (told["steps"], told["batch"], told["rate"]) == (138, 64, PAGE_RACE.lr)
    assert (told["epsilon"], told["keep"]) == (1e-5, 0.1)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"nesterov": True}, "nesterov"),
        ({"schedule": "one_cycle"}, "schedule"),
        ({"augment": True}, "augment"),
        ({"batch_size": 63}, "batch_size"),
        ({"optimizer": "adamw"}, "optimizer"),
        ({"overrides": (("widths", (6, 12, 24)),)}, "widths"),
        ({"overrides": (("norm", "none"),)}, "norm"),
        ({"model": "cifar_resnet20", "overrides": (("block", "bottleneck"),)}, "block"),
    ],
)
def test_what_the_module_does_not_compute_is_refused(data, changes, named):
    with pytest.raises(InvalidSpecError, match=f"its .*{named}.* is not what the module computes"):
        recipe_of(PAGE_RACE.override(**changes), data)


def test_coloured_pictures_are_refused(data):
    coloured = replace(data, train_images=data.train_images.expand(-1, 3, -1, -1))
    with pytest.raises(InvalidSpecError, match="its data is not"):
        recipe_of(PAGE_RACE, coloured)


def test_the_file_holds_all_digits_in_their_order(data):
    file, area = np.frombuffer(digits_file(data), np.uint8), 64
    count = len(data.train_labels) + len(data.validation_labels)
    pixels, labels = file[: count * area].reshape(count, 8, 8), file[count * area :]
    first = len(data.train_labels)
    assert (pixels[first] == data.validation_images[0, 0].numpy()).all()
    assert (pixels[0] == data.train_images[0, 0].numpy()).all()
    assert labels.tolist() == [*data.train_labels.tolist(), *data.validation_labels.tolist()]


def test_the_page_says_what_was_recorded(topic):
    ends = json.loads(RACES.read_text("utf-8"))["ends"]["page"]
    plain, residual = (f"{min(ends[arm]):.1f} to {max(ends[arm]):.1f} %" for arm in ARMS)
    assert f"plain {plain}, residual {residual}" in topic.body
    assert min(ends["plain"]) > 50
    assert max(ends["residual"]) < 15
    parameters = sum(one.numel() for one in build_model(PAGE_RACE.spec(), in_channels=1, device="meta").parameters())
    assert f"{parameters:,} weights in each network" in topic.body
    assert topic.data["race.json"]["close"] == CLOSE
    assert not re.search(r"\$\w", topic.body)


@pytest.mark.parametrize(("theme", "ink"), [("light", 0), ("dark", 255)])
def test_the_card_shows_unseen_digits_in_the_themes_ink(data, theme, ink):
    from base64 import b64decode
    from io import BytesIO

    from PIL import Image

    href = re.search(r"base64,([^\"]+)", digits_drawing(theme))[1]
    grey, alpha = (np.asarray(part) for part in Image.open(BytesIO(b64decode(href))).split())
    assert set(np.unique(grey)) == {ink}
    assert (alpha[1:9, 1:9] == data.validation_images[0, 0].numpy()).all()
    assert (alpha[11:19, 11:19] == data.validation_images[11, 0].numpy()).all()
