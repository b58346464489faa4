"""The widgets in a real JupyterLab: opened by keyboard, read and moved in Python; a race is watched and stopped."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter import choose_theme, jupyterlab, open_notebook, read, run_cell, write_notebook

pytestmark = pytest.mark.slow
FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at.getAttribute("aria-label") || at.textContent;
}"""
EXPLORE = ("import resnet_core as rc\nw = rc.explore('resnet50')", "w = rc.explore('resnet152')\nw")


@pytest.fixture(scope="module")
def lab(tmp_path_factory, root):
    """A JupyterLab of its own: lab("explore.ipynb", *cells) writes a notebook and gives the address."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab(folder, root, RESNET_CORE_CACHE=str(folder / "cache")) as url:

        def write(name, *cells):
            write_notebook(folder / name, *cells)
            return url

        yield write


@pytest.fixture
def notebook(lab, new_visitor):
    """Opens a notebook of these cells in a page: notebook(cell, cell)."""

    def open_with(*cells):
        name = f"{abs(hash(cells))}.ipynb"
        page = new_visitor(width=1440, height=900)
        open_notebook(page, lab(name, *cells), name)
        return page

    return open_with


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def walk_to(page, label, key="ArrowRight", most=60):
    for _ in range(most):
        if re.match(label, page.evaluate(FOCUSED)):
            return
        page.keyboard.press(key)
    pytest.fail(f"{label} was not reached; the focus is on {page.evaluate(FOCUSED)!r}")


def test_the_explorer_is_opened_by_keyboard_and_read_in_python(notebook):
    tell = "print(w.opened, *([] if w.selected is None else w.selected[['path', 'macs']]))"
    move = "w.selected = 'layer4.0.conv3'"
    page = notebook(*EXPLORE, tell, move)
    run_cell(page, 0)
    began = time.monotonic()
    run_cell(page, 1)
    explorer = page.get_by_role("region", name="Drawing of the network")
    expect(explorer.locator(".part").first).to_be_visible()
    print(f"resnet152 is drawn {time.monotonic() - began:.2f} s after the press")

    explorer.get_by_role("button", name="Step on ›").focus()
    press(page, "Tab")
    walk_to(page, "conv4_x")
    press(page, "Enter")
    walk_to(page, "block 20,")
    press(page, "Enter")
    walk_to(page, "conv2,")
    press(page, "Enter")
    expect(explorer.locator(".place")).to_contain_text("After layer3.20.conv2")
    expect(page.locator(".jp-mod-editMode")).to_have_count(0)  # the keys were the drawing's, not the notebook's
    expect(page.locator(".jp-CodeCell")).to_have_count(4)
    read(page, 2, "layer3.20 layer3.20.conv2 115605504")

    run_cell(page, 3)
    expect(explorer.get_by_role("navigation")).to_contain_text("conv5_x")
    expect(explorer.locator(".part[aria-pressed='true']")).to_have_attribute("data-path", "layer4.0.conv3")


def test_the_drawing_takes_the_notebooks_theme_and_follows_it(notebook):
    page = notebook("import resnet_core as rc\nrc.explore('resnet18')")
    run_cell(page, 0)
    host = page.locator(".resnet-explainer .sheet")
    expect(host).to_have_css("background-color", "rgb(255, 255, 255)")
    choose_theme(page, "JupyterLab Dark")
    expect(host).to_have_css("background-color", "rgb(15, 20, 25)")
    choose_theme(page, "JupyterLab Light")
    expect(host).to_have_css("background-color", "rgb(255, 255, 255)")


def test_the_replay_and_the_addition_go_both_ways(notebook):
    page = notebook(
        "import resnet_core as rc\nw = rc.show_race()\nw", "w.epoch = 7", "print(w.epoch)",
        "s = rc.shortcut('cifar_resnet20', 'car', 'conv4_x.2')\ns", "print(s.block)", "s.block = 'conv3_x.1'",
    )  # fmt: skip
    run_cell(page, 0)
    slider = page.locator(".replay input")
    expect(slider).to_have_value("30")
    run_cell(page, 1)
    expect(page.locator(".replay output")).to_contain_text("7 of 30")
    slider.press("ArrowRight")
    expect(slider).to_have_value("8")
    read(page, 2, "8")

    run_cell(page, 3)
    drawing = page.get_by_role("region", name="The addition of one block")
    expect(drawing.locator(".numbers")).to_contain_text("=")
    expect(drawing.locator(".answers li").first).to_contain_text("%")  # asked for, and answered
    drawing.locator(".block[aria-pressed='true']").press("ArrowLeft")
    expect(drawing.locator(".title")).to_have_text("conv4_x.1")
    read(page, 4, "layer3.1")
    run_cell(page, 5)
    expect(drawing.locator(".title")).to_have_text("conv3_x.1")


def test_a_race_is_watched_and_stopped_while_a_cell_awaits_its_end(notebook):
    page = notebook(
        "import resnet_core as rc\nw = rc.live_race()\nw", "await w\nprint(w.state, w.step == w.metrics[-1].step)"
    )
    run_cell(page, 0)
    race = page.get_by_role("region", name="A race, live")
    expect(race.locator(".how")).to_contain_text(re.compile(r"step \d+ of 230"))
    expect(race.locator(".loss")).to_have_attribute("aria-valuetext", re.compile(r"step \d+: plain .*; residual "))
    waits = page.locator(".jp-CodeCell").nth(1)
    waits.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(waits.locator(".jp-InputPrompt").first).to_have_text("[*]:")
    race.get_by_role("button", name="Stop").press("Enter")
    expect(race.locator(".how")).to_contain_text(re.compile(r"stopped after \d+ of 230 steps"))
    expect(race.get_by_role("button", name="Stop")).to_be_hidden()
    expect(waits.locator(".jp-OutputArea-output")).to_have_text(re.compile("stopped True"))
