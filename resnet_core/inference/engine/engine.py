"""Engine: runs one network in the best way there is here, answers from the start, and says how."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.engine.choice import EngineChoice, choices_for, plain_choice
from resnet_core.inference.engine.cuda import CudaGraphRunner
from resnet_core.inference.engine.eager import EagerRunner
from resnet_core.inference.engine.numbers import FP16_REACH, check_logits, check_weights, largest_value
from resnet_core.inference.engine.openvino import OpenVinoRunner
from resnet_core.models.compute import pick_device
from resnet_core.models.network import ResNet, build_model

Runner = Callable[[Tensor], Tensor]
RUNNERS: dict[str, Callable[[ResNet, EngineChoice, tuple[int, int, int]], Runner]] = {
    "cuda_graphs": CudaGraphRunner,
    "eager": EagerRunner,
    "openvino": OpenVinoRunner,
}
READY_S = 3.0
MAX_BATCH = {"cpu": 16, "mps": 32, "cuda": 256}  # pictures at once; more gains nothing and takes memory

EXACTLY = "In 16 bits this answer lay so near a limit that rounding might have changed it."
FULL_GPU = "The GPU is out of memory, so the CPU answers."

# What OpenVINO and PyTorch raise where a way to run does not work here; the next way is tried then.
_UNUSABLE = (InvalidSpecError, RuntimeError, OSError, MemoryError, ImportError)


class Engine:
    """A network, ready to answer. Threads may share it.

    The best way to run it is prepared in a thread of its own. If that takes longer than `ready_s` seconds, the
    network answers as it was loaded until then. When a GPU runs out of memory, the CPU takes over, for good.

    Attributes:
        model: the plain network, unfolded, on its device: for looking inside.
        note: what a visitor should know about how it answers; empty as long as all is well.

    Args:
        model: in eval mode. It is moved to the device.
        input_size: (C, H, W) of the pictures that it will get.
        device, precision: as for `Classifier.load`.
        backend: "auto", or one of `BACKENDS`.

    Raises:
        InvalidSpecError: for a device, precision or backend that does not exist here.
        WeightsError: for a network whose weights, or what becomes of a picture, are no numbers or huge.
    """

    def __init__(
        self,
        model: ResNet,
        input_size: tuple[int, int, int],
        device: str | torch.device = "auto",
        precision: str = "auto",
        backend: str = "auto",
        ready_s: float = READY_S,
    ) -> None:
        chosen = pick_device(str(device))
        choices = choices_for(chosen, precision, backend)
        check_weights(model)
        self._largest = largest_value(model, input_size)
        self._input_size, self._precision = input_size, precision
        self._lock = threading.Lock()
        self.note = ""
        try:
            self.model = model.to(chosen)
        except torch.OutOfMemoryError:
            self.model = _on_cpu(model)
            self.note, choices = FULL_GPU, _because_of_memory(choices_for(torch.device("cpu"), precision))
        self._state = self._plain(choices[0].device, f"{choices[0]} is being prepared.")
        # No daemon: a program that ends meanwhile waits for it, where OpenVINO's own threads would abort the process.
        # And an event, because Python 3.11 takes a thread for ended once Ctrl-C has interrupted a join of it.
        self._prepared = threading.Event()
        threading.Thread(target=self._prepare_once, args=(choices,), name="prepare-engine").start()
        self.wait(ready_s)

    @property
    def choice(self) -> EngineChoice:
        """How the next batch will run."""
        return self._state[1]

    def run(self, batch: Tensor, exactly: bool = False) -> tuple[Tensor, EngineChoice]:
        """(N, C, H, W) -> logits (N, classes), float32 on the CPU, and how they were computed.

        Args:
            exactly: in float32, call by call, whatever the choice is: for an answer that rounding would change.

        Raises:
            WeightsError: for an answer that is no number. All that is answered comes this way.
        """
        parts = [self._run_part(part, exactly) for part in torch.split(batch, MAX_BATCH[self.choice.device])]
        return torch.cat([check_logits(*part) for part in parts]), parts[-1][1]

    def wait(self, timeout_s: float | None = None) -> EngineChoice:
        """The choice once the preparation has ended, or `timeout_s` is over."""
        self._prepared.wait(timeout_s)
        return self.choice

    def _run_part(self, part: Tensor, exactly: bool) -> tuple[Tensor, EngineChoice]:
        runner, choice = self._plain(self.choice.device, EXACTLY) if exactly else self._state
        try:
            return runner(part), choice
        except torch.OutOfMemoryError:
            if choice.device == "cpu":
                raise
        del runner  # with what it holds on the GPU
        self.move_to_cpu()
        return self._run_part(part, exactly)

    def move_to_cpu(self) -> None:
        """Leave a GPU that is full, for good; `note` says so from then on. On the CPU it does nothing."""
        with self._lock:  # of several threads that fail at once, the first one moves
            if self._state[1].device == "cpu":
                return
            self.model = _on_cpu(self.model)
            self.note, choices = FULL_GPU, _because_of_memory(choices_for(torch.device("cpu"), self._precision))
            self._state = self._plain(choices[0].device, f"{choices[0]} is being prepared.")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self._prepare(choices)

    def _plain(self, device: str, why: str) -> tuple[Runner, EngineChoice]:
        choice = plain_choice(torch.device(device), why)
        return EagerRunner(self.model, choice, self._input_size), choice

    def _prepare_once(self, choices: Sequence[EngineChoice]) -> None:
        try:
            self._prepare(choices)
        finally:
            self._prepared.set()

    def _prepare(self, choices: Sequence[EngineChoice]) -> None:
        failed = ""
        for choice in choices:
            if choice.precision == "fp16" and self._largest > FP16_REACH:
                failed += f"fp16 does not work here: the values of this network reach {self._largest:.1e}. "
                continue
            try:
                runner = RUNNERS[choice.backend](self.model, choice, self._input_size)
            except _UNUSABLE as error:
                failed += f"{choice.backend} does not work here: {str(error).splitlines()[0]}. "
                continue
            self._swap_in(runner, replace(choice, why=failed + choice.why))
            return
        plain, choice = self._state
        self._swap_in(plain, replace(choice, why=failed + "The network runs as it was loaded."))

    def _swap_in(self, runner: Runner, choice: EngineChoice) -> None:
        with self._lock:
            if self._state[1].device == choice.device:  # meanwhile the CPU may have taken over
                self._state = (runner, choice)


def _on_cpu(model: ResNet) -> ResNet:
    """A copy that needs no more of the GPU's memory. Parameters that were moved already come back."""
    copy = build_model(model.spec, device="meta")
    copy.load_state_dict({name: tensor.cpu() for name, tensor in model.state_dict().items()}, assign=True)
    return copy.eval().requires_grad_(False)


def _because_of_memory(choices: Sequence[EngineChoice]) -> tuple[EngineChoice, ...]:
    return tuple(replace(choice, why=f"{FULL_GPU} {choice.why}") for choice in choices)
