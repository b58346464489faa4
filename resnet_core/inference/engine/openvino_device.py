"""openvino_precisions(): what OpenVINO computes in on this processor, if it is here at all."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

_ONE_CORE = Lock()
# Ours -> OpenVINO's list of what the processor is good at.
_CAPABILITIES = {"fp32": "FP32", "bf16": "BF16", "fp16": "FP16"}


def openvino_precisions() -> frozenset[str]:
    """What OpenVINO computes in on this processor; empty where it is not installed or does not work."""
    return frozenset() if find_spec("openvino") is None else _supported()


def openvino_core() -> Any:
    """The one `openvino.Core` of this process."""
    with _ONE_CORE:  # a cache alone makes two where two threads ask first at the same time
        return _make_core()


@cache
def _make_core() -> Any:
    import openvino

    return openvino.Core()


@cache
def _supported() -> frozenset[str]:
    try:
        found = openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    except (ImportError, OSError, RuntimeError):  # a library of another system, or a processor it does not know
        return frozenset()
    return frozenset(ours for ours, theirs in _CAPABILITIES.items() if theirs in found)
