"""The lesson on the wall: a keyboard alone presents it, in the last row one can read it, and paper is clean too."""

import re

import pytest
from playwright.sync_api import expect

from pages.lesson.steps import all_steps
from tests.browser.test_accessibility import faults

FITS = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.scrollHeight <= main.clientHeight + 1 && main.scrollWidth <= main.clientWidth + 1;
}"""
SMALLEST = """() => {
  const sizes = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) look(one.shadowRoot);
      const written = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      const box = one.getBoundingClientRect();
      if (!written || !box.width || ["STYLE", "SCRIPT", "TITLE", "title"].includes(one.tagName)) continue;
      const svg = one.ownerSVGElement;
      const drawn = svg?.getBoundingClientRect(), { width, height } = svg?.viewBox.baseVal ?? {};
      const scale = svg ? Math.min(drawn.width / width, drawn.height / height) : 1;
      sizes.push(parseFloat(getComputedStyle(one).fontSize) * scale);
    }
  };
  look(document.querySelector('[data-testid="stMainBlockContainer"]'));
  return Math.min(...sizes);
}"""


def test_an_answer_that_is_shown_by_key_leads_on_by_key(new_page, visit):
    page = visit(new_page(width=1280, height=720), "/lesson")
    page.get_by_role("button", name="Show the answer").press("Enter")
    expect(page.get_by_role("button", name="Onward")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(all_steps()[1].title, exact=True)).to_be_visible()


def test_back_from_another_page_leads_to_the_step_that_was_left(new_page, visit, wait_idle):
    page = visit(new_page(width=1280, height=720), "/lesson?lesson=bottleneck&present=1&room=QQQQ")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Presenter view")).to_be_visible()
    wait_idle(page)
    page.get_by_role("link", name="Bug lab").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which line is wrong?")
    expect(page).to_have_url(re.compile("bug_lab.*lesson=bottleneck"))
    wait_idle(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Squeezed to 64 channels")
    expect(page).to_have_url(re.compile("lesson.lesson=bottleneck&room=QQQQ|lesson.room=QQQQ&lesson=bottleneck"))


@pytest.mark.slow
def test_a_link_that_opens_another_tab_takes_view_room_and_step_along(new_page, visit):
    page = visit(new_page(width=1280, height=720), "/lesson?lesson=race&room=QQQQ")
    door = page.get_by_role("link", name="Bottleneck")
    beside = page.get_by_test_id("stMain").get_by_role("link", name="The race")
    for press in (
        lambda: door.click(button="middle"), lambda: door.click(modifiers=["ControlOrMeta"]),
        lambda: beside.click(modifiers=["ControlOrMeta"]), lambda: beside.press("ControlOrMeta+Enter"),
    ):  # fmt: skip
        with page.context.expect_page() as opened:
            press()
        assert {"lesson=race", "room=QQQQ"} <= set(opened.value.url.partition("?")[2].split("&"))
        opened.value.close()
        assert "/lesson?" in page.url, "this tab stays where it is"


@pytest.mark.slow
def test_a_page_whose_server_is_gone_says_so_and_asks_nobody_else(serve, browser, tmp_path, wait_idle):
    context = browser.new_context()
    page, asked = context.new_page(), []
    with serve("app.py", tmp_path / "log.txt", tmp_path / "cache", RESNET_WARM_UP="off") as url:
        page.goto(f"{url}/lesson")
        wait_idle(page)
        page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("dialog")).to_contain_text("The server of this page does not answer.")
    expect(page.get_by_role("dialog")).not_to_contain_text("internet")
    assert asked
    assert [address for address in asked if not address.startswith(url)] == []
    context.close()


@pytest.mark.slow
def test_a_long_table_is_whole_on_paper_and_no_meaning_stands_in_a_sentence(new_page, visit):
    page = visit(new_page(), "/architecture?view=Layers&model=resnet152")
    page.emulate_media(media="print")
    expect(page.get_by_role("cell", name="layer4.2.conv3")).to_be_visible()
    heads = page.locator(".st-key-whole_Layers_of_resnet152 th").all_inner_texts()
    assert heads[0] == "layer"
    table = page.locator(".st-key-whole_Layers_of_resnet152 table")
    assert table.evaluate("table => table.scrollWidth <= 1440")
    assert page.locator(".meaning:visible").count() == 0


@pytest.mark.slow
def test_a_phone_sees_the_question_and_its_picture_at_once(new_page, visit):
    page = new_page(width=390, height=844)
    for step in ("start", "race", "forgetting", "ticket"):
        visit(page, f"/lesson?lesson={step}")
        box = page.get_by_test_id("stMain").locator("svg[role=img]").first.bounding_box()
        assert box["y"] + box["height"] <= 844, step


@pytest.mark.slow
def test_a_keyboard_alone_presents_the_lesson(new_page, visit, wait_idle):
    page = visit(new_page(width=1280, height=720), "/lesson?present=1&lesson=start")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for number, step in enumerate(all_steps(), 1):
        expect(page.get_by_text(re.compile(f"Step {number} of 12 · .* min"))).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text(step.question.ask)
        wait_idle(page)
        assert page.evaluate(FITS), step.key
        assert page.evaluate(SMALLEST) >= 20, step.key
        page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
        expect(page.get_by_text(step.say)).to_be_visible()
        wait_idle(page)
        assert page.evaluate(FITS), step.key
        if number == 2:
            assert faults(page) == []
        page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")  # at once: onward at the end and back may be heard in one run
    expect(page.get_by_text(step.say)).to_be_hidden()
    page.keyboard.press("PageUp")
    expect(page.get_by_text(all_steps()[-2].say)).to_be_visible()
    page.get_by_test_id("stPageLink").first.click()  # beside the lesson, and back by the clicker
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why 69,632")
    assert {"present=1", "lesson=bottleneck"} <= set(page.url.partition("?")[2].split("&"))
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", level=1)).to_have_text(all_steps()[-1].question.ask)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Presenter view")).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))


@pytest.mark.slow
def test_the_handout_prints_itself_alone(new_page, visit, wait_idle):
    page = visit(new_page(), "/lesson?view=handout")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    expect(page.get_by_role("heading", name="Why do deep networks need shortcuts?")).to_be_visible()
    assert faults(page) == []
    pdf = page.pdf(prefer_css_page_size=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 7
    visit(page, "/published?table=Table+2")
    page.emulate_media(media="print")
    expect(page.get_by_role("cell", name="27.94 %")).to_be_visible()  # a row of a table that is whole on paper
    page.emulate_media(media="screen")
    expect(page.get_by_role("cell", name="27.94 %")).to_be_hidden()
