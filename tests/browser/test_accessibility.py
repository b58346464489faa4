"""Every page on a phone; and axe-core 4.14.1 (Deque, MPL 2.0; `npm pack axe-core`) looks at it in both themes."""

import gzip
import re
from pathlib import Path

import pytest

AXE = gzip.decompress((Path(__file__).parent / "axe.min.js.gz").read_bytes()).decode()
# Streamlit's own: its navigation puts headings into a list, and the colours of its code are made for white.
NOT_OURS = ('[data-testid="stSidebarNav"]', '[data-testid="stCode"]')
WHOLE = {"width": 1440, "height": 12_000}  # axe judges the colours of what is in the window, and nothing below it
# What axe finds, as "rule: element", for rules whose breach shuts people out.
RUN = """async (exclude) => {
  const found = await axe.run({ exclude: exclude.map((one) => [one]) }, { resultTypes: ["violations"] });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}"""
IS_DARK = """() => {
  const { backgroundColor } = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
  return Math.max(...backgroundColor.match(/\\d+/g).slice(0, 3)) < 64;
}"""
ROOT = Path(__file__).parents[2]
PAGES = [
    "" if name == "home" else name for name in re.findall(r'st\.Page\("pages/(\w+)\.py"', (ROOT / "app.py").read_text())
]
LEVELS = ["architecture?model=resnet152&open=layer3", "architecture?model=resnet152&open=layer2.0&layer=layer2.0.conv2"]


def faults(page):
    page.evaluate(AXE)
    present = [one for one in NOT_OURS if page.locator(one).count()]
    return page.evaluate(RUN, present)


def test_the_list_of_pages_is_complete():
    files = {path.stem for path in (ROOT / "pages").glob("[!_]*.py")}
    assert files - {"home"} == set(PAGES) - {""}


READY = ["race?guess=residual"]  # its button can be pressed


@pytest.mark.parametrize("path", [*PAGES, *LEVELS, *READY])
def test_a_page_fits_a_phone_and_has_no_serious_fault_in_either_theme(
    new_page, visit, wait_idle, is_wider_than_its_window, path
):
    """One load answers three questions, for a page follows the window's width and the system's theme."""
    page = visit(new_page(width=390), f"/{path}")
    assert page.locator("h1").count() == 1
    assert not is_wider_than_its_window(page)
    page.set_viewport_size(WHOLE)
    wait_idle(page)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollHeight <= main.clientHeight")
    light = faults(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    page.keyboard.press("r")  # Streamlit's key for a rerun: what Python draws has the theme of its last run
    wait_idle(page)
    assert (light, faults(page)) == ([], [])


def test_axe_sees_into_the_drawing(page, visit):
    page.set_viewport_size(WHOLE)
    visit(page, "/architecture")
    assert faults(page) == []  # with the sidebar open, which a page that began on a phone has closed
    page.locator(".explorer .part").first.evaluate("part => part.removeAttribute('aria-label')")
    assert any("part" in fault for fault in faults(page))
