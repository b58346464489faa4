from io import BytesIO

import pytest
from PIL import Image


def png(size=(64, 48), colour="red"):
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def upload(app, *files):
    app.segmented_control(key="source").set_value("upload").run()
    return app.file_uploader(key="photos").set_value(list(files)).run()


def test_a_sample_is_classified_without_a_network(open_page, words):
    app = open_page("classify")
    said = words(app)
    assert "%" in said
    assert "ms on" in said
    assert "knows 10 classes" in said
    assert "32×32" in said


def test_an_upload_shows_an_answer(open_page, words):
    app = upload(open_page("classify"), ("photo.png", png(), "image/png"))
    assert not app.exception
    assert "Photo 1" in str([image.captions for image in app.get("imgs")]) or "ms on" in words(app)


def test_a_file_that_is_no_picture_is_one_sentence_and_the_others_are_answered(open_page, words):
    app = upload(
        open_page("classify"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        ("empty.png", b"", "image/png"),
        ("photo.png", png(), "image/png"),
    )
    assert not app.exception
    said = [warning.value for warning in app.warning]
    assert len(said) == 2
    assert "SVG" in said[0]
    assert "ms on" in words(app)


def test_a_hundred_megapixels_are_refused(open_page):
    data = BytesIO()
    Image.new("1", (10_000, 10_000)).save(data, "PNG")
    app = upload(open_page("classify"), ("huge.png", data.getvalue(), "image/png"))
    assert "at most 50 megapixels" in app.warning[0].value
    assert not app.exception


def test_thirty_one_uploads_at_once_answer_thirty(open_page, words):
    app = upload(open_page("classify"), *((f"{n}.png", png(colour=(n * 8, 0, 0)), "image/png") for n in range(31)))
    assert not app.exception
    assert words(app).count("ms on") == 30
    assert "first 30" in app.info[0].value


def test_the_number_of_classes_follows_the_slider(open_page):
    app = open_page("classify", top_k="3")
    assert app.slider(key="top_k").value == 3


def test_weights_that_are_not_here_are_offered_and_the_bundled_ones_answer(open_page, words, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = open_page("classify", weights="resnet50.IMAGENET1K_V2")
    assert "is not on this machine yet" in app.info[0].value
    assert "weights fetch" in app.info[0].value
    assert "knows 10 classes" in words(app)


@pytest.mark.parametrize(
    ("name", "value"), [("weights", "nothing"), ("source", "moon"), ("top_k", "99"), ("sample", "x")]
)
def test_nonsense_in_the_link_still_classifies(open_page, words, name, value):
    assert "ms on" in words(open_page("classify", **{name: value}))
