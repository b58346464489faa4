"""The journey that Inside is for: a photo of one's own, a block switched off, another answer."""

import re
from io import BytesIO

from resnet_core.inference.samples import load_sample


def photo(name):
    data = BytesIO()
    load_sample(name).save(data, "PNG")
    return data.getvalue()


def test_a_photo_is_uploaded_a_block_switched_off_and_the_answer_changes(page, visit, wait_idle):
    visit(page, "/inside?source=upload&weights=cifar_resnet20")
    page.locator('input[type="file"]').set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": photo("car")}
    )
    page.get_by_text("It says automobile").wait_for(timeout=60_000)
    page.get_by_role("img", name="conv4_x, 8×8").wait_for(timeout=60_000)
    page.get_by_role("tab", name="Blocks").click()
    page.get_by_text("No block is switched off").wait_for(timeout=60_000)
    page.get_by_role("button", name="conv4_x.2").click()
    page.get_by_text(re.compile("The answer changed from automobile to")).wait_for(timeout=60_000)
    wait_idle(page)
    assert "off=conv4_x.2" in page.url
    assert "look=Blocks" in page.url
    page.get_by_role("tab", name="Channels").click()
    page.get_by_text("channels of conv4_x").wait_for(timeout=60_000)
    page.get_by_role("tab", name="Blocks").click()
    page.get_by_text(re.compile("The answer changed from automobile to")).wait_for(timeout=60_000)
