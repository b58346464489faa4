"""The answer first, at the finest level that is sure; what the network knows; the first thing seen is recognised."""

import re
from types import SimpleNamespace

import pytest

import resnet_core as rc
from pages.photo.answers import said_above
from pages.photo.known import alarms_sentence
from pages.photo.pictures import FIRST_SAMPLE
from resnet_core.inference.proposals import proposals
from resnet_core.inference.samples import list_samples, load_sample
from resnet_core.weights.card import read_card


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load(device="cpu", precision="fp32")


def test_the_first_thing_seen_is_a_photograph_that_is_recognised(open_page, words, network):
    sample = next(one for one in list_samples() if one.name == FIRST_SAMPLE)
    assert sample.kind == "photograph"
    said = network.predict(load_sample(FIRST_SAMPLE)).headline
    assert said.level == "class"
    assert said.label in sample.title.lower()
    app = open_page("classify")
    headline = next(one.value for one in app.markdown if one.value.startswith("## "))
    assert headline.replace("\u00a0", " ")[3:].lower() == said.text.lower()


@pytest.mark.parametrize(
    ("sample", "weights", "unknown"),
    [
        ("raccoon", "tiny_imagenet_resnet18", True),
        ("cat", "tiny_imagenet_resnet18", False),
        ("cat", "cifar_resnet20", False),
        ("coffee", "cifar_resnet20", True),
        ("ship", "tiny_imagenet_resnet18", False),  # a drawing, of which nothing is said
    ],
)
def test_of_a_sample_that_no_class_names_the_page_says_so(open_page, words, sample, weights, unknown):
    said = words(open_page("classify", sample=sample, weights=weights))
    assert ("No class of this network is called" in said) is unknown


def test_an_unsure_answer_says_the_rule_and_what_comes_nearest(open_page, words, network):
    unsure = [s.name for s in list_samples() if network.predict(load_sample(s.name)).headline.level == "unsure"]
    app = open_page("classify", sample=unsure[0])
    said, grouping = words(app), network.weights.grouping
    assert "## Unsure" in said
    assert re.search(r"Nearest: .+ \d+ %", said)
    assert f"A class is said from {grouping.sure_class * 100:.0f} % on, a group of classes from" in said


def test_the_fold_shows_all_groups_and_the_card_says_the_rate_of_false_alarms(open_page, words, network):
    app = open_page("classify", known="true")
    weights = network.weights
    assert f"What it knows: 197 classes in {len(weights.grouping.groups)} groups" in [e.label for e in app.expander]
    card = read_card(weights)
    sentence = alarms_sentence(card, weights.grouping)
    rates = [row.called_class for row in card.outside.values()]
    assert f"{sum(rates) / len(rates):.1f} % are called a class all the same" in sentence
    assert f"{card.unsure:.0f} % are called unsure" in sentence
    assert "## " in card.text


def test_the_page_proposes_what_the_network_names_best(open_page, words, network):
    weights = network.weights
    card = read_card(weights)
    found = proposals(weights.grouping, weights.classes, card.class_top1)
    assert list(found) == ["on a desk", "in a kitchen"]
    said = words(open_page("classify"))
    for things in found.values():
        assert len(things) == 4
        for thing in things:
            assert thing in said
    of = {phrase: card.class_top1[name] for phrase, name in zip(weights.grouping.said, weights.classes, strict=True)}
    drinks = next(one for one in weights.grouping.groups if one.name == "food or drink")
    best = max(drinks.members, key=lambda index: card.class_top1[weights.classes[index]])
    assert min(of[thing] for thing in found["in a kitchen"]) <= of[weights.grouping.said[best]]
    assert found["in a kitchen"] == tuple(sorted(found["in a kitchen"], key=lambda thing: -of[thing]))


def test_a_network_without_groups_says_its_likeliest_class_and_has_no_card(open_page, words):
    app = open_page("classify", weights="cifar_resnet56", sample="car")
    assert "## automobile, " in words(app)
    assert "What it knows: 10 classes" in [e.label for e in app.expander]


def test_inside_explains_the_class_behind_the_headline(open_page, words):
    said = words(open_page("classify", view="Why"))
    assert "## A cup of coffee, " in said
    assert "Explained here: **cup of coffee**" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a dog, 91 % (most like a golden retriever)", "a dog, 91 %"),
        ("unsure (nearest: a cat 32 %, a fox 11 %)", "unsure"),
        ("a school bus, over 99 %", "a school bus, over 99 %"),
    ],
)
def test_the_table_of_photos_says_what_stands_large_above_each(text, said):
    prediction = SimpleNamespace(headline=SimpleNamespace(text=text))
    assert said_above(prediction, 1.0) == said


def test_the_table_says_the_likeliest_class_where_a_network_has_no_groups():
    best = SimpleNamespace(label="ship")
    prediction = SimpleNamespace(headline=None, ranked=lambda top, temperature: [best])
    assert said_above(prediction, 1.0) == "ship"
