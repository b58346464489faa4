"""How the benchmarks measure: several ways of one thing in turn, and memory in processes of their own."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from resnet_core.errors import InvalidSpecError

ROOT = Path(__file__).resolve().parents[2]
_M_ARENA_MAX = -8  # of glibc's malloc.h
_STATUS = Path("/proc/self/status")  # of Linux; other systems' peak includes what the parent process held

# Peak after the work less resident before it, in MB. Run as a program of its own, with the work in the middle.
_PROBE = """
from pathlib import Path
def mb(key):
    lines = Path({status!r}).read_text('ascii').splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(key))
{imports}
before = mb("VmRSS")
{work}
print(mb("VmHWM") - before)
"""


def median_ms_in_turn(ways: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median duration of each way in milliseconds. All take their turn in each round, after one that is not counted.

    Raises:
        InvalidSpecError: for less than one repeat.
    """
    if repeats < 1:
        raise InvalidSpecError(f"repeats={repeats} does not work: measure at least once.")
    gc.collect()
    gc.freeze()  # what stands by now is no turn's garbage: the collection before each need not walk it
    try:
        rounds = [{name: _duration_ms(way) for name, way in ways.items()} for _ in range(repeats + 1)]
    finally:
        gc.unfreeze()
    return {name: median(times[name] for times in rounds[1:]) for name in ways}


def _duration_ms(way: Callable[[], object]) -> float:
    gc.collect()  # what an earlier turn has left behind is not this one's to clear
    started = time.perf_counter()
    way()
    return (time.perf_counter() - started) * 1000


def resident_growth_mb(imports: str, work: str) -> float | None:
    """By how much the resident memory of a fresh process peaks above what it has after its imports, in MB.

    Args:
        imports, work: lines of Python.

    Returns:
        None on systems without /proc.
    """
    if not _STATUS.exists():
        return None
    code = _PROBE.format(status=str(_STATUS), imports=imports, work=work)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def share_one_heap() -> None:
    """All threads take memory from one heap, as with MALLOC_ARENA_MAX=1; where the C library is glibc, else nothing.

    glibc gives each thread a heap of its own, up to eight for each core, and what is free in one serves no other.
    To be called while there are few threads. Source: mallopt(3).
    """
    _call_c_library("mallopt", _M_ARENA_MAX, 1)


def settled_mb() -> float | None:
    """Resident memory of this process in MB without what is free in its heaps; None on systems without /proc."""
    gc.collect()
    _call_c_library("malloc_trim", 0)
    return resident_mb()


def _call_c_library(name: str, *values: int) -> None:
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:  # musl has neither
        function(*values)


def resident_mb() -> float | None:
    """Resident memory of this process in MB; None on systems without /proc."""
    if not _STATUS.exists():
        return None
    lines = _STATUS.read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))
