"""A room without phones, in two hands; and what a phone does with a gap in the network."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def teacher(new_page, visit, wait_idle):
    """A teacher's page at a step that is voted on twice, with a room."""
    page = visit(new_page(width=1280, height=720), "/lesson?lesson=degradation")
    page.get_by_role("button", name="Open a room").click()
    expect(page.get_by_text("Nobody has joined yet")).to_be_visible()
    wait_idle(page)
    return page


@pytest.mark.slow
def test_a_phone_that_was_offline_or_loaded_anew_keeps_its_answer(app_url, teacher, new_visitor):
    code = re.search(r"room=([A-Z]{4})", teacher.url)[1]
    phone = new_visitor(width=320, height=600, is_mobile=True, has_touch=True)
    phone.goto(f"{app_url}/room/{code}")
    expect(phone.get_by_role("heading")).to_contain_text("Do they catch up")
    assert phone.evaluate("document.documentElement.scrollWidth") == 320
    phone.context.set_offline(True)
    phone.get_by_role("button", name="they overtake").click()
    expect(phone.get_by_role("status")).to_contain_text("No connection. What you answer is kept here")
    phone.context.set_offline(False)
    expect(phone.get_by_role("status")).to_contain_text("Your answer is in")
    phone.reload()
    expect(phone.get_by_role("button", name="they overtake", pressed=True)).to_be_visible()
    expect(teacher.get_by_text("1 of 1 has answered")).to_be_visible()
    teacher.reload()  # the cookie brings control back
    teacher.get_by_role("button", name="Second vote").click()
    teacher.get_by_role("button", name="Reveal").click()
    expect(phone.get_by_role("status")).to_have_text("You gave no answer.")


@pytest.mark.slow
def test_hands_are_counted_by_keys_and_the_openers_link_steers_from_another_browser(teacher, new_visitor, wait_idle):
    teacher.get_by_role("button", name="Room", exact=True).click()
    own = teacher.get_by_test_id("stCode").inner_text()
    teacher.get_by_text("Count raised hands").click()
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_text("0 hands raised")).to_be_visible()
    wait_idle(teacher)
    for key in "113111":
        teacher.keyboard.press(key)
    teacher.get_by_role("spinbutton", name="no, they stay behind").fill("12")
    expect(teacher.get_by_text("18 hands raised")).to_be_visible()

    second = new_visitor()
    second.goto(own)
    wait_idle(second)
    assert own.rpartition("/")[2] not in second.url
    expect(second.get_by_text("18 hands raised")).to_be_visible()
    second.get_by_role("button", name="Second vote").click()
    expect(second.get_by_text("0 hands raised")).to_be_visible()
    wait_idle(second)
    second.keyboard.press("2")
    expect(second.get_by_text("1 hand raised")).to_be_visible()
    second.get_by_role("button", name="Reveal").click()
    said = "1 of 1 of you was right; before you talked it was 12 of 18. Right: no, they stay behind."
    expect(second.get_by_text(said)).to_be_visible()
    expect(teacher.get_by_text(said)).to_be_visible()

    stranger = new_visitor()
    stranger.goto(second.url)
    wait_idle(stranger)
    expect(stranger.get_by_role("link", name="Take part in room")).to_be_visible()
    expect(stranger.get_by_text(said)).to_have_count(0)
