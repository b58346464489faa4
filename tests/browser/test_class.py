"""The lesson itself with a class: a teacher and four students, from the code to the race that judges their guesses."""

import re

import pytest
from playwright.sync_api import expect

RACE_MS = 400_000  # half a minute of computing, on a machine that has other work
GUESSES = ("77", "60", "20", "5")


@pytest.mark.slow
def test_a_lesson_is_played_with_a_class(app_url, visit, new_page, new_visitor, wait_idle):
    teacher = visit(new_page(width=1280), "/lesson")
    teacher.get_by_role("button", name="Open a room").click()
    teacher.wait_for_url(re.compile(r"room=[A-Z]{4}"))
    code = re.search(r"room=([A-Z]{4})", teacher.url)[1]
    teacher.keyboard.press("Escape")
    wait_idle(teacher)

    phone = new_visitor(width=390, height=844, is_mobile=True, has_touch=True)
    phone.goto(f"{app_url}/join")
    phone.get_by_label("The code on the screen").fill(code)
    phone.get_by_role("button", name="Join").click()
    others = [new_visitor() for _ in range(3)]
    for student in others:
        student.goto(f"{app_url}/room/{code}")
    students = (phone, *others)
    right, wrong = "its error on the pictures it trains on", "its error on new pictures"
    for student, said in zip(students, (right, right, right, wrong), strict=True):
        student.get_by_role("button", name=said, exact=True).click()
        expect(student.get_by_role("status")).to_contain_text("Your answer is in")
    expect(teacher.get_by_text("4 of 4 have answered")).to_be_visible()
    teacher.get_by_role("button", name="Reveal").click()
    expect(phone.get_by_text("3 of 4 of you were right")).to_be_visible()

    for _ in range(4):  # an answer, a step with two votes, its answer, the race
        wait_idle(teacher)
        teacher.get_by_role("button", name="Onward").click()
    expect(phone.get_by_label("A number from 0 to 100")).to_be_visible()
    for student, guess in zip(students, GUESSES, strict=True):
        student.get_by_label("A number from 0 to 100").fill(guess)
        student.get_by_role("button", name="Send").click()
        expect(student.get_by_role("status")).to_contain_text("Your answer is in")
    assert teacher.get_by_role("button", name="Start the race", exact=True).count() == 0, "there is one start, for all"
    teacher.get_by_role("button", name="Start the race for all").click()
    expect(phone.get_by_role("status")).to_contain_text("Your guess is locked: 77 of 100. The race")
    judged = re.compile(r"(\d) of 4 of you (was|were) right, no more than 20\s.*off\. Measured: ")
    expect(phone.get_by_text(judged)).to_be_visible(timeout=RACE_MS)
    expect(teacher.get_by_text(judged)).to_be_visible()
    assert int(judged.search(phone.get_by_text(judged).inner_text())[1]) in (1, 2, 3), "5 is far off"
