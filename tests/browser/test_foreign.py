"""The explorer around a network that is not ours: what its forward adds by function is drawn in the browser."""

import pytest
from playwright.sync_api import expect

STAGES = {"conv2_x": 3, "conv3_x": 4, "conv4_x": 6, "conv5_x": 3}


@pytest.mark.slow
def test_torchvisions_resnet50_shows_sixteen_shortcuts(serve, browser, tmp_path):
    with serve("tests/browser/foreign_app.py", tmp_path / "log.txt", tmp_path) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto(url)
        arcs = page.locator(".explorer .stage path[stroke-width='2.5']")
        for stage, blocks in STAGES.items():
            page.locator(f".explorer .part[aria-label^='{stage}']").click()
            expect(page.locator(".explorer nav")).to_contain_text(stage)
            expect(arcs).to_have_count(blocks)
            page.locator(".explorer nav button").first.click()
            expect(page.locator(".explorer .part[aria-label^='conv1']")).to_be_visible()
        page.locator(".explorer .part[aria-label^='conv5_x']").click()
        page.locator(".explorer .part[aria-label^='block 0, projection shortcut']").click()
        expect(page.locator(".explorer .part[aria-label^='add, addition']")).to_be_visible()
        page.close()
    assert sum(STAGES.values()) == 16
