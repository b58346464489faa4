"""What one server holds for all its visitors: loaded networks, downloads, races, and libraries that are warm."""

from __future__ import annotations

import atexit
import gc
import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import net_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import script_runner

import resnet_core as rc

if TYPE_CHECKING:
    from resnet_core.inference.pool import ClassifierPool
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.weights.download_jobs import Downloads

ROUTER_HAS_RUN = threading.Event()  # set by app.py, once in a server's life


def ask_nobody_for_our_address() -> None:
    """Keep Streamlit from asking a server on the internet what this machine's address is.

    It does so for a visitor from a name that it does not know. An empty address counts as asked. What it would ask at
    its start is kept back in .streamlit/config.toml: at that time no line of ours has run.
    """
    net_util._external_ip = ""


def route_ourselves() -> None:
    """Have each visit begin in app.py, which alone knows the pages and their addresses.

    Until it has run once, Streamlit would take the files of pages/ for the pages, and their names for the addresses.
    """
    PagesManager.uses_pages_directory = False


def collect_sparingly() -> None:
    """Let Streamlit's garbage collections, one after each run of a page, take a tenth of the time at most.

    Each walks through all that visitors and caches hold, and nobody is answered meanwhile: with forty visitors it was
    a third of all that the server did. Python itself collects as ever.
    """
    vars(script_runner)["gc"] = SimpleNamespace(collect=Sparing(gc.collect))


class Sparing:
    """Does something only if at least nine times as long as it took has passed since it was done last."""

    def __init__(self, act: Callable[[int], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._act, self._clock = act, clock
        self._not_before = -float("inf")

    def __call__(self, generation: int) -> int:
        """As `gc.collect`; 0 where it is left out."""
        began = self._clock()
        if began < self._not_before:
            return 0
        self._not_before = float("inf")  # one of several threads is enough
        found = self._act(generation)
        ended = self._clock()
        self._not_before = ended + 9 * (ended - began)
        return found


@st.cache_resource(show_spinner=False)
def _classifier_pool() -> ClassifierPool:
    """The loaded networks of this server."""
    from resnet_core.inference.pool import ClassifierPool

    return ClassifierPool()


def classifier(weights: str) -> rc.Classifier:
    """The network behind Classify: loaded once, shared by all visitors."""
    with st.spinner("Loading the network"):
        network = _classifier_pool().get(weights)
    keep_libraries("inference")
    return network


def decoding_slot() -> AbstractContextManager[None]:
    """A place to decode and classify a picture: four at once, however many visitors upload.

    Raises:
        QueueFullError: if too many wait already.
    """
    return _classifier_pool().slot()


@st.cache_resource(show_spinner=False)
def downloads() -> Downloads:
    """The downloads of this server, shared by all visitors."""
    from resnet_core.weights.download_jobs import Downloads

    return Downloads()


def may_download() -> bool:
    """Whether visitors may make this server fetch weights: not with RESNET_DOWNLOADS=off. Commands always may."""
    return os.environ.get("RESNET_DOWNLOADS", "on") != "off"


@st.cache_resource(show_spinner=False)
def job_manager() -> JobManager:
    """The races of this server: one queue for all visitors, with a history that outlives a restart."""
    from resnet_core.cache import cache_folder
    from resnet_core.lab.runs.history import RunHistory
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.limits import server_limits

    manager = JobManager(RunHistory(cache_folder() / "races.sqlite"), server_limits())
    atexit.register(manager.close)  # keeps what runs; and a thread inside PyTorch would abort a server that ends
    return manager


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load PyTorch in the background once the first page has been answered, so that the next one is quick."""
    if os.environ.get("RESNET_WARM_UP", "on") != "off":
        timer = threading.Timer(1.0, load_all)
        timer.daemon = True
        timer.start()


def load_all() -> None:
    """Load what the pages need, up to the network that answers first: its libraries take longer than all else."""
    load_torch()
    import_module("resnet_core.weights.library").survey_weights()  # torchvision's list of what is published
    import_module("resnet_core.figures.photo.predictions")
    network = _classifier_pool().get(import_module("resnet_core.weights.record").DEFAULT_WEIGHTS)
    network.predict(import_module("resnet_core.inference.samples").load_sample("coffee"))
    keep_libraries("inference")


def load_torch() -> None:
    """Load what the pages about networks need, and keep it out of garbage collection."""
    import_module("resnet_core.anatomy.trace.trace").trace_model("resnet18")
    import_module("resnet_core.figures.accuracy")
    keep_libraries("anatomy")


@cache
def keep_libraries(loaded: str) -> None:
    """Take what the libraries hold out of garbage collection, once for each part of them that is loaded late.

    Streamlit collects after each run of a page, and answers nobody meanwhile: through all that PyTorch, pandas and
    OpenVINO hold it takes 0.3 s to 0.4 s.
    """
    # What visitors have open at this moment is frozen too. Of that, only circles of objects that die later stay for
    # good; all else goes as ever, with the last reference to it. A server freezes at most twice in its life, once for
    # each value of `loaded`, and collects before, so this holds at most what was open at these two moments.
    gc.collect()
    gc.freeze()
