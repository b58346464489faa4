"""The drawing that opens: reached by link, by clicks and by keyboard, read from the accessibility tree, taken away."""

import re
import time
import xml.etree.ElementTree as ET

import pytest
import torch
from PIL import Image

CONV2 = re.compile(r"conv2, 3×3 convolution, input 256×14×14, output 256×14×14, 589,824 parameters, 115,605,504 MACs")


@pytest.fixture
def resnet152(page, visit):
    return visit(page, "/architecture?model=resnet152")


def part(page, name):
    return page.get_by_role("button", name=name)


def test_clicks_lead_to_block_20_of_layer3_and_its_shapes(resnet152, wait_idle):
    part(resnet152, "conv4_x, 36 blocks").click()
    part(resnet152, "block 20, identity shortcut").click()
    part(resnet152, CONV2).click()
    wait_idle(resnet152)
    assert "open=layer3.20" in resnet152.url
    assert "layer=layer3.20.conv2" in resnet152.url
    assert part(resnet152, CONV2).get_attribute("aria-pressed") == "true"
    assert resnet152.get_by_role("combobox", name="Show the arithmetic of").input_value() == "layer3.20.conv2"


def test_the_keyboard_alone_leads_there_and_back(resnet152, wait_idle):
    keyboard = resnet152.keyboard
    resnet152.get_by_role("slider", name="Input, pixels a side").focus()
    for _ in range(12):  # past the other controls into the drawing
        keyboard.press("Tab")
        if resnet152.evaluate(FOCUSED).startswith("stem,"):
            break
    for _ in range(3):
        keyboard.press("ArrowRight")
    assert resnet152.evaluate(FOCUSED).startswith("conv4_x, 36 blocks")
    keyboard.press("Enter")
    for _ in range(20):
        keyboard.press("ArrowRight")
    assert resnet152.evaluate(FOCUSED).startswith("block 20,")
    keyboard.press("Enter")
    for _ in range(3):
        keyboard.press("ArrowRight")
    assert CONV2.match(resnet152.evaluate(FOCUSED))
    keyboard.press("Enter")
    wait_idle(resnet152)
    assert "layer=layer3.20.conv2" in resnet152.url
    keyboard.press("Escape")
    assert resnet152.evaluate(FOCUSED).startswith("block 20,")
    keyboard.press("Escape")
    assert resnet152.evaluate(FOCUSED).startswith("conv4_x,")


# The focused element's label, through the shadow roots of the components.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at.getAttribute("aria-label") || "";
}"""


def test_the_accessibility_tree_says_every_shape_of_a_block(page, visit):
    visit(page, "/architecture?model=resnet152&open=layer3.20")
    tree = page.get_by_role("region", name="Drawing of the network").aria_snapshot()
    assert "conv1, 1×1 convolution, input 1024×14×14, output 256×14×14, 262,144 parameters" in tree
    assert CONV2.search(tree)
    assert "add, addition, input 1024×14×14" in tree


def test_a_layer_chosen_on_the_page_opens_in_the_drawing(resnet152, wait_idle):
    for layer in ("layer2.0.downsample.0", "layer4.2.conv3"):
        resnet152.get_by_role("combobox", name="Show the arithmetic of").click()
        resnet152.keyboard.type(layer)
        resnet152.keyboard.press("Enter")
        wait_idle(resnet152)
        assert f"open={layer.rsplit('.', 1)[0].removesuffix('.downsample')}" in resnet152.url
    assert "conv3, 1×1" in resnet152.locator('.part[aria-pressed="true"]').get_attribute("aria-label")
    part(resnet152, "bn3,").click()  # and from there on the drawing leads again
    wait_idle(resnet152)
    assert "layer=layer4.2.bn3" in resnet152.url


def test_the_picture_and_the_code_can_be_taken_away(page, visit):
    visit(page, "/architecture?model=resnet152&open=layer3.20")
    saved = {}
    for name in ("resnet152_layer3_20.svg", "resnet152.py"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        saved[name] = download.value.path().read_text("utf-8")
    assert "589,824" in "".join(ET.fromstring(saved["resnet152_layer3_20.svg"]).itertext())
    names = {"__name__": "downloaded"}
    exec(saved["resnet152.py"], names)
    with torch.device("meta"):
        model = names["build"]()
    assert sum(p.numel() for p in model.parameters()) == 60_192_808


def test_the_picture_can_be_taken_as_png_too(page, visit):
    visit(page, "/architecture?model=resnet152&open=layer3.20")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "resnet152_layer3_20.png"
    picture = Image.open(download.value.path())
    assert picture.size == (1960, 708)
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 50  # letters and boxes, not an empty sheet


def test_a_narrow_screen_gets_the_same_parts_from_top_to_bottom(new_page, visit):
    page = visit(new_page(width=390, height=844), "/architecture?model=resnet152")
    ys = [part(page, name).bounding_box()["y"] for name in ("stem,", "conv2_x,", "conv5_x,", "head,")]
    assert ys == sorted(ys)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth + 1")


def test_how_long_it_takes_is_printed(page, visit, wait_idle, app_url):
    visit(page, "/architecture?model=resnet152")
    start = time.perf_counter()
    page.goto(f"{app_url}/architecture?model=resnet152")
    part(page, "conv4_x, 36 blocks").wait_for()
    first = time.perf_counter() - start
    wait_idle(page)
    level = page.evaluate(LEVEL_CHANGE)
    wait_idle(page)
    start = time.perf_counter()
    page.get_by_role("combobox", name=re.compile("Variant")).click()
    page.keyboard.type("resnet101")
    page.keyboard.press("Enter")
    part(page, "conv4_x, 23 blocks").wait_for()
    variant = time.perf_counter() - start
    print(f"first drawing {first * 1000:.0f} ms, level change {level:.0f} ms, variant change {variant * 1000:.0f} ms")
    assert level >= 0


# From the click until the next level is in the page and the browser has painted it.
LEVEL_CHANGE = """async () => {
  const find = (root) => root.querySelector('.part[aria-label^="conv4_x"]')
    || [...root.querySelectorAll("*")].filter((e) => e.shadowRoot).map((e) => find(e.shadowRoot)).find(Boolean);
  const stage = find(document);
  const start = performance.now();
  stage.dispatchEvent(new MouseEvent("click"));
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return performance.now() - start;
}"""
