"""The path: its steps are doors, and only who walks it sees where they are."""

import re
from pathlib import Path

import pytest

from pages._server import ROUTER_HAS_RUN
from pages.lesson.path import OBJECTIVES, STEPS

ROOT = Path(__file__).parents[3]
DOORS = dict(re.findall(r'st\.Page\("pages/(\w+)\.py", title="([^"]+)"', (ROOT / "app.py").read_text("utf-8")))


def turn_to(app, page, **query):
    """Open a page through app.py, which AppTest passes by otherwise once it has run."""
    app.query_params.clear()
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    ROUTER_HAS_RUN.clear()
    app.run()
    assert not app.exception, app.exception
    return app


def links(app):
    return [link.proto.label for link in app.get("page_link")]


def line(app):
    return [caption.value for caption in app.caption if caption.value.startswith("Step ")]


def test_each_step_is_a_door_under_the_doors_name_and_a_sentence():
    assert {step.page: step.name for step in STEPS}.items() <= DOORS.items()
    assert len({step.page for step in STEPS}) == len(STEPS) == 8
    assert all(step.does.endswith(".") and len(step.does) < 60 for step in STEPS)
    assert len(OBJECTIVES) == 5


@pytest.mark.parametrize("step", [step for step in STEPS if step.query], ids=lambda step: step.page)
def test_what_a_step_asks_of_its_page_is_there(open_page, step):
    app = open_page(step.page, **step.query)
    assert not app.warning


def test_who_does_not_walk_the_path_sees_nothing_of_it(open_page):
    app = turn_to(open_page("home"), "bottleneck")
    assert line(app) == []
    assert "Bug lab" not in links(app)


def test_a_link_of_the_path_begins_it_and_later_pages_know_their_place(open_page):
    app = turn_to(open_page("home"), "bottleneck", path="1")
    assert line(app) == ["Step 7 of 8"]
    assert links(app)[:2] == ["Architecture", "Bug lab"]
    turn_to(app, "bug_lab")
    assert line(app) == ["Step 8 of 8"]
    assert links(app)[0] == "Bottleneck"
    assert line(turn_to(app, "classify")) == []  # no step
    turn_to(app, "home")
    assert line(app) == []  # the list stands there
    assert {"7. Bottleneck, seen", "8. Bug lab, seen", "2. Basics"} <= set(links(app))


def test_who_comes_from_the_lesson_goes_back_to_it_and_is_shown_no_second_way(open_page):
    app = turn_to(open_page("home"), "bottleneck", path="1")
    assert line(turn_to(app, "race", lesson="race")) == []


def test_a_guess_on_start_begins_the_path(open_page):
    app = open_page("home")
    app.session_state["_foretold"] = {"plain": 8.0}
    app.run()
    assert line(turn_to(app, "basics")) == ["Step 2 of 8"]
