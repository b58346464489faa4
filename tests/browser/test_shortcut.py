"""The page Shortcut: a value's sum adds up as it is read, by mouse and by keyboard, in whichever block."""

import random
import re
import time

import pytest
from playwright.sync_api import expect

import resnet_core as rc
from resnet_core.data import drawing_script
from resnet_core.inference.samples import load_sample
from tests.browser.sums import drawing, is_true, line, place, read, said

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


@pytest.mark.slow
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
    for written, at in zip(lines, places, strict=True):
        is_true(written, float(x[at]), float(branch[at]), sent["places"], tenths)
    shortest = sorted(map(len, lines))
    assert shortest[len(lines) // 2] <= 40  # no more digits than it takes


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
    for width, height in ((1280, 720), (390, 844)):  # the slider is in the first screen
        page.set_viewport_size({"width": width, "height": height})
        slider = drawing(page).get_by_role("slider").element_handle()
        # The drawing takes its new width a moment after the window has.
        page.wait_for_function("([one, height]) => one.getBoundingClientRect().bottom <= height", arg=[slider, height])
    drawing(page).locator(".out .box").click()
    row, column = place(page)
    assert abs(row - 16) <= 1
    assert abs(column - 16) <= 1


def turned_to(page):
    """The visitor has come to the drawing, and the network to the browser."""
    with page.expect_response("**/cifar_resnet20.safetensors") as sent:
        drawing(page).locator(".strip").hover()
    return sent.value


HERE = re.compile(r"computed in this browser$")


@pytest.mark.slow
def test_the_browser_computes_the_blocks_that_one_steps_to(page, visit, wait_idle):
    """Close to PyTorch's own values, adding up as they are read; and the server hears where the visitor is."""
    visit(page, "/shortcut?weights=cifar_resnet20&channel=4")
    expect(drawing(page).locator(".answers li")).to_have_count(4)
    assert turned_to(page).ok
    facts = drawing(page).locator(".facts")
    for number in range(2, 9):  # the block after the first came from the server; so may the next, until all is here
        name = f"conv{2 + number // 3}_x.{number % 3}"
        drawing(page).get_by_role("button", name=re.compile(rf"^{re.escape(name)}, ")).click()
        expect(drawing(page).locator(".title")).to_have_text(name)
        wait_idle(page)
        drawing(page).and_(page.locator(":not(.waiting)")).wait_for()
        if HERE.search(facts.inner_text()):
            break
    expect(facts).to_have_text(HERE)
    expect(page).to_have_url(re.compile(re.escape(f"block={name}")))
    path = f"layer{1 + number // 3}.{number % 3}"
    added = rc.addition("cifar_resnet20", load_sample("car"), path)
    box = drawing(page).locator(".f .box").bounding_box()
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + (1 - share) * box["height"])
        row, column = place(page)
        x, branch, total, out = read(line(page))
        assert x + branch == total
        assert out == max(0, total)
        for printed, real in ((x, added.x), (branch, added.branch)):
            room = (
                0.5 * 10.0 ** printed.as_tuple().exponent + 1e-3
            )  # what the digits leave open, and weights of 16 bits
            assert abs(float(printed) - real[4, row, column]) <= room
    sweep = rc.branch_sweep("cifar_resnet20", load_sample("car"), path)
    drawing(page).get_by_role("slider").fill("-6")
    said(page, rc.Classifier.load("cifar_resnet20").weights.classes, sweep.probabilities[4])


@pytest.mark.slow
def test_where_the_network_does_not_come_the_server_goes_on(page, visit, wait_idle):
    page.route("**/*.safetensors", lambda route: route.abort())
    visit(page, "/shortcut?weights=cifar_resnet20")
    expect(drawing(page).locator(".answers li")).to_have_count(4)
    with page.expect_event("requestfailed"):
        drawing(page).locator(".strip").hover()
    drawing(page).get_by_role("button", name=re.compile(r"^conv4_x\.2, ")).click()
    expect(drawing(page).locator(".title")).to_have_text("conv4_x.2")
    expect(drawing(page).locator(".facts")).to_have_text(re.compile(r"8×8 values$"))
    expect(page).to_have_url(re.compile(r"block=conv4_x\.2"))
