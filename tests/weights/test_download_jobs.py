import threading
import time

import pytest

from resnet_core.errors import QueueFullError
from resnet_core.weights.download_jobs import STILL_THERE_S, Downloads
from resnet_core.weights.library import FOLDER_VARIABLE
from tests.weights_server import CONTENT, offered, serving


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


@pytest.fixture
def downloads():
    jobs = Downloads()
    yield jobs
    jobs.close()


def wait_until(met, limit_s=60):
    deadline = time.monotonic() + limit_s
    while not (value := met()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return value


def ended(jobs, weights, visitor="ann"):
    return wait_until(lambda: (now := jobs.look(weights.name, visitor)) and now.state != "running" and now)


def test_a_download_reports_and_finishes_without_anybody_waiting_for_it(downloads):
    with serving() as url:
        weights = offered(url)
        assert downloads.start(weights, "ann").state == "running"
        now = ended(downloads, weights)
    assert (now.state, now.message) == ("finished", "")
    assert (now.done_bytes, now.total_bytes) == (len(CONTENT), len(CONTENT))
    assert now.bytes_per_s > 0
    assert weights.path.read_bytes() == CONTENT


def test_who_asks_for_the_same_file_watches_the_same_download(downloads):
    log = []
    with serving("trickles", log) as url:
        weights = offered(url)
        downloads.start(weights, "ann")
        downloads.start(weights, "ann")
        assert downloads.start(weights, "bob").others == 1
        assert downloads.look(weights.name, "cleo").others == 2
        wait_until(lambda: downloads.look(weights.name, "bob").done_bytes > 0)
        assert log == [0]


@pytest.mark.parametrize("manner", ["stalls", "trickles"])
def test_cancel_ends_it_within_a_second_keeps_what_came_and_the_next_one_goes_on(downloads, manner):
    log = []
    with serving(manner, log) as url:
        weights = offered(url)
        downloads.start(weights, "ann")
        wait_until(lambda: downloads.look(weights.name, "ann").done_bytes > 0)
        asked = time.monotonic()
        now = downloads.cancel(weights.name, "ann")
        assert now.state == "cancelled"
        assert "are kept; the next one goes on from there" in now.message
        wait_until(lambda: not any(thread.name == "download" for thread in threading.enumerate()))
        assert time.monotonic() - asked < 1
    with serving("well", log) as url:
        again = offered(url)
        downloads.start(again, "ann")
        assert ended(downloads, again).state == "finished"
    assert log[0] == 0
    assert log[1] > 0
    assert again.path.read_bytes() == CONTENT


def test_cancel_leaves_a_download_that_somebody_else_watches():
    now = [0.0]
    jobs = Downloads(clock=lambda: now[0])
    with serving("trickles") as url:
        weights = offered(url)
        jobs.start(weights, "ann")
        jobs.look(weights.name, "bob")
        assert jobs.cancel(weights.name, "ann").state == "running"
        now[0] += STILL_THERE_S + 0.1  # bob closes his page
        assert jobs.cancel(weights.name, "ann").state == "cancelled"
        jobs.close()


def test_trouble_is_a_sentence_for_those_who_watched_and_for_nobody_else(downloads):
    with serving("refuses") as url:
        weights = offered(url)
        downloads.start(weights, "ann")
        now = ended(downloads, weights)
    assert now.state == "failed"
    assert "answered 404" in now.message
    assert downloads.look(weights.name, "bob") is None
    assert downloads.look("nothing", "ann") is None
    assert downloads.cancel("nothing", "ann") is None


def test_a_fault_of_ours_ends_the_download_with_a_sentence(downloads, monkeypatch, thread_failures):
    def broken(*_, **__):
        raise AssertionError("a mistake")

    monkeypatch.setattr("resnet_core.weights.download_jobs.fetch_weights", broken)
    weights = offered("http://127.0.0.1:9/resnet18-00000000.pth")
    downloads.start(weights, "ann")
    assert "unexpectedly" in ended(downloads, weights).message
    wait_until(lambda: thread_failures == [AssertionError])  # the server's log has it


def test_more_files_than_the_server_takes_on_are_refused_until_one_is_here():
    jobs = Downloads(at_once=0)
    with pytest.raises(QueueFullError, match="on their way already"):
        jobs.start(offered("http://127.0.0.1:9/resnet18-00000000.pth"), "ann")
