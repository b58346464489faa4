"""The journeys that a person makes: open by link, change a variant, follow the arithmetic."""

import re

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
