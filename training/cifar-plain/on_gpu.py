"""CIFAR networks by the paper's recipe on one GPU, a CUDA graph a step; all see the same pictures in the same order.

    python training/cifar-plain/on_gpu.py --data DIR --models cifar_plain20,cifar_plain56 --epochs 60 --out DIR

DIR of --data holds CIFAR-10 as folders, `train/CLASS/NNNN.jpg` and `test/CLASS/NNNN.jpg`, or as `train` reads it.
Rate 0.1, divided by 10 at a half and at three quarters; momentum 0.9, weight decay 1e-4 (He et al. 2015, section 4.2).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

import resnet_core as rc
from resnet_core.lab.data.sets import DataSet, load_data

RATE, MOMENTUM, DECAY, PAD = 0.1, 0.9, 1e-4, 4
TEST_BATCH = 1000
SHUFFLED_BY = 1234


class Learning:
    """One network, its momentum and its counts; `step` and `test` replay what was captured, where there is a GPU."""

    def __init__(self, name: str, batch: int, device: str) -> None:
        torch.manual_seed(0)
        self.name = name
        self.model = rc.build_model(name, device=device).train()
        self.parameters = list(self.model.parameters())
        self.momentum = [torch.zeros_like(one) for one in self.parameters]
        self.rate, self.loss, self.wrong = (torch.zeros((), device=device) for _ in range(3))
        self.test_loss, self.test_wrong = (torch.zeros((), device=device) for _ in range(2))
        self.images, self.labels = _room(batch, device)
        self.test_images, self.test_labels = _room(TEST_BATCH, device)
        self.history: list[dict[str, float | str]] = []
        self.step, self.test = self._step, self._test
        if device == "cuda":
            self._capture()

    def _step(self) -> None:
        logits = self.model(self.images)
        loss = F.cross_entropy(logits, self.labels)
        gradients = torch.autograd.grad(loss, self.parameters)
        with torch.no_grad():
            self.loss += loss
            self.wrong += (logits.argmax(1) != self.labels).sum()
            decayed = torch._foreach_add(list(gradients), self.parameters, alpha=DECAY)
            torch._foreach_mul_(self.momentum, MOMENTUM)
            torch._foreach_add_(self.momentum, decayed)
            torch._foreach_sub_(self.parameters, torch._foreach_mul(self.momentum, self.rate))

    @torch.no_grad()
    def _test(self) -> None:
        logits = self.model(self.test_images)
        self.test_wrong += (logits.argmax(1) != self.test_labels).sum()
        self.test_loss += F.cross_entropy(logits, self.test_labels, reduction="sum")

    def _capture(self) -> None:
        """Warm up, capture, and put the weights back."""
        kept = {name: value.clone() for name, value in self.model.state_dict().items()}
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            for _ in range(3):
                self._step()
        self.step = self._captured(self._step, stream)
        self.model.eval()
        with torch.cuda.stream(stream):
            self._test()
        self.test = self._captured(self._test, stream)
        self.model.train().load_state_dict(kept)
        torch._foreach_zero_(self.momentum)

    def _captured(self, work: Callable[[], None], stream: torch.cuda.Stream) -> Callable[[], None]:
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=stream):
            work()
        return graph.replay


def main() -> None:
    """Train all of them side by side, and write weights and histories."""
    told = _arguments()
    data = load_data("cifar10", told.data).to(torch.device(told.device))
    padded = F.pad(_normalised(data.train_images, data), [PAD] * 4)
    test = _normalised(data.validation_images, data), data.validation_labels
    networks = [Learning(name, told.batch, told.device) for name in told.models.split(",")]
    generator = torch.Generator(told.device).manual_seed(SHUFFLED_BY)
    steps, begun = len(padded) // told.batch, time.monotonic()
    for epoch in range(told.epochs):
        images, labels = _cut(padded, generator), data.train_labels
        order = torch.randperm(len(labels), device=told.device, generator=generator)
        rate = RATE * (1 if epoch < told.epochs / 2 else 0.1 if epoch < told.epochs * 3 / 4 else 0.01)
        for one in networks:
            one.rate.fill_(rate)
            _zero(one.loss, one.wrong, one.test_loss, one.test_wrong)
        for step in range(steps):
            chosen = order[step * told.batch : (step + 1) * told.batch]
            for one in networks:
                one.images.copy_(images[chosen])
                one.labels.copy_(labels[chosen])
                one.step()
        for one in networks:
            _measure(one, *test)
            row = {
                "arm": one.name, "epoch": epoch + 1, "step": (epoch + 1) * steps, "learning_rate": rate,
                "train_loss": round(one.loss.item() / steps, 5),
                "train_error": round(one.wrong.item() / steps / told.batch, 5),
                "validation_loss": round(one.test_loss.item() / len(test[1]), 4),
                "validation_error": round(one.test_wrong.item() / len(test[1]), 4),
                "elapsed_s": round(time.monotonic() - begun, 1),
            }  # fmt: skip
            one.history.append(row)
            print(row, flush=True)
    for one in networks:
        torch.save(one.model.state_dict(), told.out / f"{one.name}.pt")
        (told.out / f"{one.name}.json").write_text(json.dumps(one.history), "utf-8")


def _normalised(images: Tensor, data: DataSet) -> Tensor:
    mean, std = (torch.tensor(one, device=images.device).view(1, 3, 1, 1) for one in (data.mean, data.std))
    return (images.float() / 255 - mean) / std


def _cut(padded: Tensor, generator: torch.Generator) -> Tensor:
    """A random square of 32 pixels out of each padded picture, half of them mirrored."""
    count, side, device = len(padded), padded.shape[-1] - 2 * PAD, padded.device
    inside = torch.arange(side, device=device)
    rows, columns = (
        torch.randint(2 * PAD + 1, (count, 1), device=device, generator=generator) + inside for _ in range(2)
    )  # fmt: skip
    mirrored = torch.rand(count, 1, device=device, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    numbers = torch.arange(count, device=device)[:, None, None]
    return padded[numbers, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2).contiguous()


def _measure(one: Learning, images: Tensor, labels: Tensor) -> None:
    one.model.eval()
    for first in range(0, len(labels), TEST_BATCH):
        one.test_images.copy_(images[first : first + TEST_BATCH])
        one.test_labels.copy_(labels[first : first + TEST_BATCH])
        one.test()
    one.model.train()


def _room(count: int, device: str) -> tuple[Tensor, Tensor]:
    return torch.zeros(count, 3, 32, 32, device=device), torch.zeros(count, dtype=torch.long, device=device)


def _zero(*counts: Tensor) -> None:
    for one in counts:
        one.zero_()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    numbers = {"models": "cifar_plain20,cifar_plain56", "epochs": 60, "batch": 128, "device": "cuda"}
    for name, value in numbers.items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    return parser.parse_args()


if __name__ == "__main__":
    main()
