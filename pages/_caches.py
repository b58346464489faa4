"""What two or more pages compute alike: once, then shared between visitors, so never changed in place."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._server import job_manager

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.counting.calls import Shape, Trace
    from resnet_core.figures.training.race_view import RaceView
    from resnet_core.inference.samples import Sample
    from resnet_core.lab.runs.recorded import RecordedRun
    from resnet_core.lab.runs.records import RunSnapshot
    from resnet_core.lab.theory.background import Background
    from resnet_core.weights.files import Unreadable
    from resnet_core.weights.record import Weights


@st.cache_resource(max_entries=64, show_spinner=False)  # of the deepest network it takes 2.4 MB
def walked(spec: rc.ModelSpec, size: int) -> Trace:
    """The trace of a network by arithmetic, which needs no PyTorch: there at once on a server that has just started."""
    return rc.walk_spec(spec, (1, spec.in_channels, size, size))


@st.cache_data(ttl=60, show_spinner=False)
def surveyed_weights() -> list[Weights | Unreadable]:
    """Every set of weights that Classify offers: yours, the bundled ones, torchvision's; and files that are none."""
    from resnet_core.weights.library import survey_weights

    return survey_weights()


def all_weights() -> list[Weights]:
    """Those that can be used."""
    from resnet_core.weights.record import Weights

    return [one for one in surveyed_weights() if isinstance(one, Weights)]


def unusable_weights() -> list[Unreadable]:
    """Files in the server's folder of weights that can't be used, each with the reason."""
    from resnet_core.weights.files import Unreadable

    return [one for one in surveyed_weights() if isinstance(one, Unreadable)]


@st.cache_data(show_spinner=False)
def samples() -> dict[str, Sample]:
    """The bundled sample pictures by name."""
    from resnet_core.inference.samples import list_samples

    return {sample.name: sample for sample in list_samples()}


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
    """The recorded runs that are bundled, by name."""
    from resnet_core.lab.runs.recorded import recorded_runs

    return recorded_runs()


@st.cache_resource(show_spinner=False)
def background() -> Background:
    """The experiments of this server: one at a time, their results kept for all."""
    from resnet_core.lab.theory.background import Background

    made = Background()
    atexit.register(made.close)
    return made


@st.cache_resource(max_entries=64, show_spinner=False)
def traced(model: str, input_shape: Shape) -> Trace:
    """The trace of a catalogue variant at an input of (N, C, H, W)."""
    return rc.trace_model(rc.get_spec(model).override(in_channels=input_shape[1]), input_shape)


@st.cache_resource(max_entries=64, show_spinner=False)
def tables(model: str, input_shape: Shape) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layer table and stage table of `traced`; shared between visitors, so never changed in place."""
    trace = traced(model, input_shape)
    return rc.layer_table(trace), rc.stage_table(trace)


@st.cache_data(max_entries=64, show_spinner=False)
def exported(model: str, input_shape: Shape, form: str) -> str:
    """The layer table as text in one of the export formats."""
    from resnet_core.anatomy.tables.as_text import export_table

    layers, _ = tables(model, input_shape)
    return export_table(layers, form)
