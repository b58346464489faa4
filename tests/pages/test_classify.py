import json
import pickle
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from PIL import Image
from safetensors.torch import save_file

from pages.photo import kept
from pages.photo.pictures import MOST_AT_ONCE, Picture
from resnet_core.models.network import build_model
from resnet_core.weights import library as weights_module
from resnet_core.weights.library import find_weights
from resnet_core.weights.record import DEFAULT_WEIGHTS
from tests.hostile_files import hostile_files
from tests.uploads import png, upload
from tests.weights_server import CONTENT, offered, serving


def photos(count):
    return [(f"{n}.png", png(colour=(n * 8, 0, 0)), "image/png") for n in range(count)]


@pytest.fixture
def second_network(tmp_path, monkeypatch):
    """A tiny network of yours beside the bundled ones, under the name `small`; `dog` always wins."""
    folder = tmp_path / "weights"
    folder.mkdir()
    model = build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4))
    model.fc.bias.data[1] = 50
    save_file(model.state_dict(), folder / "small.safetensors")
    note = {
        "model": "cifar_resnet20", "recipe": {"overrides": [["widths", [4, 4, 4]]]}, "classes": ["cat", "dog", "frog"],
        "image_size": [32, 32], "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    (folder / "small.json").write_text(json.dumps(note))
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(folder))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return folder


def test_a_sample_is_classified_without_a_network(open_page, words):
    app = open_page("classify")
    said = words(app)
    assert "%" in said
    assert "ms on" in said
    assert "knows 197 classes" in said
    resized = find_weights(DEFAULT_WEIGHTS).preprocessing.resize_size
    assert f"The shorter side becomes {resized} pixels" in said
    assert app.selectbox(key="weights").value == DEFAULT_WEIGHTS


def test_the_page_says_by_how_much_the_versions_of_weights_differ(open_page, words):
    said = words(open_page("classify"))
    assert "IMAGENET1K_V2 resizes to 232, resnet50.IMAGENET1K_V1 to 256 before both cut 224" in said


def test_ten_crops_are_shown_and_averaged_and_the_temperature_is_said(open_page, words):
    app = open_page("classify", crops="10", temperature="2.0")
    said = words(app)
    assert "the mean of ten crops" in said
    assert "At T = 2 the same logits say" in said
    drawn = "".join(str(element.proto) for element in app.get("bidi_component"))
    assert drawn.count(", mirrored</figcaption>") == 5
    assert ">middle</figcaption>" in drawn


def test_files_that_are_no_pictures_are_sentences_and_the_others_are_answered(open_page, words):
    wanted = ("no picture, SVG drawing", "no picture, is empty", "bomb, png", "png cut to a half")
    bad = [(f"{name}.png", hostile_files()[name][0], "image/png") for name in wanted]
    app = upload(open_page("classify"), *bad, ("photo.png", png(), "image/png"))
    assert not app.exception
    (warning,) = app.warning
    for said in (
        "4 of 5 photos",
        "**Photo 1**, `no picture, SVG drawing.png`: This is an SVG",
        "is empty",
        "at most 50 megapixels",
        "incomplete",
    ):
        assert said in warning.value
    assert "ms on" in words(app)


@pytest.mark.parametrize("name", ["[click](http://evil.example)", "`x` **bold**", "<img src=x>", "a\n\n# b"])
def test_a_refused_files_name_is_never_markup(name):
    """Which file it was is said, and all of its name stands in one span of code."""
    said = Picture("Photo 7", "key", Image.new, f"{name}.png").named
    fence = re.match(r"\*\*Photo 7\*\*, (`+)", said)[1]
    assert said.endswith(fence)
    assert said.count(fence) == 2
    assert "\n" not in said
    assert Picture("Your picture", "key", Image.new).named == "**Your picture**"


def test_that_a_reload_forgets_photos_is_said_where_they_are_sent(open_page):
    assert "reload" in upload(open_page("classify")).file_uploader(key="photos").help


@pytest.mark.filterwarnings("ignore")  # Pillow's own words about a damaged file
@pytest.mark.parametrize("first", [0, 30, 60, 90])
def test_every_hostile_file_is_a_picture_with_an_answer_or_a_sentence(open_page, first):
    """The whole corpus, thirty files to a visit. The server itself turns the largest away before it gets here."""
    fits = [(data, words) for data, words in hostile_files().values() if len(data) <= 20_000_000]
    corpus = fits[first : first + MOST_AT_ONCE]
    app = upload(open_page("classify"), *[(f"{n}.png", data, "image/png") for n, (data, _) in enumerate(corpus)])
    assert not app.exception
    said = dict(re.findall(r"\*\*Photo (\d+)\*\*, `\d+\.png`: (.*)", app.warning[0].value)) if app.warning else {}
    refused = {str(n): words for n, (_, words) in enumerate(corpus, 1) if words}
    assert said.keys() == refused.keys()
    assert all(re.search(words, said[n], re.DOTALL) for n, words in refused.items())
    if len(corpus) - len(refused) > 1:
        assert len(app.dataframe[0].value) == len(corpus) - len(refused)


def test_an_animation_is_answered_with_its_note_and_a_removed_upload_leaves_nothing(open_page, words):
    app = upload(open_page("classify"), ("a.gif", hostile_files()["odd, animated GIF"][0], "image/gif"))
    assert "Only the first frame of this animation" in words(app)
    app.file_uploader(key="photos").set_value([]).run()
    assert not app.exception
    assert "The answers appear here" in words(app)


def test_photos_stay_with_the_visit_until_they_are_forgotten(open_page, words):
    app = upload(open_page("classify"), ("a.png", png(), "image/png"), ("b.png", png(colour="blue"), "image/png"))
    app.segmented_control(key="source").set_value("sample").run()
    app = upload(app, ("c.png", png(colour="green"), "image/png"))
    assert app.dataframe[0].value.name.tolist() == ["a.png", "b.png", "c.png"]
    app.segmented_control(key="view").set_value("Why").run()
    assert not app.exception
    assert app.selectbox(key="photo").options == ["Photo 1", "Photo 2", "Photo 3"]
    app.button(key="forget_photos").click().run()
    app = upload(app)
    assert "once there is a picture" in words(app)
    app.segmented_control(key="view").set_value("Answer").run()
    assert "The answers appear here" in words(upload(app))


def test_a_widget_of_the_page_before_that_is_still_reported_loses_no_photo(monkeypatch):
    """A visitor who is quick is on the next page before Streamlit has put the old one's widgets away."""
    fake = SimpleNamespace(session_state={"photos": "the old page's"}, button=lambda *_, **__: False)
    monkeypatch.setattr(kept, "st", fake)
    sent = [SimpleNamespace(file_id="car", size=1), SimpleNamespace(file_id="ship", size=1)]
    assert kept.with_those_before("classify", "photos", lambda _: sent, 30) == sent
    assert kept.with_those_before("inside", "photos", lambda _: [], 30) == sent


def test_new_photos_take_the_places_of_the_oldest(open_page):
    app = upload(open_page("classify"), *photos(29))
    app.segmented_control(key="source").set_value("sample").run()
    app = upload(app, ("new.png", png(colour="blue"), "image/png"), ("newer.png", png(colour="green"), "image/png"))
    names = app.dataframe[0].value.name.tolist()
    assert len(names) == 30
    assert names[0] == "1.png"
    assert names[-2:] == ["new.png", "newer.png"]
    assert "28 photos" in app.button(key="forget_photos").label


def test_thirty_one_uploads_answer_thirty_in_a_table_and_one_in_full(open_page, words):
    app = upload(open_page("classify", weights="cifar_resnet56"), *photos(31))
    assert not app.exception
    table = app.dataframe[0].value
    assert table.photo.tolist() == [f"Photo {n}" for n in range(1, 31)]
    assert table.name.iloc[29] == "29.png"
    assert table.picture.str.startswith("data:image/jpeg").all()
    assert (table.probability + table.second_probability <= 100.01).all()
    assert words(app).count("ms on") == 1
    assert "first 30" in app.info[0].value
    app.selectbox(key="photo").set_value("Photo 7").run()
    assert f"## {table.answer.iloc[6]}, {table.probability.iloc[6]:.1f} %" in words(app)


@pytest.mark.slow
def test_one_photo_goes_through_every_network_that_is_here_and_nothing_is_fetched(
    open_page, words, second_network, monkeypatch
):
    monkeypatch.setattr(weights_module, "download", lambda *_, **__: pytest.fail("nothing was to be fetched"))
    (second_network / "resnet18-evil.pth").write_bytes(pickle.dumps({"a": Path("x")}, protocol=2))
    app = open_page("classify", compare="true")
    table = app.dataframe[0].value.set_index("name")
    bundled = {path.stem for path in weights_module.BUNDLED_FOLDER.glob("*.safetensors")}
    assert set(table.index) == {"small"} | bundled
    assert table.answer["small"] == "dog"
    assert (table.duration_ms > 0).all()
    assert "resnet18-evil.pth was refused" in app.warning[0].value
    assert "more are published" in words(app)


def test_weights_that_hold_code_are_a_sentence_in_place(open_page, second_network):
    (second_network / "resnet18-evil.pth").write_bytes(pickle.dumps({"a": Path("x")}, protocol=2))
    app = open_page("classify", weights="resnet18-evil")
    assert any("resnet18-evil.pth was refused" in warning.value for warning in app.warning)
    assert not app.exception


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights", "nothing"),
        ("source", "moon"),
        ("top_k", "99"),
        ("sample", "x"),
        ("crops", "3"),
        ("temperature", "0"),
    ],
)
def test_nonsense_in_the_link_still_classifies(open_page, words, name, value):
    assert "ms on" in words(open_page("classify", **{name: value}))


# Downloads


@pytest.fixture
def published(monkeypatch, tmp_path):
    """Publishes resnet18 on a server of the test's own: published("stalls") opens the page that offers it."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("RESNET_WEIGHTS_DIR", raising=False)
    theirs = weights_module.published_weights

    def publish(url):
        ours = offered(url)
        listed = lambda folder=None: [  # noqa: E731
            replace(w, url=ours.url, path=ours.path, sha256=ours.sha256) if w.name == ours.name else w
            for w in theirs(folder)
        ]
        monkeypatch.setattr(weights_module, "published_weights", listed)
        st.cache_data.clear()
        return ours

    return publish


def wait_for(app, met, limit_s=60):
    deadline = time.monotonic() + limit_s
    while not met(app.run()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_weights_that_are_not_here_are_offered_and_the_bundled_ones_answer(open_page, words, published):
    published("http://127.0.0.1:9/resnet18-00000000.pth")
    app = open_page("classify", weights="resnet18.IMAGENET1K_V1")
    said = words(app)
    assert "is not on this machine yet" in said
    assert "weights fetch resnet18.IMAGENET1K_V1" in app.code[0].value
    assert "knows 197 classes" in said
    app.button(key="fetch").click().run()
    wait_for(app, lambda app: app.warning)
    assert "there is no connection" in app.warning[0].value
    assert "ms on" in words(app)


def test_a_server_may_refuse_to_fetch(open_page, words, published, monkeypatch):
    monkeypatch.setenv("RESNET_DOWNLOADS", "off")
    published("http://127.0.0.1:9/resnet18-00000000.pth")
    app = open_page("classify", weights="resnet18.IMAGENET1K_V1")
    assert "is not on this server, and visitors can't have it fetched here" in words(app)
    assert not [button for button in app.button if button.key == "fetch"]
    assert not app.code
    assert "knows 197 classes" in words(app)


def test_a_download_is_watched_cancelled_and_gone_on_with(open_page, words, published):
    with serving("stalls") as url:
        weights = published(url)
        app = open_page("classify", weights=weights.name)
        app.button(key="fetch").click().run()
        wait_for(app, lambda app: any(button.key == "cancel_download" for button in app.button))
        assert "ms on" in words(app), "the page waits for nobody"
        partial = weights.path.with_name(f"{weights.path.name}.partial")
        wait_for(app, lambda app: partial.exists())
        asked = time.monotonic()
        app.button(key="cancel_download").click().run()
        wait_for(app, lambda app: app.warning)
        assert time.monotonic() - asked < 10  # the page's own time; that of the download is tested with it
        assert "was cancelled" in app.warning[0].value
    with serving() as url:
        published(url)
        app = open_page("classify", weights=weights.name)
        app.button(key="fetch").click().run()
        wait_for(app, lambda app: app.error)  # the file is here now, and the test's bytes are no network
        assert weights.path.read_bytes() == CONTENT
        assert "damaged or no weights file" in app.error[0].value
