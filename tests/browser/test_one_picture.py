"""One picture through the whole app: sent, answered, cut until the answer changes, its addition read and taken away."""

import re
from io import BytesIO

import numpy as np
import pytest
from playwright.sync_api import expect

import resnet_core as rc
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.inference.samples import load_sample
from tests.browser.sums import drawing as sum_drawing
from tests.browser.sums import is_true, line, place, read, said

# The middle of an arc, where a pointer is sure to be on it.
MIDDLE = """arc => {
  const path = arc.querySelector(".hit"), { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
  const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM());
  return [at.x, at.y];
}"""


def likeliest(network, picture, cut=()):
    logits = np.array(rc.answer_without(network, picture, shortcuts=cut))
    shares = np.exp(logits - logits.max())
    top = int(shares.argmax())
    return network.weights.classes[top], 100 * shares[top] / shares.sum()


def shortcuts_by_worth(network, picture, stage):
    """Those of a stage, first the one whose cut alone moves the network's logits least."""
    whole = np.array(rc.answer_without(network, picture))

    def moved(path):
        return np.abs(np.array(rc.answer_without(network, picture, shortcuts=[path])) - whole).max()

    return sorted((path for path, _ in network.model.residual_blocks() if path.startswith(f"{stage}.")), key=moved)


@pytest.mark.slow
def test_one_picture_through_the_whole_app(page, visit, wait_idle):
    network, picture = rc.Classifier.load("cifar_resnet56"), load_sample("ship")
    answer, _ = likeliest(network, picture)
    sends_a_photo(page, visit, picture, answer)
    wait_idle(page)
    page.get_by_role("link", name="The layers that the picture passes through").click()
    block = cuts_three_arcs(page, wait_idle, network, picture, answer)
    wait_idle(page)
    page.get_by_role("link", name=f"What the addition of {block_name(block)} does").click()
    reads_the_sum_and_takes_it_away(page, network, picture, block)


@pytest.mark.slow
def test_arcs_of_the_whole_network_are_cut_and_mended(page, visit, wait_idle):
    """One arc stands for one block, or for a run of alike ones: by pointer and by keyboard, and the answer follows."""
    network, picture = rc.Classifier.load("cifar_resnet20"), load_sample("car")
    visit(page, "/architecture?alive=true&model=cifar_resnet20&size=32&weights=cifar_resnet20&sample=car")
    drawing = page.get_by_role("region", name="Drawing of the network")
    first, run = (drawing.get_by_role("button", name=re.compile(f"^{name}, shortcut")) for name in (
        "conv3_x.0", "conv4_x.1 to conv4_x.2"
    ))  # fmt: skip
    page.mouse.click(*first.evaluate(MIDDLE))
    expect(first).to_have_attribute("aria-pressed", "true")
    wait_idle(page)
    run.focus()
    page.keyboard.press("Delete")
    expect(run).to_have_attribute("aria-pressed", "true")
    label, share = likeliest(network, picture, ["layer2.0", "layer3.1", "layer3.2"])
    expect(drawing.locator(".said strong")).to_have_text(re.compile(rf"^{label}, {share:.1f}\s%$"))
    expect(drawing.locator(".note")).to_contain_text("Cut: 3 of 9 shortcuts")
    wait_idle(page)
    page.keyboard.press("Enter")
    expect(run).to_have_attribute("aria-pressed", "false")
    expect(drawing.locator(".note")).to_contain_text("Cut: 1 of 9 shortcuts")
    expect(page).to_have_url(re.compile("cut=conv3_x.0"))


def sends_a_photo(page, visit, picture, answer):
    data = BytesIO()
    picture.save(data, "PNG")
    visit(page, "/classify?source=upload&weights=cifar_resnet56")
    page.locator('input[type="file"]').set_input_files(
        [{"name": "mine.png", "mimeType": "image/png", "buffer": data.getvalue()}]
    )
    page.get_by_role("heading", level=2, name=re.compile(rf"^{answer}, ")).wait_for()


def cuts_three_arcs(page, wait_idle, network, picture, answer):
    """By pointer, by keyboard, and by pointer in the block itself; returns the block whose cut changed the answer."""
    cuts = shortcuts_by_worth(network, picture, "layer3")[:3]
    drawing = page.get_by_role("region", name="Drawing of the network")
    now = drawing.locator(".said strong")
    expect(now).to_have_text(re.compile(rf"^{answer}, "))
    drawing.get_by_role("button", name=re.compile("^conv4_x, 9 blocks")).click()
    for number, path in enumerate(cuts):
        arc = drawing.get_by_role("button", name=re.compile(rf"^{block_name(path)}, shortcut"))
        if number == 1:
            arc.focus()
            page.keyboard.press("Delete")
        else:
            if number == 2:
                drawing.get_by_role("button", name=re.compile(rf"^block {path.split('.')[1]},")).click()
            wait_idle(page)  # what is drawn anew has other elements
            arc.scroll_into_view_if_needed()
            page.mouse.click(*arc.evaluate(MIDDLE))
        expect(arc).to_have_attribute("aria-pressed", "true")
        label, share = likeliest(network, picture, cuts[: number + 1])
        expect(now).to_have_text(re.compile(rf"^{label}, {share:.1f}\s%$"))
        assert (label == answer) == (number < 2)
    expect(drawing.locator(".said")).to_contain_text(f"before: {answer}")
    expect(page).to_have_url(re.compile("cut=" + "%2C".join(map(block_name, sorted(cuts)))))
    return cuts[-1]


def reads_the_sum_and_takes_it_away(page, network, picture, block):
    drawing, added = sum_drawing(page), rc.addition(network, picture, block)
    sweep, classes = rc.branch_sweep(network, picture, block), network.weights.classes
    expect(drawing.locator(".title")).to_have_text(block_name(block))
    expect(drawing.locator(".answers li")).to_have_count(4)
    channel = int(re.match(r"channel (\d+)", drawing.locator(".facts").inner_text())[1])
    row, column = place(page)
    is_true(line(page), float(added.x[channel, row, column]), float(added.branch[channel, row, column]), 3)
    slider = drawing.get_by_role("slider")
    slider.focus()
    for tenths in (9, 8):
        page.keyboard.press("ArrowLeft")
        said(page, classes, sweep.probabilities[tenths + 10])
    drawing.get_by_role("button", name="0", exact=True).click()
    expect(drawing.locator(".means")).to_have_text("the block is its shortcut alone")
    left, right, total, _ = read(line(page))
    assert right == 0
    assert left == total
    said(page, classes, sweep.probabilities[10])
    page.keyboard.press("Tab")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "alpha −1.0, outside what the network was trained for")
    said(page, classes, sweep.probabilities[0])
