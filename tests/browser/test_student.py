"""The student's page by itself: the test plays the server."""

import json

import pytest
from playwright.sync_api import expect

from pages.room.student import student_page

pytestmark = pytest.mark.slow

NEWS = {
    "step": "wrong", "asking": 1, "round": 1, "state": "open", "ask": "How many get it wrong?", "options": None,
    "least": 0, "most": 100, "unit": "of 100", "range": "0 to 100", "joined": 1, "answered": 1, "race": None,
}  # fmt: skip
REVEALED = NEWS | {"state": "revealed", "right": 6, "slack": 1, "verdict": "0 of 1 of you were right.", "bars": []}

SHUT = "The room KLPX takes nobody else in. Ask your teacher: one press opens it again."


@pytest.fixture
def phone(new_visitor):
    return answered_by_us(new_visitor(width=390, height=844))


def answered_by_us(page, *, lets_in=True):
    """Opens a room in a page, one that nobody gets into unless it `lets_in`; `page.asked` is what it has asked for."""
    page.asked = asked = []

    def reply(route):
        last = route.request.url.rpartition("/")[2]
        if last == "KLPX":
            return route.fulfill(body=student_page("KLPX"), content_type="text/html")
        asked.append(last)
        if last == "join" and not lets_in:
            return route.fulfill(status=403, body=json.dumps({"error": SHUT}))
        return route.fulfill(body=json.dumps({"now": NEWS, "join": {"answers": {}}}.get(last, {"answer": "7"})))

    page.route("**/room/**", reply)
    page.goto("http://127.0.0.1/room/KLPX")
    return page


def test_a_number_is_asked_for_in_its_range_and_what_is_none_stays_said(phone):
    field, said = phone.get_by_label("A number from 0 to 100", exact=True), phone.get_by_role("status")
    expect(phone.get_by_text("1 of 1 has answered")).to_be_visible()
    field.fill("101")
    field.press("Enter")
    expect(said).to_have_text("Write a number from 0 to 100.")
    polled = phone.asked.count("now")
    while phone.asked.count("now") < polled + 2:  # the class is looked at again, and again
        phone.wait_for_timeout(100)
    expect(said).to_have_text("Write a number from 0 to 100.")
    assert "answer" not in phone.asked
    field.fill("7")
    expect(said).to_have_text("")
    field.press("Enter")
    expect(said).to_contain_text("Your answer is in")


def test_a_room_that_has_ended_leaves_nothing_to_press(browser):
    phone = answered_by_us(browser.new_page())  # a watched one would call the server's 410 trouble
    expect(phone.get_by_role("button", name="Send")).to_be_visible()
    said = "The room KLPX has ended. Ask for the code of the next one."
    phone.route("**/now", lambda route: route.fulfill(status=410, body=json.dumps({"error": said})))
    expect(phone.get_by_role("heading")).to_have_text("This room has ended")
    expect(phone.get_by_role("status")).to_have_text(said)
    expect(phone.get_by_role("button")).to_have_count(0)
    expect(phone.get_by_role("textbox")).to_have_count(0)
    phone.context.close()


def test_who_is_not_let_in_reads_why_and_comes_in_by_itself_once_it_opens(browser):
    phone = answered_by_us(browser.new_page(), lets_in=False)
    expect(phone.get_by_role("heading")).to_have_text("You are not in yet")
    expect(phone.get_by_role("status")).to_have_text(SHUT)
    phone.route("**/join", lambda route: route.fulfill(body=json.dumps({"answers": {}})))
    expect(phone.get_by_role("heading")).to_have_text(NEWS["ask"])
    phone.context.close()


def test_two_tabs_of_one_student_tell_the_same_answer(phone):
    second = answered_by_us(phone.context.new_page())
    for page, guess in ((phone, "6"), (second, "25")):
        page.get_by_label("A number from").fill(guess)
        page.get_by_label("A number from").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Your answer is in")
    for page in (phone, second):
        page.route("**/now", lambda route: route.fulfill(body=json.dumps(REVEALED)))
        expect(page.get_by_role("status")).to_have_text("You said 25 of 100.")
