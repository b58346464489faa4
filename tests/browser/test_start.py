"""The first minutes of a visit: a guess by pointer and one by keys, the path, a word, and a filter step by step."""

import re

from playwright.sync_api import expect


def drag(page, handle, by):
    """Take a handle by its middle, move it by some pixels down, let go."""
    box = page.locator(f".wide .handle.{handle} .ring").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by / 2, steps=3)
    page.mouse.move(x, y + by)
    page.mouse.up()


def test_a_visitor_guesses_walks_the_path_and_steps_a_filter(page, visit, wait_idle, app_url):
    visit(page, "/")
    measured = page.locator(".wide .told.plain").first
    expect(measured).to_be_hidden()
    drag(page, "plain", 40)
    expect(measured).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"You said \d.* Measured: 17\.3 %"))
    expect(page.locator(".wide .told.residual").first).to_be_hidden()
    slider = page.get_by_role("slider", name=re.compile("residual network with 56 layers"))
    slider.focus()
    before = float(slider.get_attribute("aria-valuenow"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("PageUp")
    assert float(slider.get_attribute("aria-valuenow")) == before + 5.5
    page.keyboard.press("Enter")
    expect(page.locator(".wide .told.residual").first).to_be_visible()
    page.get_by_text("The idea in four sentences").wait_for()
    assert page.url == f"{app_url}/"

    page.get_by_test_id("stMain").get_by_role("link", name="2. Basics").click()
    page.get_by_text("Step 2 of 8").wait_for()
    wait_idle(page)
    assert page.locator(".st-key-path_line").bounding_box()["height"] <= 40
    said, at = page.locator(".sliding .said"), page.locator(".sliding .out")
    at.focus()
    text = said.inner_text()
    page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(text)
    page.get_by_role("button", name="The value before").click()
    expect(said).to_have_text(text, use_inner_text=True)

    word = page.locator("dfn.term").first
    meaning = page.locator(f"#{word.get_attribute('aria-describedby')}")
    expect(meaning).to_be_hidden()
    word.focus()
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    word.hover()
    expect(meaning).to_be_visible()

    page.locator(".st-key-path_line").get_by_role("link", name="Start").click()
    expect(measured).to_be_visible()  # remembered
    expect(page.locator(".wide .told.residual").first).to_be_visible()
