"""The journeys that a person makes: open by link, change a variant, follow the arithmetic, upload a photo."""

import re


def wait_for_parameters(page, count):
    page.locator('[data-testid="stMetric"]', has_text=count).wait_for(timeout=30_000)


def test_a_link_opens_the_exact_variant_and_a_change_reaches_the_link(page, visit, wait_idle):
    visit(page, "/architecture?model=resnet152")
    wait_for_parameters(page, "60,192,808")
    page.get_by_role("combobox", name=re.compile("Variant")).click()
    page.keyboard.type("resnet18")
    page.keyboard.press("Enter")
    wait_idle(page)
    wait_for_parameters(page, "11,689,512")
    assert "model=resnet18" in page.url


def test_the_first_visit_of_a_new_server_may_be_a_deep_link(page, visit):
    visit(page, "/bottleneck")
    assert page.get_by_role("link", name=re.compile("Architecture")).count() >= 1
    assert page.get_by_role("link", name="shared").count() == 0  # the legacy navigation would list every file


def test_the_bottleneck_follows_the_keyboard(page, visit, wait_idle):
    visit(page, "/bottleneck")
    drawing = page.get_by_role("img", name=re.compile("1×1, 3×3, 1×1"))
    assert "69,632" in drawing.text_content()
    slider = page.get_by_role("slider", name="Width inside")
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_idle(page)
    page.wait_for_url(re.compile("width=128"))
    assert f"{2 * 256 * 128 + 9 * 128 * 128:,}" in drawing.text_content()


def test_three_photos_are_classified_a_broken_one_is_a_sentence_and_two_networks_are_compared(
    page, visit, wait_idle, root
):
    visit(page, "/classify?source=upload")
    names = ("car.png", "ship.png", "airplane.png")
    files = [(name, (root / "assets" / "samples" / name).read_bytes()) for name in names]
    files.append(("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    page.locator('input[type="file"]').set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    )
    page.get_by_role("heading", name="All your photos").wait_for(timeout=60_000)
    wait_idle(page)
    assert "SVG" in page.locator('[data-testid="stAlert"]').inner_text()
    best = page.get_by_role("heading", level=3, name=re.compile(r", \d+\.\d %$"))
    first = best.inner_text()
    page.locator(".st-key-photo").get_by_role("combobox").click()
    page.get_by_role("option", name="Photo 2").click()
    wait_idle(page)
    assert best.inner_text() != first
    page.locator(".st-key-compare label").first.click()
    cells = page.locator("[role=gridcell]")  # of both tables
    cells.filter(has_text=re.compile("^second$")).wait_for(timeout=60_000, state="attached")
    assert cells.filter(has_text=re.compile("^cifar_resnet20$")).count() == 1
    assert "compare=true" in page.url
