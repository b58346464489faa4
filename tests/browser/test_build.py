"""Build, as a visitor shares it: nonsense in the link, one press to the nearest design, the table taken away."""

import csv
import io

import pytest

import resnet_core as rc
from pages.network.design import LABELS

pytestmark = pytest.mark.slow


def test_a_broken_link_is_repaired_by_one_press_and_shared_again(page, visit, wait_idle):
    spec = rc.ModelSpec(
        name="yours", family="own", block="bottleneck", depths=(1, 1, 1), widths=(64, 128, 256), norm="none",
        squeeze_excite=True, num_classes=10,
    )  # fmt: skip
    count = page.get_by_text(f"{rc.walk_spec(spec).total_params:,}", exact=True)
    broken = page.get_by_text(f"In stage 3 (conv4_x): {LABELS['widths']} = (64, 128)")
    visit(page, "/build?widths=64,128&depths=1,1,1&block=triangle&squeeze_excite=true&num_classes=10")
    page.get_by_text("The link asks for block='triangle'").wait_for()
    broken.wait_for()
    page.get_by_role("button", name="Take it").click()
    broken.wait_for(state="hidden")
    page.locator("summary").filter(has_text="width per group").click()
    page.get_by_role("radio", name="none").click()
    count.wait_for()
    wait_idle(page)
    page.get_by_role("radio", name="none").wait_for()  # the fold, whose line has changed, stays open
    with page.expect_download() as download:
        page.get_by_role("button", name="layers.csv").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert sum(int(row["params"]) for row in rows) == rc.walk_spec(spec).total_params
    visit(page, page.url.removeprefix(page.url.split("/build")[0]))
    count.wait_for()
    assert page.get_by_text("The link asks").count() == 0
