"""Teach it: examples that are there at once, and photos of one's own: named, learnt, asked about, refused."""

import gc
import io
import json
import re
import threading
import time
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from pages.teaching import bringing, collected, own, taught
from pages.teaching.collected import ASK, MOST_CLASSES, MOST_PHOTOS, NO_ROOM, Collection
from pages.teaching.further import HEAD, STAGE
from resnet_core.lab.teach import lesson as lesson_module
from resnet_core.lab.teach import small
from resnet_core.lab.teach.examples import digits
from resnet_core.lab.teach.photos import Shot
from resnet_core.lab.teach.small import small_shot
from tests.hostile_files import hostile_files
from tests.lab.teach.test_archive import zipped

FAST = {"features": "cifar_resnet20"}


@pytest.fixture(scope="module")
def photos():
    """photos("zero", 5, start=0): files of digits as a camera saves them."""
    shown = digits(20, 20)

    def some(name, count, start=0):
        shots = (*shown.classes[name], *shown.elsewhere[name])[start : start + count]
        return [(f"{name}{at}.jpg", shot.source, "image/jpeg") for at, shot in enumerate(shots, start)]

    return some


@pytest.fixture
def teach(open_page):
    """The page with photos of one's own: teach()."""
    return lambda **query: open_page("teach", **{"taught": taught.YOURS, **FAST, **query})


def send(app, *files, to=None):
    """Send files through the field, for the class with this number."""
    app.segmented_control(key="teach_way").set_value("files").run()
    if to is not None:
        app.pills(key="teach_to").set_value(to).run()
    app.file_uploader[0].set_value(list(files)).run()
    assert not app.exception, app.exception
    return app


def name(app, number, word):
    app.text_input(key=f"teach_name_{number}").set_value(word).run()
    return app


def drawn(app):
    return "".join(str(element.proto) for element in app.get("bidi_component"))


def two_classes(app, photos, count=4):
    name(name(app, 1, "zero"), 2, "seven")
    send(app, *photos("zero", count), to=1)
    return send(app, *photos("seven", count), to=2)


def test_an_example_is_there_at_once_whole(open_page, words):
    app = open_page("teach")
    said = words(app)
    assert "Can it learn what you show it?" in said
    held_out, elsewhere = (
        int(n) for n in re.search(r"## (\d+) of 30 right.*## (\d+) of 60 right", said, re.S).groups()
    )
    assert held_out >= 27  # guessing has 10
    assert elsewhere >= 54
    assert "It shows **zero**" in said
    assert "512 features each" in said
    first = drawn(app)
    app.button(key="another").click().run()
    assert drawn(app) != first


@pytest.mark.slow
def test_two_tables_teach_a_table(open_page, words):
    said = words(open_page("teach", taught="two tables"))
    assert "## 20 of 20 right" in said
    assert "## 0 of 40 right" in said
    assert "all your photos share" in said


@pytest.mark.slow
@pytest.mark.parametrize("look", ["Why it works", "Which stage knows", "How many photos"])
def test_each_look_says_numbers_and_draws_them(open_page, words, look):
    app = open_page("teach", look=look, **FAST)
    said = words(app)
    assert {"Why it works": "from the pixels", "Which stage knows": "is known by conv"}.get(
        look, "From 1 photo"
    ) in said
    assert "Right answers: " in drawn(app) or "Last values: right" in drawn(app)


def test_what_a_link_asks_in_vain_is_said(open_page, words):
    said = words(open_page("teach", taught="unicorns", features="nothing"))
    assert "unicorns" in said
    assert re.search(r"## \d+ of 30 right", said)


def test_photos_of_ones_own_are_named_learnt_asked_about_and_counted(teach, photos, words):
    app = teach()
    assert "Show it something" in words(app)
    name(app, 1, "zero")
    send(app, *photos("zero", 4), to=1)
    assert "Now photos of **class 2**" in words(app)
    name(app, 2, "seven")
    send(app, *photos("seven", 4), to=2)
    said = words(app)
    assert "of 8 right" in said
    assert "Nothing yet. Take one more photo in another place" in said
    send(app, *photos("seven", 1, start=25), to=ASK)
    assert "## seven, " in words(app)
    app.button(key="teach_tell_2").click().run()
    said = words(app)
    assert "## 1 of 1 right" in said
    assert "Choose *a new photo*" in said
    assert len(app.session_state[own.COLLECTION].trays[1].shots) == 4, "it is not learnt"


def test_snapshots_of_one_moment_are_one_and_no_accuracy_is_printed(teach, photos, words, monkeypatch):
    app = teach()
    kept = app.session_state[own.COLLECTION]
    for number, kind in ((1, "zero"), (2, "seven")):
        for at, (_, data, _) in enumerate(photos(kind, 4)):
            kept.add(number, Shot(data, taken_s=1000.0 * number + at))
    app.run()
    assert "No accuracy is printed" in words(app)
    for number, kind in ((1, "zero"), (2, "seven")):
        for at, (_, data, _) in enumerate(photos(kind, 4, start=8)):
            kept.add(number, Shot(data, taken_s=5000.0 * number + at))
    app.run()
    said = words(app)
    assert "Nearly equal ones count once, which leaves 4" in said
    assert "Had nearly equal photos been allowed on both sides" in said


def test_a_zip_and_a_folder_bring_their_classes(teach, photos, words):
    files = {
        f"my/{kind}/{at}.jpg": data for kind in ("zero", "seven") for at, (_, data, _) in enumerate(photos(kind, 3))
    }
    app = send(teach(), ("my.zip", zipped(files), "application/zip"))
    assert [tray.called for tray in app.session_state[own.COLLECTION].trays] == ["zero", "seven"]
    assert app.text_input(key="teach_name_2").value == "seven"
    assert "of 6 right" in words(app)
    app.segmented_control(key="teach_way").set_value("folder").run()
    app.file_uploader[0].set_value([("all/one/a.jpg", photos("one", 1)[0][1], "image/jpeg")]).run()
    assert [tray.called for tray in app.session_state[own.COLLECTION].trays] == ["zero", "seven", "one"]


def test_uploads_are_freed_once_they_are_taken_in(teach, photos):
    app = send(teach(), *photos("zero", 3))
    assert app.file_uploader[0].value == []
    assert len(app.session_state[own.COLLECTION].trays[0].shots) == 3


def test_broken_files_are_named_and_the_others_are_taken(teach, photos, words):
    wanted = ("no picture, SVG drawing", "no picture, is empty", "png cut to a half")
    bad = [(f"{at}_$x$.png", hostile_files()[one][0], "image/png") for at, one in enumerate(wanted)]
    app = send(teach(), *bad, *photos("zero", 2), ("no.zip", b"PK\x03\x04rubbish", "application/zip"))
    (warning,) = app.warning
    assert "4 could not be read" in warning.value
    assert "SVG" in warning.value
    assert r"\$x\$" in warning.value
    assert "The archive is damaged" in warning.value
    assert len(app.session_state[own.COLLECTION].trays[0].shots) == 2


def test_one_photo_in_two_classes_is_refused_by_name_and_can_be_taken_back(teach, photos, words):
    app = two_classes(teach(), photos)
    send(app, *photos("zero", 1), to=2)
    assert "is the same picture as zero0.jpg" in words(app)
    app.button(key="teach_undo_2").click().run()
    assert "of 8 right" in words(app)


def test_two_classes_of_one_name_are_refused(teach, photos, words):
    app = two_classes(teach(), photos)
    name(app, 2, "zero")
    assert 'Two classes are called "zero"' in words(app)
    name(app, 2, "seven")
    assert "of 8 right" in words(app)


@pytest.mark.slow
@pytest.mark.parametrize("word", ["<b>mug</b> ![x](http://evil.example)", "# $a$ :smile:", "x" * 500])
def test_a_name_is_only_text(teach, photos, words, word):
    app = two_classes(teach(), photos)
    name(app, 1, word)
    send(app, *photos("zero", 1, start=25), to=ASK)
    assert not app.exception
    assert "<b>mug</b>" not in words(app) + drawn(app)
    assert "x" * 41 not in words(app)
    outside_code = re.sub(r"`[^`]*`", "", words(app))
    assert not re.search(r"!\[x\]\(http|(?<!\\)\$a|(?<!\w):smile:", outside_code)


def test_more_photos_than_there_is_room_for_are_counted_and_the_command_named(teach, photos, words, monkeypatch):
    monkeypatch.setattr(collected, "MOST_PHOTOS", 5)
    app = send(teach(), *photos("zero", 8))
    assert "3 were left out" in words(app)
    assert "`resnet-explainer teach` takes thousands" in words(app)


def test_a_new_photo_is_asked_where_there_is_room_for_no_more_and_of_several_the_last(
    teach, photos, words, monkeypatch
):
    app = two_classes(teach(), photos)
    monkeypatch.setattr(collected, "MOST_PHOTOS", 8)
    send(app, *photos("zero", 1, start=25), *photos("seven", 2, start=25), to=ASK)
    said = words(app)
    assert "Of 3 photos the last one is asked." in said
    assert "were left out" not in said
    assert "## seven, " in said
    assert app.session_state[own.COLLECTION].photos == 8
    send(app, *photos("zero", 1, start=26), to=ASK)
    assert "## zero, " in words(app)
    assert not app.warning


def brought(*files):
    """What is said of files, by their names and bytes, that are sent for class 1."""
    kept, sent = Collection(), []
    for at, (name, data) in enumerate(files):
        sent.append(Sent(data))
        sent[-1].name, sent[-1].file_id = name, str(at)
    return " ".join(bringing._take_in(kept, 1, sent))


def test_where_no_photo_is_found_is_said(photos):
    picture = photos("zero", 1)[0][1]
    assert brought(("z.zip", zipped({}))) == "No photo was found in z.zip."
    assert brought(("z.zip", zipped({"a/.DS_Store": b"1"})), ("a.jpg", picture)) == "No photo was found in z.zip."
    assert brought((".hidden.jpg", picture)) == "No photo was found in .hidden.jpg."
    assert brought(("all/.DS_Store", b"1"), ("all/zero/a.jpg", picture)) == "", "a folder has such beside its photos"


def test_folders_of_one_name_in_two_places_are_said_to_be_taken_together(photos):
    one, two = (data for _, data, _ in photos("zero", 2))
    said = "zero came from test and train; all were taken together."
    assert brought(("z.zip", zipped({"train/zero/a.jpg": one, "test/zero/a.jpg": two}))) == said
    assert brought(("all/train/zero/a.jpg", one), ("all/test/zero/a.jpg", two)) == said
    assert brought(("a.zip", zipped({"zero/a.jpg": one})), ("b.zip", zipped({"zero/a.jpg": two}))) == (
        "zero came from a.zip and b.zip; all were taken together."
    )
    assert brought(("z.zip", zipped({"1/x/zero/a.jpg": one, "2/x/zero/a.jpg": two}))) == (
        "zero came from z.zip/1/x and z.zip/2/x; all were taken together."
    )
    assert brought(("z.zip", zipped({"train/zero/a.jpg": one, "train/zero/b.jpg": two}))) == ""


def test_a_snapshot_is_refused_where_the_server_is_full_and_a_new_photo_is_asked(photos, monkeypatch):
    data = photos("zero", 1)[0][1]
    snapped = [SimpleNamespace(data=data, to=to, taken_s=0.0) for to in (1, ASK)]
    monkeypatch.setattr(bringing, "snaps", lambda *_: snapped)
    monkeypatch.setattr(bringing, "refusal", lambda: "The server is full.")
    monkeypatch.setattr(bringing.st, "rerun", lambda: None)
    kept = Collection()
    bringing._take_snaps(kept, 1, "Take a photo")
    assert kept.photos == 0
    assert kept.asked is not None
    assert kept.remarks == ["The server is full."]


def test_a_collection_has_two_to_ten_classes_and_500_photos():
    kept = Collection()
    assert [tray.called for tray in kept.trays] == ["class 1", "class 2"]
    for _ in range(20):
        kept.add_class()
    assert len(kept.trays) == MOST_CLASSES
    assert kept.named("one more") in kept.trays[:2], "an empty one takes the name"
    for number in range(3, 11):
        kept.named(f"c{number}")
    assert kept.named("c77") is not None
    assert kept.named("c78") is None
    assert sum(kept.add(1, Shot(b"")) for _ in range(MOST_PHOTOS + 3)) == MOST_PHOTOS
    for tray in list(kept.trays):
        kept.drop_class(tray.number)
    assert len(kept.trays) == 2
    assert kept.photos == 0


def test_large_photos_are_bounded_by_their_bytes():
    kept, large = Collection(), bytes(30_000_000)
    assert [kept.add(1, Shot(large)) for _ in range(5)] == [True] * 4 + [False]
    kept.add(ASK, Shot(large))
    kept.tell(1)
    assert kept.asked is not None, "it is not lost"
    assert kept.remarks == [NO_ROOM]
    kept.tray(1).take_back()
    kept.tell(1)
    assert (kept.asked, kept.remarks) == (None, [])
    kept.tray(1).take_back()
    assert kept.add(2, Shot(b""))


def test_a_class_is_added_and_dropped(teach, photos):
    app = two_classes(teach(), photos)
    app.button(key="teach_add").click().run()
    assert len(app.text_input) == 3
    app.button(key="teach_drop_1").click().run()
    assert [tray.called for tray in app.session_state[own.COLLECTION].trays] == ["seven", "class 3"]
    assert not app.exception


def test_where_the_browser_has_no_camera_the_phones_own_is_offered(teach, words, monkeypatch):
    assert not teach().file_uploader
    monkeypatch.setattr(bringing, "has_camera", lambda _: False)
    app = teach()
    assert app.file_uploader[0].label == "Take photos"
    assert "only over https" in words(app)


def test_what_the_camera_sends_is_taken_once_and_what_is_no_picture_is_not(photos):
    from base64 import b64encode

    from pages.teaching.snapping import _new

    picture = f"data:image/jpeg;base64,{b64encode(photos('zero', 1)[0][1]).decode()}"
    shots = [
        {"number": 1, "to": 2, "taken_s": 5.5, "picture": picture},
        {"number": 2, "to": 2, "taken_s": 6.5, "picture": "javascript:alert(1)"},
        {"number": 3, "to": 1, "taken_s": 7.5, "picture": f"{picture}<script>"},
    ]
    found = list(_new({"visit": "v", "shots": shots}, "v"))
    assert [(one.to, one.taken_s) for one in found] == [(2, 5.5)]
    assert found[0].data == photos("zero", 1)[0][1]
    assert list(_new({"visit": "other", "shots": shots}, "v")) == []


def test_it_is_taken_home_as_a_network_as_code_and_as_photos(teach, photos, monkeypatch):
    """What the buttons would give, asked of what the page hands them."""
    app = two_classes(teach(), photos)
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"The network", "The lesson as code", "Your photos by class"} <= set(labels)
    lessons = app.session_state["remembered taught lessons"]
    (lesson,) = [one for one in lessons.values() if len(one.looked.photos) == 8]
    data = lesson.as_safetensors()
    assert json.loads(_metadata(data)["note"])["classes"] == ["zero", "seven"]


def _metadata(data):
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]


@pytest.mark.slow
def test_of_a_visit_two_lessons_are_kept_and_small_photos_only(teach, photos):
    app = two_classes(teach(), photos)
    for count in range(3):
        send(app, *photos("zero", 1, start=10 + count), to=1)
    assert len(app.session_state["remembered taught lessons"]) == 2
    large = Image.fromarray(np.random.default_rng(0).integers(0, 255, (1500, 2000, 3), np.uint8))
    file = io.BytesIO()
    large.save(file, "JPEG", quality=95)
    send(app, ("large.jpg", file.getvalue(), "image/jpeg"), to=1)
    kept = app.session_state[own.COLLECTION].trays[0].shots[-1].source
    assert len(kept) < len(file.getvalue()) / 4
    assert Image.open(io.BytesIO(kept)).size == (512, 384)


class Sent(io.BytesIO):
    """A file as Streamlit hands it over."""

    name, file_id = "my.zip", "one upload"


def test_a_run_that_is_cut_off_while_it_takes_photos_in_takes_none_twice(photos, monkeypatch):
    class CutOffError(Exception):
        pass

    def cut_off_at_third(data, name):
        if len(kept.trays[0].shots) == 2:
            raise CutOffError
        return small_shot(data, name)

    kept, files = Collection(), {f"zero/{at}.jpg": data for at, (_, data, _) in enumerate(photos("zero", 5))}
    sent = [Sent(zipped(files))]
    monkeypatch.setattr(small, "small_shot", cut_off_at_third)
    with pytest.raises(CutOffError):
        list(bringing._take_in(kept, 1, sent))
    monkeypatch.setattr(small, "small_shot", small_shot)
    assert list(bringing._take_in(kept, 1, sent)) == []
    assert len(kept.trays[0].shots) == len({shot.source for shot in kept.trays[0].shots}) == 5


def until_it_learns_no_more(app):
    """Run the page until nothing is under way in the background."""
    for _ in range(600):
        if not app.get("progress"):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("the fine-tuning has not ended")


def test_the_last_stage_is_fine_tuned_on_request_and_all_that_is_said_is_of_that_network(teach, photos, words):
    app = two_classes(teach(learns=STAGE), photos)
    before = words(app)
    assert "Each photo is asked of a head" in before, "nothing is trained unasked"
    app.button(key="fine_tune").click().run()
    app = until_it_learns_no_more(app)
    said = words(app)
    assert not app.exception
    assert re.search(r"## \d of 8 right.*Frozen features, in the same parts: \d of 8", said, re.S)
    assert "conv4_x fine-tuned, and measured," in said
    (course,) = app.session_state["remembered courses"].values()
    assert course.found.as_safetensors() != course.lesson.as_safetensors()
    assert course.kept_bytes == 2 * sum(one.nbytes for one in course.found.network.parameters())
    send(app, *photos("seven", 1, start=25), to=ASK)
    assert "## seven, " in words(app)
    asked = {key[-1]: one for key, one in app.session_state["remembered asked"].items()}
    assert list(asked) == ["conv4_x"]
    send(app, *photos("zero", 1, start=6), to=1)
    assert app.button(key="fine_tune"), "another photo is another lesson"
    assert "in the same parts" not in words(app)
    app.segmented_control(key="learns").set_value(HEAD).run()
    assert not [one for one in app.button if one.key == "fine_tune"]


@pytest.fixture
def held(monkeypatch):
    """Fine-tuning that goes on until it is cancelled or let go: held.began, held.go, held.ended."""
    held = SimpleNamespace(began=threading.Event(), go=threading.Event(), ended=threading.Event())

    def run(lesson, photos, progress):
        held.began.set()
        try:
            while not held.go.wait(0.01):
                progress(0.4)
        finally:
            held.ended.set()
        return lesson

    monkeypatch.setattr(lesson_module, "tuned_lesson", run)
    yield held
    held.go.set()


def test_it_is_cancelled_and_can_be_started_again(teach, photos, words, held):
    app = two_classes(teach(learns=STAGE), photos)
    app.button(key="fine_tune").click().run()
    assert held.began.wait(10)
    app.run()
    assert "40 % fine-tuned" in str(app.get("progress")[0].proto).replace("\\302\\240", " ").replace("\u00a0", " ")
    app.button(key="cancel_tuning").click().run()
    assert held.ended.wait(10)
    assert app.run().button(key="fine_tune")
    assert "of 8 right" in words(app)


def test_where_there_is_no_room_for_another_network_nothing_begins(teach, photos, words, held, monkeypatch):
    app = two_classes(teach(learns=STAGE), photos)
    (course,) = app.session_state["remembered courses"].values()
    assert course.kept_bytes == 0
    monkeypatch.setattr("pages.photo.held.MOST_OF_ALL", course.takes)
    app.button(key="fine_tune").click().run()
    assert "the server keeps" in words(app)
    assert "Nothing was begun: try again in some minutes." in words(app)
    assert not held.began.is_set()
    monkeypatch.setattr("pages.photo.held.MOST_OF_ALL", 2 * course.takes)
    app.button(key="fine_tune").click().run()
    assert held.began.wait(10)
    assert "Nothing was begun" not in words(app)


def test_who_leaves_while_it_trains_leaves_nothing_behind(teach, photos, held):
    app = two_classes(teach(learns=STAGE), photos)
    app.button(key="fine_tune").click().run()
    assert held.began.wait(10)
    assert not held.ended.wait(0.2)
    (course,) = app.session_state["remembered courses"].values()
    left = [weakref.ref(course), weakref.ref(course.lesson.network)]
    del app, course  # the session goes
    gc.collect()
    assert held.ended.wait(10), "it trains for nobody"
    for _ in range(100):
        gc.collect()
        if not any(one() for one in left):
            break
        time.sleep(0.05)
    assert not any(one() for one in left), "the photos, and what was learnt"
