"""Every widget in a plain page: on a phone, under axe, in both themes; and that it needs nothing but that page."""

import asyncio
import re

import pytest
from playwright.sync_api import expect

import resnet_core as rc
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.notebook.live import LiveRace
from tests.browser.hosted import host
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.slow
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelector(".resnet-explainer").shadowRoot.querySelectorAll("button, input, select")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one, one.getBoundingClientRect()]).filter(([, { width, height }]) => width < 24 || height < 24)
  .map(([one]) => one.outerHTML.slice(0, 120))"""


def metrics(steps=230, every=23):
    """A race of three, one of which diverges: without training."""
    for step in range(1, steps + 1):
        for arm, rate in (("plain", 0.003), ("residual_b", 0.02), ("preact", 0.03)):
            if arm == "preact" and step > 100:
                continue
            loss = 2.4 * (1 - rate) ** step if (arm, step) != ("preact", 100) else float("inf")
            stop = "its loss is no number" if (arm, step) == ("preact", 100) else None
            yield StepMetrics(
                arm=arm, step=step, loss=loss, error=0.5, images_per_s=1, learning_rate=0.1, elapsed_s=1,
                stop_reason=stop,
            )  # fmt: skip
            if step % every == 0 and not stop:
                share = (1 - rate) ** step
                yield EpochMetrics(
                    arm=arm, epoch=step // every, step=step, train_loss=loss, train_error=share, validation_loss=loss,
                    validation_error=share, images_per_s=1, learning_rate=0.1, elapsed_s=1, gradient_norms=(),
                    activation_scales=(),
                )  # fmt: skip


WIDGETS = {
    "race": lambda: LiveRace(metrics(), ("plain", "residual_b", "preact"), 230, "three networks").wait(60),
    "replay": rc.show_race,
    "shortcut": lambda: rc.shortcut("cifar_resnet20", "car", "conv4_x.2"),
    "explorer": lambda: rc.explore("resnet18"),
}


@pytest.fixture
def built():
    """Makes a widget as a notebook does, where a loop runs: built("race"). Playwright's own is in this thread."""
    from concurrent.futures import ThreadPoolExecutor

    def make(name):
        async def cell():
            return WIDGETS[name]()

        with ThreadPoolExecutor(1) as other:
            return other.submit(asyncio.run, cell()).result()

    return make


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_fits_a_phone_and_has_no_serious_fault(new_visitor, built, name, theme):
    page = new_visitor(width=390, height=844)
    asked = host(page, built(name), theme)
    expect(page.locator(":is(.sheet svg, .sheet canvas):visible").first).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate(WIDER) <= 0
    assert page.evaluate(SMALL) == []
    page.set_viewport_size({"width": 390, "height": 4000})  # axe judges the colours of what is in the window
    assert faults(page) == []
    page.set_viewport_size({"width": 1200, "height": 4000})
    page.wait_for_timeout(300)
    assert faults(page) == []
    assert [address for address in asked if not address.startswith(("blob:", "data:"))] == []


def test_the_race_is_read_by_keys_and_says_who_has_ended(new_visitor, built):
    page = new_visitor(width=1200)
    host(page, built("race"))
    loss = page.get_by_role("slider", name="Training loss by step")
    loss.press("End")
    expect(page.locator(".loss .values")).to_have_text(re.compile(r"^step 230plain \d.*projections \d[\d.e-]+$"))
    loss.press("Home")
    expect(loss).to_have_attribute("aria-valuetext", re.compile(r"^step 1: plain 2\.39.*; pre-activation 2\.3"))
    loss.press("Escape")
    expect(page.locator(".loss .values")).to_have_count(0)


def test_who_listens_hears_each_pass_and_not_each_step(new_visitor, built):
    page, widget = new_visitor(width=1200), built("race")
    host(page, widget)
    said = page.locator(".said")

    def tell(words, passes):
        first, *rest = widget._moving["lines"]
        lines = [first | {"unseen": first["unseen"][:passes]}, *(line | {"unseen": []} for line in rest)]
        moving = widget._moving | {"lines": lines, "said": words, "state": "running"}
        page.evaluate("moving => window.take({ _moving: moving })", moving)
        expect(said).to_have_text(words)
        return said.get_attribute("aria-live")

    assert [tell("After 46 steps.", 2), tell("After 47 steps.", 2), tell("After 69 steps.", 3)] == [
        "polite", "off", "polite",
    ]  # fmt: skip


def test_what_a_reader_does_reaches_the_widget(new_visitor, built):
    page, widget = new_visitor(width=1200), built("replay")
    host(page, widget)
    page.get_by_role("slider").press("ArrowLeft")
    expect(page.locator("output")).to_contain_text("29 of 30")
    assert widget.epoch == 29
