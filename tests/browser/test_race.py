"""A race as a visitor runs it, and the replay of recorded runs as a visitor drags it."""

import re

import pytest
from playwright.sync_api import expect


def step_of(page):
    """The step in the progress line."""
    return int(re.search(r"Step (\d+) of", page.get_by_text(re.compile(r"Step \d+ of")).first.inner_text())[1])


def drawn(page):
    """The loss curves as the browser drew them: of each network its steps, and the smoothed line."""
    return page.locator(".st-key-race .loss path:not(.rule)").evaluate_all(
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


def start(page, guess="37"):
    """Guess and start, as one who is quick: the number is still in the field. It is in no address."""
    page.locator(".st-key-guess input").fill(guess)
    page.get_by_role("button", name="Start the race").click()
    expect(page).to_have_url(re.compile("run="))
    assert "guess" not in page.url


def box_of(page, selector):
    """Where an element stands; while the page reruns there is none for a moment."""
    for _ in range(40):
        if box := page.locator(selector).first.bounding_box():
            return box
        page.wait_for_timeout(250)
    return pytest.fail(f"{selector} has no place on the page.")


def put_away(page):
    page.get_by_role("button", name="Reset").click()
    expect(page).not_to_have_url(re.compile("run="))


def go_to(page, name):
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_url(re.compile(f"/{name.lower()}"))


@pytest.mark.slow
def test_a_race_moves_pauses_steps_stops_and_is_found_again(page, visit):
    visit(page, "/race")
    start(page)
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    wait_until_both_move(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text(re.compile(r"Step \d+ of \d+, paused")).wait_for()
    step = page.get_by_role("button", name="Step", exact=True)
    expect(step).to_be_enabled()
    resting = step_of(page)
    step.click()
    page.get_by_text(f"Step {resting + 1} of").first.wait_for()
    page.reload()
    page.get_by_text(f"Step {resting + 1} of").first.wait_for()
    expect(page.get_by_text("Your guess, locked: the plain network gets 37 of 100 wrong.")).to_be_visible()
    page.locator(".st-key-stop button").click()  # still theirs after the reload
    page.get_by_text(re.compile(r"Stopped after \d+ of")).wait_for()
    expect(page).to_have_url(re.compile("run="))
    page.reload()
    page.get_by_text(f"Stopped after {resting + 1} of").wait_for()
    values_are_read(page, resting + 1)


def values_are_read(page, last):
    """The exact values of a step are a key, or a pointer, away."""
    loss, values = page.get_by_role("slider", name="Training loss by step"), page.locator(".st-key-race .loss .values")
    loss.focus()
    page.keyboard.press("ArrowLeft")
    expect(values).to_contain_text(re.compile(rf"^step {last}plain \d+\.\d+residual \d+\.\d+$"))
    page.keyboard.press("Home")
    expect(values).to_contain_text(re.compile("^step 1plain"))
    expect(loss).to_have_attribute("aria-valuetext", re.compile("^step 1: plain .*; residual "))
    page.keyboard.press("Escape")
    expect(values).to_have_count(0)
    loss.hover()
    expect(values).to_be_visible()


@pytest.mark.parametrize(
    ("width", "height"),
    [pytest.param(*size, marks=pytest.mark.slow) for size in ((1280, 720), (1440, 900), (390, 844))],
)
def test_after_start_the_curve_is_in_the_first_screen(new_page, visit, width, height):
    page = new_page(width=width, height=height)
    visit(page, f"/race?seed={width}&depth=8")
    start(page)
    curve = page.locator(".st-key-race .loss path:not(.rule)").first
    curve.wait_for()
    box = box_of(page, ".st-key-race .loss")
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= height
    expect(page.get_by_text(re.compile("8 layers, batch norm, seed .*change"))).to_be_visible()
    put_away(page)


@pytest.mark.slow
def test_a_watcher_and_a_reloaded_starter_come_back_to_the_race(page, new_page, visit):
    visit(page, "/race?depth=44")
    start(page)
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    watcher = new_page()
    visit(watcher, "/race")
    watcher.get_by_role("button", name="Watch").first.click()  # what runs stands before what rests
    watcher.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    expect(watcher).to_have_url(re.compile("depth=44"))  # its settings
    go_to(watcher, "Bottleneck")
    page.reload()
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    go_to(page, "Bottleneck")
    for back in (watcher, page):
        go_to(back, "Race")
        back.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
        expect(back).to_have_url(re.compile("run="))
    put_away(page)


@pytest.mark.slow
def test_a_race_that_the_lesson_started_is_the_starters_on_the_page_race_too(page, visit, wait_idle):
    visit(page, "/race")
    page.wait_for_function("sessionStorage.getItem('race-owner')")
    visit(page, "/lesson?lesson=race")  # a new visit, in a tab that has a number
    page.get_by_role("button", name="Start the race", exact=True).click()
    page.get_by_text(re.compile(r"Step \d+ of")).first.wait_for()
    go_to(page, "Race")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    wait_idle(page)
    put_away(page)


@pytest.mark.slow
def test_two_tabs_are_two_owners_and_one_visitor(page, new_page, visit):
    """Each tab owns its race; how many races one visitor may have is counted over all tabs of the browser."""
    second = new_page()
    for tab in (page, second):
        visit(tab, "/race")
        tab.wait_for_function("sessionStorage.getItem('race-owner') && localStorage.getItem('race-browser')")
    owners = {tab.evaluate("sessionStorage.getItem('race-owner')") for tab in (page, second)}
    browsers = {tab.evaluate("localStorage.getItem('race-browser')") for tab in (page, second)}
    assert (len(owners), len(browsers)) == (2, 1)
    assert browsers < owners


@pytest.mark.slow
def test_absence_pauses_a_race_and_go_on_continues_it(page, visit):
    visit(page, "/race?seed=77")
    start(page)
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    go_to(page, "Bottleneck")
    page.wait_for_timeout(12_000)  # longer than the server waits for a look
    go_to(page, "Race")
    page.get_by_text("Paused, because nobody had looked at it for 10 s.").wait_for()
    resting = step_of(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_enabled()
    expect(page.get_by_text(re.compile(r"Step \d+ of \d+, paused"))).to_have_count(0)
    page.wait_for_timeout(2000)  # some steps
    assert step_of(page) > resting
    put_away(page)


@pytest.mark.slow
def test_who_waits_sees_a_time_and_the_race_that_runs(page, new_page, visit):
    visit(page, "/race?seed=5")
    start(page)
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    waiting = new_page()
    visit(waiting, "/race?seed=6")
    start(waiting)
    waiting.get_by_text(re.compile(r"Place 1 in the queue\. It begins in about")).wait_for()
    waiting.get_by_text("Meanwhile, another visitor's race:").wait_for()
    waiting.locator(".st-key-other_race .loss path:not(.rule)").first.wait_for()
    put_away(waiting)
    put_away(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/build?depths=1%2C2%2C3%2C4", "Bottleneck"), ("/architecture?model=resnet152", "Race"),
        ("/bottleneck?width=128", "Build"), ("/race?depth=20", "Bottleneck"),
    ],
)  # fmt: skip
def test_one_back_returns_to_a_page_as_it_was_left(page, visit, wait_idle, app_url, path, to):
    visit(page, path)
    page.wait_for_function("history.mended")
    go_to(page, to)
    wait_idle(page)
    page.go_back()
    expect(page).to_have_url(app_url + path)
    wait_idle(page)
    expect(page).to_have_url(app_url + path)


@pytest.mark.slow
def test_the_replay_follows_the_keyboard_and_its_epoch_reaches_the_link(page, visit, wait_idle, root):
    if not list((root / "resnet_core" / "data" / "runs").glob("*.json")):
        visit(page, "/race?view=Recorded")
        page.get_by_text("Not recorded here yet").wait_for()
        return
    visit(page, "/degradation?epoch=2")  # its old address
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
