"""One OpenVINO core in a process, however many ask for the first one at once."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from resnet_core.inference.engine import openvino_device


@pytest.fixture
def made(monkeypatch):
    """The cores that are made from now on; each takes a while, as a real one does."""
    cores = []

    def make():
        cores.append(object())
        time.sleep(0.05)
        return cores[-1]

    monkeypatch.setitem(sys.modules, "openvino", SimpleNamespace(Core=make))
    openvino_device._make_core.cache_clear()
    yield cores
    openvino_device._make_core.cache_clear()


def test_threads_that_ask_at_once_share_one_core(made):
    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda _: openvino_device.openvino_core(), range(4)))
    assert made == [given[0]]
    assert all(core is given[0] for core in given)
