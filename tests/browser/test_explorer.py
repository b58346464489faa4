"""One visit to resnet152: into a block by clicks and by keyboard, read, taken away, and a picture sent through it."""

import re
import time
import xml.etree.ElementTree as ET

import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

CONV2 = re.compile(r"conv2, 3×3 convolution, input 256×14×14, output 256×14×14, 589,824 parameters, 115,605,504 MACs")
# The focused element's label, through the shadow roots of the components.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at.getAttribute("aria-label") || "";
}"""
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


def part(page, name):
    return page.get_by_role("button", name=name)


def whole_network(page, name="resnet152"):
    return page.get_by_role("region", name="Drawing of the network").get_by_role("button", name=name, exact=True)


def cursor(page, name):
    return page.get_by_role("group", name="One picture on its way through the network").get_by_role("button", name=name)


def here(page):
    """What is said of the place where the picture is."""
    return page.locator(".explorer .place")


@pytest.mark.slow
def test_a_visit_by_clicks_takes_everything_away(page, wait_idle, is_wider_than_its_window, app_url):
    sent = count_messages(page)
    cold = seconds_until_drawn(page, app_url)
    wait_idle(page)
    level = page.evaluate(LEVEL_CHANGE)
    part(page, "block 20, identity shortcut").click()
    part(page, CONV2).click()
    expect(page).to_have_url(re.compile(r"open=layer3\.20&?"))
    expect(page).to_have_url(re.compile(r"\blayer=layer3\.20\.conv2"))
    expect(part(page, CONV2)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Layers").click()
    expect(page.get_by_role("combobox", name="Show the arithmetic of")).to_have_value("layer3.20.conv2")
    wait_idle(page)
    reads_every_shape(page)
    takes_pictures_and_code_away(page)
    sends_a_picture_through(page, wait_idle, sent)
    chooses_a_layer_below(page)
    reads_from_top_to_bottom_on_a_narrow_screen(page)
    assert not is_wider_than_its_window(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    variant = changes_the_variant(page)
    wait_idle(page)
    warm = seconds_until_drawn(page, app_url)
    wait_idle(page)
    inside = seconds_from_another_page(page, wait_idle)
    print(
        f"drawing of resnet152: {cold * 1000:.0f} ms at the first visit, {warm * 1000:.0f} ms when loaded again, "
        f"{inside * 1000:.0f} ms from another page; level change {level:.0f} ms, variant change {variant * 1000:.0f} ms"
    )


def seconds_until_drawn(page, app_url):
    start = time.perf_counter()
    page.goto(f"{app_url}/architecture?model=resnet152", wait_until="commit")
    part(page, "conv4_x, 36 blocks").wait_for()
    return time.perf_counter() - start


def seconds_from_another_page(page, wait_idle, drawn="conv4_x, 36 blocks"):
    links = page.get_by_test_id("stSidebarNav")
    links.get_by_role("link", name="Bottleneck").click()
    page.get_by_role("slider", name="Width inside").wait_for()
    wait_idle(page)
    start = time.perf_counter()
    links.get_by_role("link", name="Architecture").click()
    part(page, drawn).wait_for()
    return time.perf_counter() - start


def count_messages(page):
    """What the browser asks the server from now on, one entry a message."""
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def reads_every_shape(page):
    tree = page.get_by_role("region", name="Drawing of the network").aria_snapshot()
    assert "conv1, 1×1 convolution, input 1024×14×14, output 256×14×14, 262,144 parameters" in tree
    assert CONV2.search(tree)
    assert "add, addition, input 1024×14×14" in tree


def takes_pictures_and_code_away(page):
    saved = {}
    for button, name in (
        ("resnet152_layer3_20.svg", "resnet152_layer3_20.svg"), ("resnet152.py", "resnet152.py"),
        ("Save as PNG", "resnet152_layer3_20.png"), ("layers.csv", "resnet152_layers.csv"),
    ):  # fmt: skip
        if name.endswith("csv"):
            page.get_by_role("tab", name="Layers").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        saved[name] = download.value.path()
    assert "589,824" in "".join(ET.fromstring(saved["resnet152_layer3_20.svg"].read_text("utf-8")).itertext())
    assert len(saved["resnet152_layers.csv"].read_text("utf-8").splitlines()) == 1 + 515
    names = {"__name__": "downloaded"}
    exec(saved["resnet152.py"].read_text("utf-8"), names)
    with torch.device("meta"):
        model = names["build"]()
    assert sum(p.numel() for p in model.parameters()) == 60_192_808
    picture = Image.open(saved["resnet152_layer3_20.png"])
    assert picture.size == (1640, 632)
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 50  # letters and boxes, not an empty sheet


def sends_a_picture_through(page, wait_idle, sent):
    said = here(page)
    expect(said).to_contain_text("After layer3.20.conv2, 3×3 convolution: 256×14×14")  # the chosen layer took it along
    cursor(page, "Step on").click()
    expect(said).to_contain_text("After layer3.20.bn2")
    cursor(page, "Back").press("Enter")
    expect(said).to_contain_text("After layer3.20.conv2")
    page.get_by_role("navigation", name="Where you are").get_by_role("button", name="conv4_x").click()
    expect(part(page, "block 20, identity shortcut")).to_have_attribute("aria-current", "step")
    cursor(page, "Step on").click()  # of a stage that is open, blocks are the steps
    expect(said).to_contain_text("After layer3.20, identity shortcut: 1024×14×14. One value sees 811×811 pixels")
    for _ in range(20):
        cursor(page, "Back").click()
    expect(said).to_contain_text("After layer3.0, projection shortcut, 1×1: 1024×14×14")
    cursor(page, "Back").click()
    expect(part(page, "block 7, identity shortcut")).to_have_attribute("aria-current", "step")  # of the stage before
    expect(page).to_have_url(re.compile(r"open=layer2&.*stop=layer2\.7"))
    wait_idle(page)
    sent.clear()
    cursor(page, "Play").click()
    assert said.get_attribute("aria-live") == "off"  # who listens is not flooded on the way
    expect(said).to_contain_text(re.compile(r"After layer3\.[2-9]"))
    assert sent == []  # the browser walks alone
    cursor(page, "Pause").click()
    assert said.get_attribute("aria-live") == "polite"
    expect(page).to_have_url(re.compile(r"stop=layer3\.\d"))
    assert "of 11.5\u00a0G MACs done" in page.locator(".explorer .spent").inner_text()


def chooses_a_layer_below(page):
    page.get_by_role("tab", name="Layers").click()
    page.get_by_role("combobox", name="Show the arithmetic of").click()
    page.keyboard.type("layer2.0.downsample.0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"open=layer2\.0(&|$)"))
    expect(here(page)).to_contain_text(
        "After layer2.0.downsample.0, 1×1 convolution, stride 2: 512×28×28. One value sees 35×35"
    )
    part(page, "bn3,").click()  # and from there on the drawing leads again
    expect(page).to_have_url(re.compile(r"\blayer=layer2\.0\.bn3"))


def reads_from_top_to_bottom_on_a_narrow_screen(page):
    drawing = page.get_by_role("region", name="Drawing of the network")
    drawing.get_by_role("button", name="resnet152", exact=True).click()
    expect(page).not_to_have_url(re.compile("open="))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".explorer .stage > svg")).to_have_attribute("viewBox", re.compile("^0 0 360 "))
    ys = [part(page, name).bounding_box()["y"] for name in ("stem,", "conv2_x,", "conv5_x,", "head,")]
    assert ys == sorted(ys)


def changes_the_variant(page):
    page.get_by_role("combobox", name=re.compile("Variant")).click()
    page.keyboard.type("resnet101")
    page.get_by_role("option", name="resnet101", exact=True).wait_for()
    start = time.perf_counter()
    page.keyboard.press("Enter")
    part(page, "conv4_x, 23 blocks").wait_for()
    return time.perf_counter() - start


@pytest.mark.slow
def test_the_keyboard_alone_leads_there_and_back(page, visit, wait_idle):
    visit(page, "/architecture?model=resnet152")
    keyboard = page.keyboard
    part(page, "stem,").wait_for()
    page.get_by_role("slider", name="Input, pixels a side").focus()
    for _ in range(12):  # past the other controls into the drawing
        keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith("stem,"):
            break
    for _ in range(3):
        keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED).startswith("conv4_x, 36 blocks")
    keyboard.press("Enter")
    for _ in range(20):
        keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED).startswith("block 20,")
    keyboard.press("Enter")
    for _ in range(3):
        keyboard.press("ArrowRight")
    assert CONV2.match(page.evaluate(FOCUSED))
    keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\blayer=layer3\.20\.conv2"))
    keyboard.press("Escape")
    assert page.evaluate(FOCUSED).startswith("block 20,")
    keyboard.press("Escape")
    assert page.evaluate(FOCUSED).startswith("conv4_x,")


@pytest.mark.slow
def test_clicks_that_are_quicker_than_the_page_all_count(page, visit, wait_idle):
    visit(page, "/architecture?model=resnet152&open=layer2.0")
    for name in ("bn3,", "conv1,", "bn2,", "conv2,", "conv3,", "bn1,"):
        part(page, re.compile(f"^{name}")).click()
    whole_network(page).click()
    expect(page).to_have_url(re.compile(r"\blayer=layer2\.0\.bn1"))
    expect(page).not_to_have_url(re.compile("open="))
    for _ in range(3):  # and nothing comes back
        wait_idle(page)
    assert "layer=layer2.0.bn1" in page.url
    assert "open=" not in page.url
    assert part(page, "conv4_x, 36 blocks").is_visible()
    assert "After layer2.0.bn1" in here(page).inner_text()


@pytest.mark.slow
def test_the_drawing_stays_where_it_was_led_while_the_list_goes_elsewhere(page, visit, wait_idle):
    visit(page, "/architecture?model=resnet152&open=layer3.20&layer=layer3.20.conv2&below=Layers")
    part(page, CONV2).wait_for()
    wait_idle(page)
    page.get_by_role("combobox", name="Show the arithmetic of").click()
    page.keyboard.type("layer2.0.downsample.0")
    page.keyboard.press("Enter")
    whole_network(page).click()
    expect(page).not_to_have_url(re.compile("open="))
    for _ in range(3):  # and nothing comes back
        wait_idle(page)
    assert "open=" not in page.url
    assert part(page, "conv4_x, 36 blocks").is_visible()


@pytest.mark.slow
def test_back_in_the_browser_is_back_in_the_drawing(page, visit, wait_idle):
    visit(page, "/architecture?model=resnet152&open=layer2.0")
    part(page, re.compile("^conv2,")).wait_for()
    whole_network(page).click()
    part(page, "conv4_x, 36 blocks").wait_for()
    expect(page).not_to_have_url(re.compile("open="))
    wait_idle(page)
    page.go_back()
    part(page, re.compile("^conv2, .* input 128×56×56,")).wait_for()  # and at the size that it had
    expect(page).to_have_url(re.compile(r"open=layer2\.0"))


@pytest.mark.slow
def test_the_place_is_kept_while_another_page_is_looked_at(page, visit, wait_idle):
    visit(page, "/architecture")
    part(page, "conv3_x, 4 blocks").click()
    part(page, re.compile("^block 0,")).click()
    expect(page).to_have_url(re.compile(r"open=layer2\.0"))
    wait_idle(page)
    seconds_from_another_page(page, wait_idle, re.compile("^conv2, .* input 128×56×56,"))
    expect(page).to_have_url(re.compile(r"open=layer2\.0"))
    expect(page).not_to_have_url(re.compile("size="))  # Bottleneck's own size has the same name
    whole_network(page, "resnet50").click()
    expect(page).not_to_have_url(re.compile("open="))
    wait_idle(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
