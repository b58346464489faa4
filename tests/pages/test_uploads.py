"""What visitors send is bounded, for one of them and for the server, and what is refused is really freed."""

import gc
from types import SimpleNamespace
from weakref import WeakSet

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.photo import held
from pages.teaching.collected import Collection
from resnet_core.lab.teach.photos import Shot
from tests.uploads import png, upload


@pytest.fixture
def server(monkeypatch):
    """Streamlit's own shelf of uploads; "me" asks. send(visitor, file_id, size) puts a file there."""
    manager = MemoryUploadedFileManager("/upload")
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="me")
    monkeypatch.setattr(held, "get_script_run_ctx", lambda suppress_warning: context)
    monkeypatch.setattr(held, "_KEEPERS", WeakSet())  # other tests' visits may not have ended

    def send(visitor, name, size):
        manager.add_file(visitor, UploadedFileRec(name, f"{name}.png", "image/png", b"x" * size))
        return SimpleNamespace(file_id=name)

    def kept():
        return {visitor: sorted(files) for visitor, files in manager.file_storage.items()}

    return SimpleNamespace(send=send, kept=kept)


def test_one_visitor_may_fill_a_shelf_and_not_more(server, monkeypatch):
    monkeypatch.setattr(held, "MOST_OF_ONE", 3_000_000)
    first = server.send("me", "a", 3_000_000)
    server.send("you", "b", 2_000_000)
    assert held.refusal() == ""
    server.send("me", "c", 1_000_000)
    assert "would take 4.0\u00a0MB; this server keeps 3.0\u00a0MB for each visitor" in held.refusal()
    held.keep_only([first])
    assert server.kept() == {"me": ["a"], "you": ["b"]}
    assert held.refusal() == ""


def test_all_visitors_together_may_fill_the_server_and_not_more(server, monkeypatch):
    monkeypatch.setattr(held, "MOST_OF_ALL", 5_000_000)
    for visitor in ("you", "she", "me"):
        server.send(visitor, visitor, 2_000_000)
    assert "have 6.0\u00a0MB of files here, and this server keeps 5.0\u00a0MB" in held.refusal()
    held.keep_only([])
    assert server.kept() == {"you": ["you"], "she": ["she"], "me": []}


def test_photos_kept_on_teach_count_among_those_of_all_visitors_and_go_with_them(server, monkeypatch):
    monkeypatch.setattr(held, "MOST_OF_ALL", 5_000_000)
    kept = Collection()
    kept.add(1, Shot(bytes(4_000_000)))
    server.send("me", "a", 1_000_000)
    assert held.refusal() == ""
    server.send("me", "b", 1_000_000)
    assert "have 6.0\u00a0MB of files here, and this server keeps 5.0\u00a0MB" in held.refusal()
    del kept
    gc.collect()
    assert held.refusal() == ""


def test_what_is_forgotten_is_freed(server):
    server.send("me", "a", 1)
    held.forget([server.send("me", "b", 1)])
    assert server.kept() == {"me": ["a"]}


def photo(colour):
    return (f"{colour}.png", png(colour=colour), "image/png")


def test_photos_that_are_too_much_are_refused_in_a_sentence_and_the_earlier_ones_stay(open_page, monkeypatch, words):
    monkeypatch.setattr(held, "MOST_OF_ONE", 2 * len(png()) + 50)
    app = upload(open_page("classify"), photo("red"), photo("blue"))
    assert not app.warning
    app.file_uploader(key="photos").set_value([photo("green"), photo("red"), photo("blue")]).run()
    assert "The last ones were not taken" in words(app)
    assert app.dataframe[0].value.name.tolist() == ["red.png", "blue.png"]
    assert app.file_uploader(key="photos_1").value == []
    app.button(key="forget_photos").click().run()
    app.file_uploader(key="photos_1").set_value([photo("green")]).run()
    assert not app.warning
    assert "ms on" in words(app)


@pytest.mark.parametrize("name", ["photo.jfif", "PHOTO.JPG", "IMG_0001.HEIC", "without an ending"])
def test_any_ending_reaches_the_decoder(open_page, words, name):
    app = upload(open_page("classify"), (name, png(), ""))
    assert "whatever the file's name ends in" in words(app)
    assert "ms on" in words(app)
