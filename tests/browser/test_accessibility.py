"""Every page on a phone; and axe-core 4.14.1 (Deque, MPL 2.0; `npm pack axe-core`) looks at it in both themes."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

AXE = gzip.decompress((Path(__file__).parent / "axe.min.js.gz").read_bytes()).decode()
# Streamlit's own: its navigation puts headings into a list, and the colours of its code are made for white.
NOT_OURS = ('[data-testid="stSidebarNav"]', '[data-testid="stCode"]')
PHONE = {"width": 390, "height": 900}
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
DOORS = re.findall(r'st\.Page\("pages/(\w+)\.py"(.*)', (ROOT / "app.py").read_text())
ADDRESSES = {name: path for name, more in DOORS for path in re.findall(r'url_path="(\w+)"', more)} | {"home": ""}
PAGES = [ADDRESSES.get(name, name) for name, more in DOORS if "hidden" not in more]
LEVELS = [
    "architecture?model=resnet152&open=layer3", "architecture?model=resnet152&open=layer2.0&layer=layer2.0.conv2",
    "architecture?model=cifar_resnet20&weights=cifar_resnet20&size=32&alive=true&open=layer2&stop=layer2.1&cut=conv3_x.0",
]  # fmt: skip
VIEWS = [
    "architecture?view=Layers", "architecture?view=Compare", "architecture?below=Layers", "race?view=Recorded",
    "classify?view=Why", "bug_lab?document=Notes in Chinese&line=7", "published?table=Table 3",
]  # fmt: skip
VIEWS += [f"why?view={name}" for name in ("Gradients", "Cures", "Lesions", "Copy", "Claims", "Open")]
VIEWS += [f"basics?view={name}" for name in ("ReLU", "Batch norm", "Softmax", "Words")]


def faults(page):
    page.evaluate(AXE)
    present = [one for one in NOT_OURS if page.locator(one).count()]
    return page.evaluate(RUN, present)


def test_the_list_of_pages_is_complete():
    files = {path.stem for path in (ROOT / "pages").glob("[!_]*.py")}
    assert files == {name for name, _ in DOORS}
    assert len(PAGES) <= 14


@pytest.fixture
def wrong(wait_idle, is_wider_than_its_window):
    """What is wrong with the page that a phone shows, on it and then in both themes: wrong(page) == []."""

    def look(page):
        sentences = ["a phone must scroll it sideways"] * is_wider_than_its_window(page)
        page.set_viewport_size(WHOLE)
        wait_idle(page)
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollHeight <= main.clientHeight")
        sentences += faults(page)
        dark = page.evaluate(IS_DARK)
        page.emulate_media(color_scheme="light" if dark else "dark")
        page.wait_for_function(f"dark => ({IS_DARK})() !== dark", arg=dark)
        page.keyboard.press("r")  # Streamlit's key for a rerun: what Python draws has the theme of its last run
        wait_idle(page)
        return sentences + faults(page)

    return look


@pytest.mark.slow
def test_every_page_fits_a_phone_and_has_no_serious_fault_in_either_theme(new_page, visit, wait_idle, wrong):
    """A visitor goes through all of them on a phone, by the menu: no page may stumble over what another has left."""
    page = visit(new_page(width=PHONE["width"]))
    headings, found = [], {"": wrong(page)}
    for name in PAGES[1:]:
        headings += page.locator("h1").all_inner_texts()
        page.set_viewport_size(PHONE)
        page.get_by_test_id("stExpandSidebarButton").click()
        page.locator(f'[data-testid="stSidebarNavLink"][href$="/{name}"]').click()
        expect(page.locator("h1")).not_to_have_text(headings[-1])
        wait_idle(page)
        found[name] = wrong(page)
    headings += page.locator("h1").all_inner_texts()
    assert found == {name: [] for name in PAGES}
    assert len(set(headings)) == len(headings) == len(PAGES)  # each has one, and none was looked at twice


@pytest.mark.parametrize(
    "path", ["race?networks=residual", *(pytest.param(one, marks=pytest.mark.slow) for one in (*LEVELS, *VIEWS))]
)  # a race that can't start says so
def test_what_only_a_link_opens_fits_and_has_no_fault_either(new_page, visit, wrong, path):
    assert wrong(visit(new_page(width=PHONE["width"]), f"/{path}")) == []


def test_axe_sees_into_the_drawing(page, visit):
    page.set_viewport_size(WHOLE)
    visit(page, "/architecture")
    assert faults(page) == []  # with the sidebar open, which a page that began on a phone has closed
    page.locator(".explorer .part").first.evaluate("part => part.removeAttribute('aria-label')")
    assert any("part" in fault for fault in faults(page))


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/why?view=Grow", "neither"), ("/why?view=Lesions", "cifar_plain20"), ("/race", "pre-activation"),
        ("/classify", "ship"),
    ],
)  # fmt: skip
def test_on_a_phone_a_choice_shows_all_that_can_be_chosen(new_page, visit, path, last):
    page = new_page(**PHONE)
    visit(page, path)
    page.wait_for_selector(f"text={last}")
    ends = page.locator('[data-testid="stButtonGroup"] button').evaluate_all(
        "found => found.map(one => [one.innerText, one.getBoundingClientRect().right])"
    )
    assert len(ends) > 3
    assert [name for name, right in ends if right > PHONE["width"]] == []
