"""Team: the processes that train one network together, as `torchrun` starts them, or one process alone.

Each process takes its slice of the global batch, and DDP averages their gradients: without batch norm the run is
that of one process, up to rounding. Batch norm takes its statistics from each process's own slice, as is usual.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from resnet_core.models.compute import pick_device


@dataclass(frozen=True, slots=True)
class Team:
    """This process's place among `size` processes. The one of rank 0 writes and prints."""

    rank: int = 0
    size: int = 1

    @property
    def writes(self) -> bool:
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The module to call in training: its backward pass averages the gradients of all processes."""
        return model if self.size == 1 else DistributedDataParallel(model)

    def mean(self, values: Tensor) -> Tensor:
        """Mean over all processes, on the device of `values`."""
        if self.size > 1:
            dist.all_reduce(values)
            values /= self.size
        return values

    def sums(self, numbers: tuple[float, ...], device: torch.device) -> tuple[float, ...]:
        """The sum of each number over all processes."""
        if self.size == 1:
            return numbers
        values = torch.tensor(numbers, dtype=torch.float64, device=device)
        dist.all_reduce(values)
        return tuple(values.tolist())

    def share_buffers(self, model: nn.Module) -> None:
        """Give every process the writer's running means and variances of batch norm."""
        if self.size > 1:
            for buffer in model.buffers():
                dist.broadcast(buffer, src=0)

    def share(self, value: Any) -> Any:
        """What the writer has, in every process."""
        if self.size == 1:
            return value
        held = [value]
        dist.broadcast_object_list(held, src=0)
        return held[0]


ALONE = Team()


@contextmanager
def join_team(device: str = "auto") -> Iterator[tuple[Team, str]]:
    """This process's team and device: a GPU of its own for each process on a machine, where there are GPUs.

    Raises:
        InvalidSpecError: for a device that is not there.
    """
    if not dist.is_torchelastic_launched():
        yield ALONE, device
        return
    if pick_device(device).type == "cuda":
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield Team(dist.get_rank(), dist.get_world_size()), device
    finally:
        dist.destroy_process_group()


@contextmanager
def first_of_machine() -> Iterator[None]:
    """One process of each machine does what stands inside before the others do: it downloads, they find it."""
    waits = dist.is_initialized() and os.environ["LOCAL_RANK"] != "0"
    if waits:
        dist.barrier()
    yield
    if dist.is_initialized() and not waits:
        dist.barrier()
