"""gpu_share(): for how much of a loop's time the GPU computes."""

from __future__ import annotations

import time
from collections.abc import Callable

from torch.profiler import ProfilerActivity, profile


def gpu_share(loop: Callable[[], None]) -> float:
    """Summed duration of all kernels and copies on the GPU, divided by the loop's time on the wall: 0 to 1.

    The loop runs twice: on its own for the time, since watching costs some, then watched for the kernels.
    It must end by waiting for the GPU.
    """
    loop()  # prepares kernels and memory
    started = time.perf_counter()
    loop()
    seconds = time.perf_counter() - started
    with profile(activities=[ProfilerActivity.CUDA]) as watched:
        loop()
    busy_us = sum(event.self_device_time_total for event in watched.key_averages())
    return float(busy_us) / 1e6 / seconds
