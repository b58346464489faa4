"""The lesson on paper: the handout gives no answer away, the key has them all."""

import re
from html import unescape

import pytest

from pages.lesson.sheet import handout_html, key_html
from pages.lesson.steps import all_steps, frame
from pages.lesson.view_sheets import app_address

APP = "http://school:8501/"


@pytest.fixture(scope="module")
def handout():
    return unescape(handout_html("45 minutes", APP))


@pytest.fixture(scope="module")
def key():
    return unescape(key_html("45 minutes", APP))


def test_the_handout_asks_everything_and_answers_nothing(handout):
    for step in all_steps():
        assert step.question.ask in handout
        assert step.say not in handout
        assert step.see not in handout
        assert step.notes not in handout
    assert frame().homework_answer not in handout
    assert frame().claim_why not in handout


def test_the_key_has_every_answer_with_what_to_say(key):
    for step in all_steps():
        for text in (
            step.question.ask,
            step.see,
            step.say,
            step.notes,
            *(text for pair in step.wrong for text in pair),
        ):
            assert text in key
    assert "B: no, they stay behind." in key
    assert frame().homework_answer in key


def test_links_are_spelt_out_and_lead_back(key):
    links = re.findall(r"href='([^']+)'>([^<]+)<", key)
    assert links
    assert all(address == words for address, words in links)
    assert f"{APP}race?depth=20&batch_norm=false&lesson=shallow" in dict(links)


def test_the_short_form_leaves_steps_out():
    short = unescape(handout_html("20 minutes", APP))
    assert [step.key for step in all_steps() if step.question.ask in short] == [
        step.key for step in all_steps() if step.short
    ]


@pytest.mark.parametrize(
    ("page", "app"),
    [
        ("http://10.0.0.5:8501/lesson", "http://10.0.0.5:8501/"),
        ("https://school.example/resnet/lesson", "https://school.example/resnet/"),
        ("", "/"),
    ],
)
def test_the_address_is_the_one_by_which_the_browser_came(page, app):
    assert app_address(page) == app
