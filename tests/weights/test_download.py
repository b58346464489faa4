"""Downloads, from a server of the tests' own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request

import pytest
import torch
from filelock import FileLock
from torchvision import models

from resnet_core.errors import WeightsError
from resnet_core.weights.cancellation import Cancellation, DownloadCancelledError
from resnet_core.weights.download import StaysEncrypted, download
from resnet_core.weights.library import FOLDER_VARIABLE, fetch_weights, load_weights
from tests.weights_server import CONTENT, offered, serving


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    """torch hub's cache in a folder of the test's own, and no proxy between it and its server."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


def test_a_download_is_whole_checked_and_reported():
    seen = []
    with serving() as url:
        weights = fetch_weights(offered(url), progress=lambda done, total: seen.append((done, total)))
    assert weights.path.read_bytes() == CONTENT
    assert weights.availability == "on disk"
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert sorted(seen) == seen
    assert not list(weights.path.parent.glob("*.partial"))


def test_what_was_fetched_loads(tmp_path):
    torch.save(models.resnet18(num_classes=1000).state_dict(), tmp_path / "state.pth")
    with serving(content=(tmp_path / "state.pth").read_bytes()) as url:
        model, weights = load_weights(fetch_weights(offered(url)))
    assert model.spec.name == "resnet18"
    assert weights.classes[0] == "tench"


def test_a_broken_download_goes_on_where_it_broke():
    log = []
    with serving("truncates", log) as url:
        weights = fetch_weights(offered(url))
    assert weights.path.read_bytes() == CONTENT
    assert log == [0, 400_000, 800_000]


def test_a_cancelled_download_says_what_it_keeps_and_is_resumed():
    wish, log = Cancellation(), []
    with serving("well", log) as url:
        weights = offered(url)
        with pytest.raises(DownloadCancelledError, match=r"0\.[5-9] MB that have arrived are kept; the next"):
            fetch_weights(weights, lambda done, total: done > total / 2 and wish.cancel(), cancellation=wish)
        assert not weights.path.exists()
        assert fetch_weights(weights).path.read_bytes() == CONTENT
    assert log[0] == 0
    assert log[1] > len(CONTENT) / 2


@pytest.mark.parametrize("manner", ["stalls", "trickles"])
def test_cancelling_ends_the_wait_for_a_slow_server_within_a_second(manner):
    wish = Cancellation()
    with serving(manner) as url, ThreadPoolExecutor(1) as pool:
        begun = threading.Event()
        weights = offered(url)
        future = pool.submit(fetch_weights, weights, lambda done, total: done and begun.set(), cancellation=wish)
        assert begun.wait(10)
        time.sleep(0.1)  # it is reading again
        asked = time.monotonic()
        wish.cancel()
        with pytest.raises(DownloadCancelledError, match="was cancelled"):
            future.result(10)
        assert time.monotonic() - asked < 1
    assert weights.path.with_name(f"{weights.path.name}.partial").stat().st_size >= 1000


def test_cancelling_before_anything_has_arrived_says_so():
    wish = Cancellation()
    wish.cancel()
    with serving() as url, pytest.raises(DownloadCancelledError, match="Nothing had arrived yet; the next one begins"):
        fetch_weights(offered(url), cancellation=wish)


@pytest.mark.parametrize("left_over", [b"", CONTENT[:5000], CONTENT, CONTENT + b"more"])
def test_whatever_an_earlier_download_left_the_file_gets_whole(left_over):
    with serving() as url:
        weights = offered(url)
        weights.path.parent.mkdir(parents=True)
        weights.path.with_name(f"{weights.path.name}.partial").write_bytes(left_over)
        assert fetch_weights(weights).path.read_bytes() == CONTENT


def test_a_server_that_does_not_say_the_length_is_fine():
    seen = []
    with serving("hides the length") as url:
        assert fetch_weights(offered(url), lambda done, total: seen.append(total)).path.read_bytes() == CONTENT
    assert set(seen) == {0}


class Impatience(Cancellation):
    """Cancels a download that would ask a server in trouble for ever; `log` has a line for each time that it asks."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    @property
    def asked(self):
        return len(self.log) > 3


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("corrupts", "not the published file.*removed"),
        ("truncates at once", "connection broke after 0 of"),
        ("ignores ranges", "connection broke after 400,000 of"),
        ("stalls", "did not answer in time"),
        ("refuses", "answered 404"),
    ],
)
def test_a_server_in_trouble_is_a_sentence_with_the_way_out(manner, words):
    log = []
    with serving(manner, log) as url:
        weights = offered(url)
        with pytest.raises(WeightsError, match=rf"(?s){words}.*weights fetch resnet18\.IMAGENET1K_V1"):
            fetch_weights(weights, timeout_s=0.3 if manner == "stalls" else 20, cancellation=Impatience(log))
    assert not weights.path.exists()


def test_corrupt_bytes_are_not_resumed_from():
    with serving("corrupts") as url, pytest.raises(WeightsError):
        fetch_weights(offered(url))
    with serving() as url:
        assert fetch_weights(offered(url)).path.read_bytes() == CONTENT


def test_no_network_is_a_sentence_with_the_command_that_fetches_beforehand():
    with serving() as url:
        pass  # the port is closed now
    for address in (url, "http://no-such-host.invalid/resnet18-00000000.pth"):
        with pytest.raises(
            WeightsError, match=r"no connection.*python -m resnet_core weights fetch.*RESNET_WEIGHTS_DIR"
        ):
            fetch_weights(offered(address))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_a_sentence():
    with serving() as url:
        weights = offered(url)
        weights.path.parent.mkdir(parents=True)
        weights.path.with_name(f"{weights.path.name}.partial").symlink_to("/dev/full")
        with pytest.raises(WeightsError, match="free some space"):
            fetch_weights(weights)


def test_a_folder_that_can_not_be_written_is_a_sentence(tmp_path):
    (tmp_path / "torch").write_text("a file where the folder should be")
    with serving() as url, pytest.raises(WeightsError, match="can't be written"):
        fetch_weights(offered(url))


def test_two_at_once_do_not_fetch_the_same_file():
    with serving() as url:
        weights = offered(url)
        weights.path.parent.mkdir(parents=True)
        with FileLock(f"{weights.path}.lock"), pytest.raises(WeightsError, match="being fetched already"):
            fetch_weights(weights)
        assert fetch_weights(weights).path.read_bytes() == CONTENT


def test_more_bytes_than_the_file_can_have_are_refused_and_removed():
    for manner in ("well", "hides the length"):
        with serving(manner) as url:
            weights = offered(url)
            with pytest.raises(WeightsError, match=r"sends more than the 0\.5 MB that its file has at most"):
                download(url, weights.path, sha256=weights.sha256, limit=500_000)
        assert list(weights.path.parent.glob("*.partial")) == []
    with serving() as url, pytest.raises(WeightsError, match="sends more than"):
        fetch_weights(
            replace(offered(url), size_bytes=1000), lambda done, total: pytest.fail("too late") if done else None
        )


def test_without_a_known_hash_the_bytes_are_the_callers_to_check(tmp_path):
    with serving() as url:
        assert download(url, tmp_path / "a", sha256=None, limit=len(CONTENT)).read_bytes() == CONTENT


def test_a_redirect_is_followed_but_never_out_of_https(tmp_path):
    with serving("redirects") as url:
        assert download(url, tmp_path / "a", sha256=None).read_bytes() == CONTENT
    redirect = partial(StaysEncrypted().redirect_request, fp=None, code=302, msg="Found", headers={})
    assert redirect(Request("https://a.org/x"), newurl="https://b.org/x").full_url == "https://b.org/x"
    with pytest.raises(URLError, match=r"redirects from https to http://b\.org/x, which is not encrypted"):
        redirect(Request("https://a.org/x"), newurl="http://b.org/x")


def test_a_server_that_sends_the_whole_file_again_does_not_make_it_longer():
    log, seen = [], []
    with serving("starts over", log) as url:
        weights = offered(url)
        weights.path.parent.mkdir(parents=True)
        weights.path.with_name(f"{weights.path.name}.partial").write_bytes(CONTENT[:5000])
        fetched = fetch_weights(weights, lambda done, total: seen.append((done, total)))
    assert fetched.path.read_bytes() == CONTENT
    assert log == [5000]
    assert (seen[0], seen[-1]) == ((0, len(CONTENT)), (len(CONTENT), len(CONTENT)))
