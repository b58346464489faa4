"""The page Shortcut: a value's sum adds up as it is read, alpha at 0 is the identity, all of it by keyboard too."""

import random
import re
import time
from decimal import Decimal

import numpy as np
import pytest
from playwright.sync_api import expect

import resnet_core as rc
from resnet_core.data import drawing_script
from resnet_core.inference.samples import load_sample

NUMBER = r"(−?\d+(?:\.\d+)?)"
LINE = re.compile(rf"^{NUMBER} \+ \(?{NUMBER}\)? = {NUMBER}(?: → relu {NUMBER})?$")
# All of a payload's values as the page would write them, without a page.
WRITE = """([script, payload, places, tenths]) => {
  const { decode, sentence } = new Function(`${script}; return { decode, sentence };`)();
  const [x, f] = [decode(payload.x), decode(payload.f)];
  return places.map((at) => sentence(x[at], f[at], payload.places, tenths, payload.rectified));
}"""
# From a key on the strip until the next block's images are in the page and painted.
BLOCK_CHANGE = """async () => {
  const find = (root) => root.querySelector(".shortcut")
    || [...root.querySelectorAll("*")].filter((e) => e.shadowRoot).map((e) => find(e.shadowRoot)).find(Boolean);
  const drawing = find(document), name = drawing.querySelector(".title").textContent;
  const start = performance.now();
  drawing.querySelectorAll(".steps button")[1].click();
  while (drawing.classList.contains("waiting") || drawing.querySelector(".title").textContent === name)
    await new Promise((frame) => requestAnimationFrame(frame));
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return performance.now() - start;
}"""


def read(line):
    """The numbers of a line: x, F, their sum, and what the ReLU leaves or None."""
    found = LINE.match(line)
    assert found, line
    return [None if one is None else Decimal(one.replace("−", "-")) for one in found.groups()]


def is_true(line, x, branch, places, tenths=10):
    """A line adds up as it is read, and each number in it is the tensor's own to its last digit."""
    terms = left, right, total, out = read(line)
    assert left + right == total, line
    assert out is None or out == max(Decimal(0), total), line
    real = (x, branch * tenths / 10, x + branch * tenths / 10)
    for printed, value in zip(terms[:3], real, strict=True):
        last = 10.0 ** printed.as_tuple().exponent
        room = 0.5001 * last if last > 10.0**-places else 1.7 * 10.0**-places  # at the end of what was sent
        assert abs(float(printed) - value) <= room, (line, value)


@pytest.mark.parametrize("tenths", [10, 5, -7])
@pytest.mark.parametrize("block", ["layer1.0", "layer2.0", "layer3.8"])
def test_a_thousand_values_are_true_as_they_are_read(browser, block, tenths):
    added = rc.addition("cifar_resnet56", load_sample("car"), block)
    sent = rc.figures.addition_payload(added)
    x, branch = added.x[sent["sent"]].reshape(-1), added.branch[sent["sent"]].reshape(-1)
    places = random.Random(0).sample(range(x.size), 1000)
    script = drawing_script("shortcut/numbers.js")
    page = browser.new_page()
    lines = page.evaluate(WRITE, [script, sent, places, tenths])
    page.close()
    for line, at in zip(lines, places, strict=True):
        is_true(line, float(x[at]), float(branch[at]), sent["places"], tenths)
    shortest = sorted(len(line) for line in lines)
    assert shortest[len(lines) // 2] <= 40  # no more digits than it takes


def drawing(page):
    return page.get_by_role("region", name="The addition of one block")


def line(page):
    return drawing(page).locator(".numbers").inner_text()


def place(page):
    row, column = re.match(r"row (\d+), column (\d+)", drawing(page).locator(".where").inner_text()).groups()
    return int(row), int(column)


@pytest.fixture
def opened(page, visit):
    visit(page, "/shortcut?channel=4")
    expect(drawing(page).locator(".answers li")).to_have_count(4)
    return page


def test_a_value_is_read_by_mouse_and_by_keyboard(opened):
    page, added = opened, rc.addition("cifar_resnet56", load_sample("car"), "layer1.0")
    box = drawing(page).locator(".f .box").bounding_box()
    for share in ((0.3, 0.4), (0.71, 0.2)):
        page.mouse.move(box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"])
        row, column = place(page)
        assert (column, row) == (int(share[0] * 32), int(share[1] * 32))
        is_true(line(page), float(added.x[4, row, column]), float(added.branch[4, row, column]), 3)
    page.mouse.move(5, 5)
    drawing(page).locator(".equation").focus()
    row, column = place(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert place(page) == (row - 1, column + 1)
    is_true(line(page), float(added.x[4, row - 1, column + 1]), float(added.branch[4, row - 1, column + 1]), 3)
    assert line(page) in drawing(page).locator(".equation").get_attribute("aria-label")


def test_alpha_at_zero_is_the_identity(opened):
    page, sweep = opened, rc.branch_sweep("cifar_resnet56", load_sample("car"))
    classes = rc.Classifier.load("cifar_resnet56").weights.classes
    drawing(page).get_by_role("button", name="all blocks").click()
    slider = drawing(page).get_by_role("slider")
    slider.focus()
    for tenths in (9, 8):
        page.keyboard.press("ArrowLeft")
        said(page, classes, sweep.probabilities[tenths + 10])
    drawing(page).get_by_role("button", name="0", exact=True).click()
    said(page, classes, sweep.probabilities[10])
    expect(drawing(page).locator(".means")).to_have_text("every block is its shortcut alone")
    left, right, total, _ = read(line(page))
    assert right == 0
    assert left == total
    page.keyboard.press("Tab")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "alpha −1.0, outside what the network was trained for")
    said(page, classes, sweep.probabilities[0])


def said(page, classes, probabilities):
    top = int(np.argmax(probabilities))
    expect(drawing(page).locator(".said")).to_have_text(f"{classes[top]} {100 * probabilities[top]:.1f} %")


@pytest.mark.slow
def test_one_steps_through_the_blocks_and_the_link_follows(opened, visit, wait_idle):
    page = opened
    changes = [page.evaluate(BLOCK_CHANGE) for _ in range(3)]
    expect(page).to_have_url(re.compile(r"block=conv2_x\.3"))
    wait_idle(page)
    drawing(page).get_by_role("button", name=re.compile(r"^conv2_x\.3, identity shortcut")).focus()
    page.keyboard.press("End")
    expect(drawing(page).locator(".title")).to_have_text("conv4_x.8")
    expect(page).to_have_url(re.compile(r"block=conv4_x\.8"))
    wait_idle(page)
    changes.append(page.evaluate(BLOCK_CHANGE.replace("[1].click", "[0].click")))
    drawing(page).get_by_role("button", name="Channel 5", exact=True).click()
    expect(page).to_have_url(re.compile(r"channel=5"))
    wait_idle(page)
    start = time.perf_counter()
    page.reload()
    expect(drawing(page).locator(".facts")).to_have_text("channel 5 of 64, 8×8 values")
    warm = time.perf_counter() - start
    expect(drawing(page).locator(".title")).to_have_text("conv4_x.7")
    print(f"block change {', '.join(f'{one:.0f}' for one in changes)} ms; loaded again in {warm:.2f} s")


@pytest.mark.slow
def test_one_level_deeper_a_value_is_the_sum_of_its_products(opened):
    page = opened
    drawing(page).locator("summary").focus()
    page.keyboard.press("Enter")
    bars = drawing(page).get_by_role("group", name="Input channels").get_by_role("button")
    expect(bars).to_have_count(16)
    value = drawing(page).locator(".deeper .value")
    row, column = place(page)
    found = rc.convolution_value("cifar_resnet56", load_sample("car"), "layer1.0.conv2", 4, row, column)
    expect(value).to_contain_text(f"All together: {found.value:.4f}".replace("-", "−"))
    expect(value).to_contain_text(f"= {found.norm.result:.4f}".replace("-", "−"))
    bars.first.focus()
    for number in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(value).to_contain_text(f"patch, channel {number}")
        expect(value).to_contain_text(f"products, together {found.channel_sums[number]:.4f}".replace("-", "−"))
    drawing(page).get_by_role("button", name="Convolution layer1.0.conv1").click()
    expect(value).to_contain_text("of layer1.0.conv1: a window of 3×3, stride 1×1")


@pytest.mark.slow
def test_a_phone_and_the_dark_theme_show_all_of_it(new_page, visit, is_wider_than_its_window):
    page = new_page(width=390, height=844)
    page.emulate_media(color_scheme="dark")
    visit(page, "/shortcut")
    expect(drawing(page).locator(".numbers")).to_contain_text("=")
    assert not is_wider_than_its_window(page)
    drawing(page).locator(".out .box").click()
    row, column = place(page)
    assert abs(row - 16) <= 1
    assert abs(column - 16) <= 1
