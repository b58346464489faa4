"""What several pages share: every cached result, the theme in use, and the selectors."""

from __future__ import annotations

import atexit
import gc
import os
import threading
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from resnet_core.anatomy.counting.calls import Trace
    from resnet_core.anatomy.reconcile.explain import Explanation
    from resnet_core.anatomy.tables.consequences import Consequence
    from resnet_core.figures.training.race_view import RaceView
    from resnet_core.inference.pool import ClassifierPool
    from resnet_core.inference.samples import Sample
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.recorded import RecordedRun
    from resnet_core.lab.runs.records import RunSnapshot
    from resnet_core.weights.download_jobs import Downloads
    from resnet_core.weights.record import Weights

ROUTER_HAS_RUN = threading.Event()  # set by app.py, once in a server's life


def theme_name() -> str:
    """ "light" or "dark": what the visitor sees now."""
    return "dark" if st.context.theme.type == "dark" else "light"


@st.cache_resource(max_entries=256, show_spinner=False)
def traced(model: str, size: int, channels: int) -> Trace:
    """The trace of a catalogue variant at `size` x `size` pixels with `channels` input channels."""
    spec = rc.get_spec(model).override(in_channels=channels)
    return rc.trace_model(spec, (1, channels, size, size))


@st.cache_resource(max_entries=256, show_spinner=False)
def tables(model: str, size: int, channels: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layer table and stage table of `traced`; shared between visitors, so never changed in place."""
    trace = traced(model, size, channels)
    return rc.layer_table(trace), rc.stage_table(trace)


@st.cache_resource(max_entries=256, show_spinner=False)
def walked(model: str, size: int, channels: int) -> Trace:
    """The same as `traced` by arithmetic, which needs no PyTorch: there at once on a server that has just started."""
    spec = rc.get_spec(model).override(in_channels=channels)
    return rc.walk_spec(spec, (1, channels, size, size))


@st.cache_resource(max_entries=64, show_spinner=False)
def diagram(model: str, size: int, channels: int, unit: str) -> dict[str, Any]:
    """All levels of the drawing of `walked`; shared between visitors, so never changed in place."""
    return rc.figures.diagram_payload(walked(model, size, channels), unit)


@st.cache_resource(max_entries=64, show_spinner=False)
def way(model: str, size: int, channels: int, unit: str) -> dict[str, Any]:
    """One picture's way through `walked`, stop by stop; shared between visitors, so never changed in place."""
    return rc.figures.journey_payload(walked(model, size, channels), unit)


@st.cache_resource(max_entries=256, show_spinner="Trying the ways to count")
def explained(model: str, seen: str) -> Explanation:
    """Which rules give a count of `model` that someone read elsewhere."""
    from resnet_core.anatomy.reconcile.explain import explain_count

    return explain_count(model, seen)


@st.cache_data(max_entries=256, show_spinner=False)
def exported(model: str, size: int, channels: int, form: str) -> str:
    """The layer table as text in one of the export formats."""
    from resnet_core.anatomy.tables.export import export_table

    layers, _ = tables(model, size, channels)
    return export_table(layers, form)


@st.cache_data(max_entries=256, show_spinner=False)
def counted_modules(channels: int, width: int, groups: int) -> dict[str, int]:
    """PyTorch's own count of the three stacks of the Bottleneck page."""
    from resnet_core.anatomy.tables.bottleneck import build_stack

    comparison = rc.compare_bottleneck(channels, width, groups)
    stacks = {name: build_stack(comparison, name) for name in ("bottleneck", "basic", "equal_cost")}
    return {name: sum(p.numel() for p in stack.parameters()) for name, stack in stacks.items()}


@st.cache_data(ttl=60, show_spinner=False)
def all_weights() -> list[Weights]:
    """Every set of weights that Classify offers: yours, the bundled ones, torchvision's."""
    from resnet_core.weights.library import list_weights

    return list_weights()


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


@st.cache_resource(max_entries=16, show_spinner="Timing each layer")
def layer_durations(weights: str, _network: rc.Classifier) -> dict[str, float]:
    """Milliseconds of each layer by path. They tell of this machine and of no picture, so all visitors share them."""
    with decoding_slot():
        return {layer.path: layer.duration_ms for layer in rc.layer_times(_network.model)}


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


@st.cache_data(show_spinner=False)
def samples() -> dict[str, Sample]:
    """The bundled sample pictures by name."""
    from resnet_core.inference.samples import list_samples

    return {sample.name: sample for sample in list_samples()}


@st.cache_resource(max_entries=16, show_spinner=False)
def sample_picture(name: str) -> Image:
    """A bundled sample picture; shared between visitors, so never changed in place."""
    from resnet_core.inference.samples import load_sample

    return load_sample(name)


@st.cache_data(show_spinner="Reading the published accuracies")
def accuracies() -> pd.DataFrame:
    """Every published accuracy of the family, with its cost."""
    from resnet_core.anatomy.tables.family import accuracy_table

    return accuracy_table(rc.list_models())


@st.cache_data(show_spinner="Counting what the papers print")
def published_counts() -> pd.DataFrame:
    """Each printed count, what is counted here, and the rule that lies between."""
    import pandas as pd

    from resnet_core.anatomy.reconcile.explain import explain_published

    rows = [
        {
            "network": row.printed,
            "printed": f"{row.text} {row.quantity}",
            "counted here": explanation.matches[0].value if explanation and explanation.matches else None,
            "why": explanation.sentence if explanation else "This network is not built here.",
            "source": row.source,
        }
        for row, explanation in explain_published()
    ]
    return pd.DataFrame(rows).astype({"counted here": "Int64"})


@st.cache_data(show_spinner=False)
def published_errors() -> dict[str, pd.DataFrame]:
    """The papers' tables of errors, by name."""
    import pandas as pd

    from resnet_core.anatomy.papers.published import ERROR_TABLES

    tables = {name: pd.DataFrame([asdict(row) for row in rows]) for name, rows in ERROR_TABLES.items()}
    order = ["printed", "top1", "top5", "test", "variant", "note", "source"]
    return {name: table.replace("", None)[order].dropna(axis="columns", how="all") for name, table in tables.items()}


@st.cache_resource(max_entries=16, show_spinner=False)
def measured(defect: str) -> Consequence:
    """What one defect of the published listings does; shared between visitors, so never changed in place."""
    from resnet_core.anatomy.tables.consequences import consequence

    return consequence(defect)


@st.cache_data(show_spinner=False)
def framework_blocks(block: str) -> list[str]:
    """Source of one block in PyTorch, Flax and Keras."""
    from resnet_core.models.frameworks import FRAMEWORKS, block_source

    return [block_source(framework, block) for framework in FRAMEWORKS]


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


@st.cache_resource(ttl=1.0, max_entries=64, show_spinner=False)
def race_view(run_id: str, moment: str, theme: str, _run: RunSnapshot) -> RaceView:
    """A race as everyone sees it: drawn at most once a second, however many watch."""
    from resnet_core.figures.training.race_view import draw_race

    return draw_race(_run, theme)


@st.cache_resource(max_entries=2, show_spinner=False)
def finished_races(newest: int) -> list[RunSnapshot]:
    """The races that ended last, newest first; read again once `newest`, the history's last number, has grown."""
    return job_manager().history.latest()


@st.cache_resource(show_spinner=False)
def recordings() -> dict[str, RecordedRun]:
    """The recorded runs that are bundled, by name; shared between visitors."""
    from resnet_core.lab.runs.recorded import recorded_runs

    return recorded_runs()


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load PyTorch in the background once the first page has been answered, so that the next one is quick."""
    if os.environ.get("RESNET_WARM_UP", "on") != "off":
        timer = threading.Timer(1.0, _load_torch)
        timer.daemon = True
        timer.start()


def _load_torch() -> None:
    import_module("resnet_core.anatomy.trace.trace").trace_model("resnet18")
    import_module("resnet_core.figures.stages")
    keep_libraries("anatomy")


@cache
def keep_libraries(loaded: str) -> None:
    """Take what the libraries hold out of garbage collection, once for each part of them that is loaded late.

    Streamlit collects after each run of a page, and answers nobody meanwhile: through all that PyTorch, pandas and
    OpenVINO hold it takes 0.3 s to 0.4 s.
    """
    gc.collect()
    gc.freeze()
