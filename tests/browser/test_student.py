"""The student's page by itself: the test plays the server."""

import json

import pytest
from playwright.sync_api import expect

from pages.room.student import student_page

NEWS = {
    "step": "wrong", "asking": 1, "round": 1, "state": "open", "ask": "How many get it wrong?", "options": None,
    "least": 0, "most": 100, "unit": "of 100", "joined": 1, "answered": 1, "race": None,
}  # fmt: skip


@pytest.fixture
def phone(new_visitor):
    page, asked = new_visitor(width=390, height=844), []
    page.asked = asked

    def reply(route):
        last = route.request.url.rpartition("/")[2]
        if last == "KLPX":
            return route.fulfill(body=student_page("KLPX"), content_type="text/html")
        asked.append(last)
        return route.fulfill(body=json.dumps({"now": NEWS, "join": {"answers": {}}}.get(last, {"answer": "7"})))

    page.route("**/room/**", reply)
    page.goto("http://127.0.0.1/room/KLPX")
    return page


def test_a_number_is_asked_for_in_its_unit_and_what_is_none_stays_said(phone):
    field, said = phone.get_by_label("A number from 0 to 100 of 100", exact=True), phone.get_by_role("status")
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
