"""Lesson: a question before its answer, each link in its exact state, and what goes along from page to page."""

import pytest

from pages.lesson import live_race
from pages.lesson.steps import all_steps, steps_of

pytestmark = pytest.mark.usefixtures("through_the_router")
LINKS = [(step.key, opens) for step in all_steps() for opens in step.links]


@pytest.fixture
def lesson(open_page):
    return lambda **query: open_page("lesson_plan", **query)


def test_the_answer_comes_after_the_question(lesson, words):
    step = all_steps()[1]
    app = lesson(lesson=step.key, notes="false")
    assert app.title[0].value == step.question.ask
    assert step.say not in words(app)
    app.radio[0].set_value("they overtake").run()
    assert step.say not in words(app)
    app.button(key="show_answer").click().run()
    assert step.say in words(app)
    assert "No, they stay behind. You said they overtake." in words(app)
    app.button(key="go_on").click().run()
    assert app.title[0].value == all_steps()[2].question.ask
    app.button(key="go_back").click().run()
    assert step.say in words(app)  # what was shown stays shown


def test_notes_hold_the_typical_wrong_answers_and_can_be_hidden(lesson, words):
    step = all_steps()[1]
    app = lesson(lesson=step.key)
    assert step.notes in words(app)
    assert step.wrong[0][1] not in words(app)
    app.button(key="show_answer").click().run()
    assert step.wrong[0][1] in words(app)
    app.toggle(key="notes").set_value(False).run()
    assert step.notes not in words(app)
    assert step.wrong[0][1] not in words(app)


def test_the_short_form_is_followed_by_the_rail(lesson):
    app = lesson(lesson="shallow")
    app.segmented_control(key="lesson_form").set_value("20 minutes").run()
    assert app.title[0].value == all_steps()[2].question.ask  # the last one before the step that is left out
    assert len(app.segmented_control(key="lesson_rail").options) == len(steps_of("20 minutes"))


def test_a_step_that_is_none_is_said(lesson, words):
    app = lesson(lesson="nonsense")
    assert app.title[0].value == all_steps()[0].question.ask
    assert "lesson='nonsense'" in words(app)


def test_a_step_that_is_none_gives_other_pages_no_way_back(open_page):
    labels = [link.proto.label for link in open_page("bottleneck", lesson="nonsense").get("page_link")]
    assert not [label for label in labels if "Back to the lesson" in label]


def test_the_last_step_has_ticket_and_homework(lesson, words):
    app = lesson(lesson="ticket")
    assert "stop gradients from vanishing" in words(app)
    assert "1202 layers" in words(app)


@pytest.mark.parametrize("view", ["handout", "Key"])
def test_sheets_are_views_whatever_their_case(lesson, view):
    app = lesson(view=view)
    assert app.session_state["view"] == view.capitalize()
    assert not app.warning


@pytest.mark.parametrize(("key", "opens"), LINKS, ids=[f"{key}-{opens.page}" for key, opens in LINKS])
def test_every_link_opens_its_state_without_a_warning(open_page, key, opens):
    app = open_page(opens.page, **opens.query, lesson=key)
    assert not app.warning
    assert not app.error
    for name, value in opens.query.items():
        if name in app.session_state and isinstance(app.session_state[name], str):
            assert app.session_state[name] == value
    assert any("Back to the lesson" in link.proto.label for link in app.get("page_link"))


def test_a_race_starts_in_place_and_is_judged_at_its_end(lesson, words, monkeypatch):
    started = []
    monkeypatch.setattr(live_race, "start_race", started.append)
    app = lesson(lesson="race")
    assert app.button(key="start_lesson_race")
    assert not [button for button in lesson(lesson="copy").button if button.key == "start_lesson_race"]


def test_present_and_lesson_go_along_to_another_page(open_page):
    app = open_page("bottleneck", present="1", lesson="bottleneck")
    app.query_params.clear()  # as Streamlit does on a change of page
    app.switch_page("pages/variants.py").run()
    assert app.query_params["present"] == "1"
    assert app.query_params["lesson"] == "bottleneck"


def test_the_lesson_can_be_put_away(open_page):
    app = open_page("bottleneck", lesson="bottleneck")
    app.button(key="leave_lesson").click().run()
    assert not app.query_params.get("lesson")
    assert not [button for button in app.button if button.key == "leave_lesson"]


def test_on_the_wall_the_class_reads_and_nobody_types(lesson, words):
    app = lesson(lesson="degradation", present="1")
    assert not app.radio
    assert "**B**\u2002no, they stay behind" in words(app)
    assert not app.toggle  # no teacher's notes
    assert "A number from 0 to 100 %." in words(lesson(lesson="bottleneck", present="1"))
