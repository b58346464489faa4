"""A race as a visitor runs it, and the replay of recorded runs as a visitor drags it."""

import re

import pytest
from playwright.sync_api import expect


def step_of(page):
    """The step in the progress line."""
    return int(re.search(r"Step (\d+) of", page.get_by_text(re.compile(r"Step \d+ of")).first.inner_text())[1])


def drawn(page):
    """The loss curves as the browser drew them: of each network its steps, and the smoothed line."""
    return page.locator(".st-key-race_loss .scatterlayer .trace path.js-line").evaluate_all(
        "lines => lines.map(line => line.getAttribute('d'))"
    )


def wait_until_both_move(page):
    before = []
    for _ in range(120):
        now = drawn(page)
        if len(now) == len(before) == 4 and all(new != old for new, old in zip(now, before, strict=True)):
            return
        before = before if len(before) == 4 else now
        page.wait_for_timeout(500)
    pytest.fail("The curves stand still.")


def test_a_race_moves_pauses_steps_stops_and_is_found_again(page, visit):
    visit(page, "/race?guess=residual")
    page.get_by_role("button", name="Start the race").click()
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    wait_until_both_move(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text(re.compile(r"Step \d+ of \d+, paused")).wait_for()
    step = page.get_by_role("button", name="Step", exact=True)
    expect(step).to_be_enabled()
    resting = step_of(page)
    step.click()
    page.get_by_text(f"Step {resting + 1} of").wait_for()
    page.reload()
    page.get_by_text(f"Step {resting + 1} of").wait_for()
    page.locator(".st-key-stop button").click()  # still theirs after the reload
    page.get_by_text(re.compile(r"Stopped after \d+ of")).wait_for()
    expect(page).to_have_url(re.compile("run="))
    page.reload()
    page.get_by_text(f"Stopped after {resting + 1} of").wait_for()


def test_the_replay_follows_the_keyboard_and_its_epoch_reaches_the_link(page, visit, wait_idle, root):
    if not list((root / "resnet_core" / "data" / "runs").glob("*.json")):
        visit(page, "/degradation")
        page.get_by_text("Not recorded here yet").wait_for()
        return
    visit(page, "/degradation?epoch=2")
    slider = page.get_by_role("slider", name=re.compile("Epoch"))
    first = page.locator(".replay tbody td").first
    before, width = first.inner_text(), page.locator(".replay .wide .shown").first.get_attribute("width")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(first).not_to_have_text(before)
    assert float(page.locator(".replay .wide .shown").first.get_attribute("width")) > float(width)
    expect(page).to_have_url(re.compile("epoch=3"))
    wait_idle(page)
    expect(slider).to_have_value("3")
