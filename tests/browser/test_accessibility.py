"""axe-core 4.14.1 (Deque, MPL 2.0; `npm pack axe-core`) looks at every page in both themes."""

import gzip
import re
from pathlib import Path

import pytest

AXE = gzip.decompress((Path(__file__).parent / "axe.min.js.gz").read_bytes()).decode()
# Streamlit's own: its navigation puts headings into a list, and its chips have white letters on any accent.
NOT_OURS = ('[data-testid="stSidebarNav"]', '[data-testid="stMultiSelect"]')
# What axe finds, as "rule: element", for rules whose breach shuts people out.
RUN = """async (exclude) => {
  const found = await axe.run({ exclude: exclude.map((one) => [one]) }, { resultTypes: ["violations"] });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, *LEVELS])
def test_no_page_has_a_serious_or_critical_fault(new_page, visit, path, theme):
    assert faults(visit(new_page(theme=theme), f"/{path}")) == []


def test_axe_sees_into_the_drawing(page, visit):
    visit(page, "/architecture")
    page.locator(".explorer .part").first.evaluate("part => part.removeAttribute('aria-label')")
    assert any("part" in fault for fault in faults(page))
