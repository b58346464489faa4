"""The journey that photos make: sent, answered, compared, looked into; and one whose sending is given up."""

import re
import socket
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from resnet_core.inference.samples import load_sample

pytestmark = pytest.mark.slow

BROKEN = ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def sample(name):
    data = BytesIO()
    load_sample(name).save(data, "PNG")
    return f"{name}.png", data.getvalue()


def send(page, *files):
    page.locator('input[type="file"]').set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    )


@pytest.mark.slow
def test_three_photos_are_answered_by_two_networks_and_what_is_cut_changes_the_answer(page, visit, wait_idle):
    visit(page, "/classify?source=upload&weights=cifar_resnet20")
    send(page, *map(sample, ("car", "ship", "airplane")), BROKEN)
    page.get_by_role("heading", name="All your photos").wait_for()
    expect(page.get_by_test_id("stAlert")).to_contain_text("SVG")
    best = page.get_by_role("heading", level=2, name=re.compile(r", \d+\.\d\s%$"))
    expect(best).to_contain_text("automobile")
    wait_idle(page)  # whoever goes on before a picture is here asks the server for one that it has put away
    page.locator(".st-key-photo").get_by_role("combobox").click()
    page.get_by_role("option", name="Photo 2").click()
    expect(best).to_contain_text("ship")
    wait_idle(page)
    page.locator(".st-key-compare label").first.click()
    cells = page.locator("[role=gridcell]")  # of both tables
    cells.filter(has_text=re.compile("^second$")).wait_for(state="attached")
    expect(cells.filter(has_text=re.compile("^cifar_resnet56$"))).to_have_count(1)
    expect(page).to_have_url(re.compile("compare=true"))
    wait_idle(page)
    page.get_by_role("radio", name="Why").or_(page.get_by_role("button", name="Why", exact=True)).click()
    best.wait_for()
    page.get_by_role("img", name="conv4_x, 8×8").wait_for()
    wait_idle(page)
    page.get_by_role("tab", name="Blocks").click()
    changed = page.get_by_text(re.compile("The answer changed from ship to"))
    cuts_until_the_answer_changes(page, changed)
    expect(page).to_have_url(re.compile("cut=conv2_x.0"))
    expect(page).to_have_url(re.compile("off=conv4_x.2"))
    expect(page).to_have_url(re.compile("look=Blocks"))
    wait_idle(page)
    page.get_by_role("tab", name="Channels").click()
    page.get_by_text("channels of conv4_x").wait_for()
    wait_idle(page)
    page.get_by_role("tab", name="Blocks").click()
    changed.wait_for()


def cuts_until_the_answer_changes(page, changed):
    """A branch by a click, three shortcuts by keyboard; one of them is mended again, and what was cut stays so."""
    drawing = page.get_by_role("region", name="The blocks, to be cut")
    said, rows = drawing.locator(".said"), drawing.locator(".rows .row")
    expect(said).to_contain_text("ship")  # the photo that was chosen before
    page.get_by_role("button", name="conv4_x.2, branch").click()
    expect(page.get_by_role("button", name="conv4_x.2, branch, cut")).to_have_attribute("aria-pressed", "true")
    expect(drawing).not_to_have_class(re.compile("asking"))
    page.get_by_role("button", name="conv2_x.0, shortcut, identity").focus()
    for _ in range(3):
        page.keyboard.press("Delete")
        page.keyboard.press("ArrowRight")
    changed.wait_for()
    expect(drawing.locator(".note")).to_contain_text("3 of 9 shortcuts and 1 of 9 branches")
    expect(drawing).not_to_have_class(re.compile("asking"))
    assert rows.count() == 5
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(drawing.locator(".note")).to_contain_text("2 of 9 shortcuts and 1 of 9 branches")
    expect(page.get_by_role("button", name="conv2_x.2, shortcut, identity", exact=True)).to_be_focused()


def test_an_upload_that_is_cancelled_halfway_leaves_the_page_and_the_server_whole(page, visit):
    visit(page, "/classify?source=upload&weights=cifar_resnet20")
    page.route("**/upload_file/**", lambda _: None)  # the browser waits; half of the file is sent in its name
    with page.expect_request("**/upload_file/**") as upload:
        send(page, ("slow.png", bytes(100_000)))
    send_half(upload.value)
    page.get_by_role("button", name="Cancel upload of slow.png").click()
    expect(page.get_by_text("slow.png")).to_have_count(0)
    page.unroute("**/upload_file/**")
    page.get_by_text("The answers appear here").wait_for()
    send(page, sample("car"))
    page.get_by_role("heading", level=2, name=re.compile("automobile")).wait_for()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def send_half(request):
    """A sender who hangs up in the middle of a file."""
    address = urlsplit(request.url)
    headers = request.all_headers() | {"host": address.netloc, "content-length": "100000"}
    with socket.create_connection((address.hostname, address.port), timeout=30) as line:
        head = [f"{request.method} {address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        line.sendall("\r\n".join([*head, "", ""]).encode() + bytes(50_000))
