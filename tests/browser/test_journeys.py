"""The journeys that a person makes: open by link, change a variant, follow the arithmetic."""

import re

import pytest
from playwright.sync_api import expect


def wait_for_parameters(page, count):
    page.locator('[data-testid="stMetric"]', has_text=count).wait_for()


def test_a_link_opens_the_exact_variant_and_a_change_reaches_the_link(page, visit):
    visit(page, "/architecture?model=resnet152")
    wait_for_parameters(page, "60,192,808")
    page.get_by_role("combobox", name=re.compile("Variant")).click()
    page.keyboard.type("resnet18")
    page.keyboard.press("Enter")
    wait_for_parameters(page, "11,689,512")
    expect(page).to_have_url(re.compile("model=resnet18"))


def test_the_first_visit_of_a_new_server_may_be_a_deep_link(page, visit):
    visit(page, "/bottleneck")
    assert page.get_by_role("link", name=re.compile("Architecture")).count() >= 1
    assert page.get_by_role("link", name="shared").count() == 0  # the legacy navigation would list every file


def test_the_bottleneck_follows_the_keyboard(page, visit):
    visit(page, "/bottleneck")
    drawing = page.get_by_role("img", name=re.compile("1×1, 3×3, 1×1"))
    expect(drawing).to_contain_text("69,632")
    slider = page.get_by_role("slider", name="Width inside")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("width=128"))
    expect(drawing).to_contain_text(f"{2 * 256 * 128 + 9 * 128 * 128:,}")


@pytest.mark.slow
def test_a_wrong_line_is_found_by_pointer_and_by_keyboard(page, visit, wait_idle):
    visit(page, "/bug_lab")
    listing = page.get_by_role("listbox", name="Lines of the Blog post")
    listing.get_by_role("option", name="Line 243 ").click()
    page.get_by_text("Line 243: not that one. Found: 0 of 6.").wait_for()
    listing.get_by_role("option", name="Line 243 ").press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_text("Line 242 is wrong. Found: 1 of 6.").wait_for()
    assert "line=242" in page.url
    expect(listing.get_by_role("option", name="Line 242 ")).to_have_attribute("aria-selected", "true")
    expect(listing.get_by_role("option", name="Line 242 ")).to_be_focused()
    page.get_by_role("radio", name="0", exact=True).click()
    page.get_by_text("Right: 0.").wait_for()
    page.get_by_role("radio", name="Notes in Chinese").click()
    page.get_by_role("option", name="Line 7 vanishing gradients").click()
    page.get_by_text("Line 7 is wrong. Found: 1 of 2.").wait_for()
    expect(page.locator(".listing .original").last).to_have_attribute("lang", "zh")
