"""The journey of classes of one's own: shown, learnt, taken along as a file, and asked in Classify."""

import json
import re

import pytest
import torch
from playwright.sync_api import expect

import resnet_core as rc
from resnet_core.errors import DataError
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.archive import packed
from resnet_core.lab.teach.examples import CIFAR, cifar, digits

RIGHT_AT_LEAST = 48  # of 60 held-out photos, 80 %; guessing has 20


def send(page, name, data, kind="application/zip"):
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": kind, "buffer": data})


def choose(page, name):
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def teach_by_zip(page, visit, wait_idle, classes):
    """Open the page, send a zip with a folder for each class, and wait for what it has learnt."""
    visit(page, "/teach?taught=yours")
    choose(page, "files")
    wait_idle(page)
    send(page, "photos.zip", packed(classes))
    page.get_by_role("heading", name=re.compile("^[0-9]+ of [0-9]+ right")).first.wait_for()
    wait_idle(page)


def take_network(page, file):
    with page.expect_download() as download:
        page.get_by_role("button", name="The network").click()
    download.value.save_as(file)
    return file


@pytest.mark.slow
def test_three_classes_of_cifar10_are_taught_with_ten_photos_each_and_asked_in_classify(
    page, visit, wait_idle, tmp_path
):
    try:
        shown = cifar(number=10, asked=20)
    except DataError as error:
        pytest.skip(str(error))
    teach_by_zip(page, visit, wait_idle, shown.classes)
    file = take_network(page, tmp_path / "taught.safetensors")
    taught = rc.Classifier.load(file)
    assert taught.weights.classes == CIFAR
    asked = [(name, shot) for name, shots in shown.elsewhere.items() for shot in shots]
    right = [taught.predict(shot.source).top[0].label == name for name, shot in asked]
    assert len(right) == 60
    print(f"{sum(right)} of 60 held-out photos right")
    assert sum(right) >= RIGHT_AT_LEAST
    check_onnx(page, tmp_path / "taught.onnx", taught, [shot.source for _, shot in asked[:3]])
    ask_in_classify(page, visit, wait_idle, file, *asked[right.index(True)])


def check_onnx(page, file, taught, photos):
    """What the button writes answers as the network itself does."""
    onnxruntime = pytest.importorskip("onnxruntime")
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="As ONNX").click()
    download.value.save_as(file)
    session = onnxruntime.InferenceSession(file)
    assert json.loads(session.get_modelmeta().custom_metadata_map["note"])["classes"] == list(taught.weights.classes)
    x = to_batch([taught.seen(photo) for photo in photos], taught.weights.preprocessing)
    with torch.inference_mode():
        ours = taught.model(x).numpy()
    assert session.run(None, {"pictures": x.numpy()})[0] == pytest.approx(ours, abs=0.01)


def ask_in_classify(page, visit, wait_idle, file, name, shot):
    """Its answer there is the one that it gives in Python."""
    visit(page, "/classify?source=upload")
    send(page, "photo.jpg", shot.source, "image/jpeg")
    page.get_by_role("heading", level=2).first.wait_for()
    wait_idle(page)
    page.get_by_role("button", name="Your own").click()
    page.locator('input[type="file"]').last.set_input_files(file)
    expect(page.get_by_role("heading", level=2).first).to_contain_text(re.compile(rf"^{name}, [\d.]+.%"))
    expect(page.get_by_text(re.compile("with 3 classes"))).to_be_visible()
    page.keyboard.press("Escape")
    wait_idle(page)
    choose(page, "Why")
    page.get_by_role("img", name=re.compile("conv5_x")).first.wait_for()


@pytest.mark.slow
def test_what_was_shown_is_asked_about_told_and_forgotten_with_a_reload(page, visit, wait_idle, tmp_path):
    shown = digits(6, 5)
    teach_by_zip(page, visit, wait_idle, shown.classes)
    names = page.get_by_label("Name of a class")
    expect(names).to_have_count(3)
    assert [names.nth(at).input_value() for at in range(3)] == ["zero", "one", "seven"]
    choose(page, "a new photo")
    wait_idle(page)
    send(page, "new.jpg", shown.elsewhere["seven"][0].source, "image/jpeg")
    page.get_by_role("heading", name=re.compile("^seven, ")).wait_for()
    page.locator(".st-key-teach_tell_3").get_by_role("button").click()
    page.get_by_role("heading", name="1 of 1 right").wait_for()
    file = take_network(page, tmp_path / "taught.safetensors")
    taught = rc.Classifier.load(file)
    assert taught.weights.classes == ("zero", "one", "seven")
    check_onnx(page, tmp_path / "taught.onnx", taught, [shot.source for shot in shown.elsewhere["one"]])
    page.reload()
    page.get_by_text("Show it something").wait_for()


@pytest.mark.slow
def test_the_camera_takes_one_photo_after_another_for_the_class_that_is_chosen(chromium, browser, app_url, wait_idle):
    """A browser that shows the page a moving test picture in a camera's place."""
    context = browser.browser_type.launch(
        executable_path=chromium,
        args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    )
    page = context.new_page()
    page.goto(f"{app_url}/teach?taught=yours")
    take = page.get_by_role("button", name="Take a photo")
    expect(take).to_be_enabled()
    for count in (1, 2):
        take.click()
        page.get_by_text(f"{count} photo{'s' if count > 1 else ''}", exact=True).wait_for()
    wait_idle(page)
    choose(page, "class 2")
    wait_idle(page)
    box = take.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.wait_for_timeout(1500)  # a photo each 0.4 s
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^\d photos$"))).to_have_count(2)
    page.get_by_text("No accuracy is printed").wait_for()  # photos of one moment are one
    context.close()
