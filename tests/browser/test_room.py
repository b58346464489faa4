"""A lesson with a class: a teacher and four students, each in a browser of their own, one on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import AXE, RUN

RACE_MS = 300_000  # some seconds of computing, on a machine that has other work


@pytest.fixture
def room_url(serve, tmp_path):
    log = tmp_path / "log.txt"
    with serve("tests/browser/room_app.py", log, tmp_path / "cache", RESNET_WARM_UP="off") as url:
        yield url
    assert "Traceback" not in log.read_text()


@pytest.fixture
def teacher(new_visitor, room_url, wait_idle):
    page = new_visitor()
    page.goto(f"{room_url}/lesson")
    wait_idle(page)
    return page


@pytest.fixture
def students(new_visitor):
    phone = new_visitor(width=390, height=844, is_mobile=True, has_touch=True)
    return [phone, new_visitor(color_scheme="dark"), new_visitor(), new_visitor()]


def faults(page):
    page.evaluate(AXE)
    return page.evaluate(RUN, [])


def choose(student, answer):
    student.get_by_role("button", name=answer, exact=True).click()
    expect(student.get_by_role("status")).to_contain_text("Your answer is in")


def go_to(teacher, step):
    teacher.get_by_test_id("stMarkdownContainer").get_by_text(step, exact=True).first.click()


@pytest.mark.slow
def test_a_class_joins_votes_twice_guesses_a_race_and_is_judged(room_url, teacher, students, wait_idle):
    teacher.get_by_role("button", name="Open a room").click()
    teacher.wait_for_url(re.compile(r"room=[A-Z]{4}"))
    code = teacher.url.partition("room=")[2][:4]
    expect(teacher.get_by_text("Nobody has joined yet")).to_be_visible()
    expect(teacher.get_by_role("img", name="QR code of")).to_be_visible()

    phone, *others = students
    phone.goto(f"{room_url}/join")
    assert faults(phone) == []
    phone.get_by_label("The code on the screen").fill(f" {code.lower()} ")
    phone.get_by_role("button", name="Join").click()
    for student in others:  # by the QR code
        student.goto(f"{room_url}/room/{code}")
    expect(phone.get_by_role("heading")).to_have_text("Will the plain network with 56 layers catch up in training?")
    for student, answer in zip(students, ("No", "No", "Yes, soon", "Yes, soon"), strict=True):
        choose(student, answer)
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    assert [faults(student) for student in students] == [[], [], [], []]  # one of them is dark
    phone.set_viewport_size({"width": 320, "height": 600})
    assert phone.evaluate("document.documentElement.scrollWidth") == 320

    phone.context.set_offline(True)
    phone.get_by_role("button", name="Yes, soon").click()
    expect(phone.get_by_role("status")).to_contain_text("No connection. What you answer is kept here")
    phone.context.set_offline(False)
    expect(phone.get_by_role("status")).to_contain_text("Your answer is in")

    teacher.get_by_role("button", name="Second vote").click()
    for student, answer in zip(students, ("No", "No", "No", "Yes, soon"), strict=True):
        expect(student.get_by_text("talk to your neighbour")).to_be_visible()
        choose(student, answer)
    students[1].reload()
    expect(students[1].get_by_role("status")).to_contain_text("Your answer is in")
    teacher.get_by_role("button", name="Reveal").click()
    verdict = "3 of 4 of you were right; before you talked it was 1 of 4. Right: No."
    expect(teacher.get_by_text(verdict)).to_be_visible()
    expect(phone.get_by_text(verdict)).to_be_visible()
    expect(phone.get_by_role("status")).to_have_text("You said No: right.")
    expect(students[3].get_by_role("status")).to_have_text("You said Yes, soon.")

    teacher.reload()  # the cookie brings control back
    wait_idle(teacher)
    go_to(teacher, "wrong")
    for student, guess in zip(students, ("77", "70", "20", "5"), strict=True):
        student.get_by_label("A number from 0 to 100").fill(guess)
        student.get_by_role("button", name="Send").click()
        expect(student.get_by_role("status")).to_contain_text("Your answer is in")
    teacher.get_by_role("button", name="Start the race for all").click()
    expect(phone.get_by_role("status")).to_contain_text("Your guess is locked: 77. The race", timeout=RACE_MS)
    expect(
        phone.get_by_text(re.compile(r"of 4 of you (was|were) right, no more than 10\soff\. Measured: "))
    ).to_be_visible(timeout=RACE_MS)
    expect(teacher.get_by_text(re.compile("of 4 of you (was|were) right, no more than 10"))).to_be_visible()


@pytest.mark.slow
def test_hands_are_counted_by_keys_and_the_openers_link_steers_from_another_browser(teacher, new_visitor, wait_idle):
    teacher.get_by_role("button", name="Open a room").click()
    expect(teacher.get_by_text("Nobody has joined yet")).to_be_visible()
    wait_idle(teacher)
    teacher.get_by_role("button", name="Room", exact=True).click()
    own = teacher.get_by_test_id("stCode").inner_text()
    teacher.get_by_text("Count raised hands").click()
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_text("0 hands raised")).to_be_visible()
    wait_idle(teacher)
    for key in "113111":
        teacher.keyboard.press(key)
    teacher.get_by_label("Yes, but much later").fill("12")
    expect(teacher.get_by_text("18 hands raised")).to_be_visible()

    second = new_visitor()
    second.goto(own)
    wait_idle(second)
    assert own.rpartition("/")[2] not in second.url
    expect(second.get_by_text("18 hands raised")).to_be_visible()
    second.get_by_role("button", name="Second vote").click()
    expect(second.get_by_text("0 hands raised")).to_be_visible()
    wait_idle(second)
    second.keyboard.press("3")
    expect(second.get_by_text("1 hand raised")).to_be_visible()
    second.get_by_role("button", name="Reveal").click()
    said = "1 of 1 of you was right; before you talked it was 1 of 18. Right: No."
    expect(second.get_by_text(said)).to_be_visible()
    expect(teacher.get_by_text(said)).to_be_visible()

    stranger = new_visitor()
    stranger.goto(second.url)
    wait_idle(stranger)
    expect(stranger.get_by_role("link", name="Take part in room")).to_be_visible()
    expect(stranger.get_by_text(said)).to_have_count(0)
