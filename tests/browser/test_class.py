"""The lesson itself with a class: a teacher at the wall with a keyboard alone, and four students, one with a phone."""

import re

import pytest
from playwright.sync_api import TimeoutError, expect

from pages.lesson.steps import all_steps
from tests.browser.test_accessibility import faults
from tests.browser.test_lesson import FITS, SMALLEST

RACE_MS = 800_000  # half a minute of computing, on a machine that has other work
GUESSES = ("77", "60", "20", "5")
FOCUSED = "button => button === document.activeElement"


def tab_to(page, name):
    """Press Tab until the button of that name has the focus."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate(FOCUSED):
            return
    pytest.fail(f"no Tab leads to {name!r}")


def press(page, name):
    tab_to(page, name)
    page.keyboard.press("Enter")


def say(student, answer):
    """Answer by keys: the number in the field, or so many presses of Tab and Enter."""
    field = student.get_by_label("A number from")
    if isinstance(answer, str):
        expect(field).to_be_visible()
        student.keyboard.press("Tab")
        student.keyboard.type(answer)
    else:
        for _ in range(answer):
            student.keyboard.press("Tab")
    student.keyboard.press("Enter")
    expect(student.get_by_role("status")).to_contain_text("Your answer is in")


def all_say(students, question, answers):
    for student, answer in zip(students, answers, strict=True):
        expect(student.get_by_role("heading")).to_have_text(question.ask)
        student.evaluate("document.activeElement.blur()")
        say(student, answer)


@pytest.fixture
def fits(teacher, wait_idle):
    """Checks that what is on the wall is there as a whole, and legible from the last row: fits("votes")."""

    def check(of_what):
        wait_idle(teacher)
        try:
            teacher.wait_for_function(FITS, timeout=15_000)
        except TimeoutError:
            pytest.fail(f"{of_what}: one must scroll to see all of it")
        assert teacher.evaluate(SMALLEST) >= 20, of_what

    return check


@pytest.fixture
def teacher(new_page, visit):
    return visit(new_page(width=1280, height=720), "/lesson")


@pytest.fixture
def students(new_visitor):
    phone = new_visitor(width=390, height=844, is_mobile=True, has_touch=True)
    return [phone, new_visitor(color_scheme="dark"), new_visitor(), new_visitor()]


@pytest.mark.slow
def test_a_keyboard_alone_plays_the_lesson_with_a_class(app_url, teacher, fits, students, wait_idle):
    first, second, race, *_ = (step.question for step in all_steps())
    press(teacher, "Open a room")
    teacher.wait_for_url(re.compile(r"room=[A-Z]{4}"))
    code = re.search(r"room=([A-Z]{4})", teacher.url)[1]
    wait_idle(teacher)
    press(teacher, "Presenter view")
    expect(teacher.locator(".st-key-rail")).to_have_count(0)
    expect(teacher.get_by_role("img", name="QR code of")).to_be_visible()
    fits("the code to join")

    phone, *others = students
    phone.goto(f"{app_url}/join")
    phone.keyboard.type(f" {code.lower()} ")
    phone.keyboard.press("Enter")
    for student in others:
        student.goto(f"{app_url}/room/{code}")
    all_say(students, first, (2, 2, 2, 1))
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    press(teacher, "Hide code")
    expect(teacher.get_by_role("img", name="QR code of")).to_be_hidden()
    wait_idle(teacher)
    press(teacher, "Reveal")
    expect(phone.get_by_text("3 of 4 of you were right")).to_be_visible()
    expect(teacher.get_by_text("3 of 4 of you were right")).to_be_visible()
    fits("votes")
    assert faults(teacher) == []
    assert [faults(student) for student in students[:2]] == [[], []]  # one of them is dark
    teacher.keyboard.press("PageDown")
    expect(teacher.get_by_text(all_steps()[0].say)).to_be_visible()
    fits("votes beside an answer")

    teacher.keyboard.press("PageDown")
    all_say(students, second, (2, 1, 1, 2))
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    fits("a first vote")
    teacher.keyboard.press("Enter")  # nothing has the focus: it presses what is blue
    for student in students:  # who still has the first vote before them would be too late with an answer
        expect(student.get_by_text("talk to your neighbour")).to_be_visible()
    all_say(students, second, (2, 2, 2, 1))
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    teacher.keyboard.press("Enter")
    expect(teacher.get_by_text("3 of 4 of you were right; before you talked it was 2 of 4.")).to_be_visible()
    fits("two votes")
    teacher.keyboard.press("PageDown")
    expect(teacher.get_by_text(all_steps()[1].say)).to_be_visible()
    fits("two votes beside an answer")

    teacher.keyboard.press("PageDown")
    all_say(students, race, GUESSES)
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    assert teacher.get_by_role("button", name="Start the race", exact=True).count() == 0, "there is one start, for all"
    teacher.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Your guess is locked: 77 of 100. The race")
    fits("a race")
    judged = re.compile(r"(\d) of 4 of you (was|were) right, no more than 20\s.*off\. Measured: ")
    expect(phone.get_by_text(judged)).to_be_visible(timeout=RACE_MS)
    expect(teacher.get_by_text(judged)).to_be_visible()
    assert int(judged.search(phone.get_by_text(judged).inner_text())[1]) in (1, 2, 3), "5 is far off"
    fits("a race that is judged")
    teacher.keyboard.press("PageDown")
    expect(teacher.get_by_text(all_steps()[2].say)).to_be_visible()
    fits("a race and its answer")

    press(teacher, "Room")
    assert teacher.get_by_test_id("stCode").count() == 0, "the opener's own link is for nobody else to read"
    for student in students:  # whose pages would only hear that it has ended
        student.goto("about:blank")
    press(teacher, "Close the room")
    expect(teacher.locator(".st-key-room_bar")).to_have_count(0)
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_role("button", name="Presenter view")).to_be_visible()


@pytest.mark.slow
def test_every_step_fits_the_wall_with_its_votes(app_url, teacher, fits, new_visitor, wait_idle):
    teacher.get_by_role("button", name="Open a room").click()
    teacher.wait_for_url(re.compile(r"room=[A-Z]{4}"))
    wait_idle(teacher)
    code = re.search(r"room=([A-Z]{4})", teacher.url)[1]
    teacher.get_by_role("button", name="Hide code").click()
    student = new_visitor(width=390, height=844)
    student.goto(f"{app_url}/room/{code}")
    wait_idle(teacher)
    teacher.get_by_role("button", name="Presenter view").click()
    for step in all_steps():
        expect(student.get_by_role("heading")).to_have_text(step.question.ask)
        student.evaluate("document.activeElement.blur()")
        say(student, 1 if step.question.options else f"{step.question.right:g}")
        expect(teacher.get_by_text("1 of 1 has answered")).to_be_visible()
        fits(step.key)
        if step.key != "race":  # a class's own, which another test runs
            for _ in range(step.question.rounds):
                teacher.keyboard.press("Enter")
                wait_idle(teacher)
            expect(teacher.get_by_role("button", name="Ask again")).to_be_visible()
            fits(f"{step.key}, its votes")
        teacher.keyboard.press("PageDown")
        expect(teacher.get_by_text(step.say)).to_be_visible()
        fits(f"{step.key}, its answer")
        teacher.keyboard.press("PageDown")
