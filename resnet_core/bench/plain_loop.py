"""The training loop that most tutorials show: DataLoader, torchvision's transforms, fp32, NCHW."""

from __future__ import annotations

import os
from typing import Any, Self

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from resnet_core.lab.data.sets import DataSet
from resnet_core.models.network import build_model

WORKERS = 2  # as in PyTorch's own CIFAR-10 tutorial


class PlainLoop:
    """A network in training. Leaving the `with` block ends the DataLoader's processes."""

    def __init__(self, model: str, data: DataSet, batch_size: int, device: torch.device) -> None:
        self.device = device
        self.model = build_model(model, num_classes=len(data.classes), in_channels=data.channels, seed=0).to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
        workers = min(WORKERS, os.cpu_count() or 1)
        self.loader = DataLoader(
            Pictures(data), batch_size, shuffle=True, drop_last=True, num_workers=workers,
            pin_memory=device.type == "cuda", persistent_workers=workers > 0,
        )  # fmt: skip
        self._batches: Any = iter(())

    def run(self, steps: int) -> None:
        """Take so many steps, and read the loss of each, as a loop that prints it does."""
        self.model.train()
        total = 0.0
        for _ in range(steps):
            images, labels = self._next()
            images, labels = images.to(self.device), labels.to(self.device)
            loss = F.cross_entropy(self.model(images), labels)
            self.optimizer.zero_grad()
            torch.autograd.backward(loss)
            self.optimizer.step()
            total += loss.item()
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def _next(self) -> tuple[Tensor, Tensor]:
        batch = next(self._batches, None)
        if batch is None:
            self._batches = iter(self.loader)
            batch = next(self._batches)
        return batch[0], batch[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutdown = getattr(self._batches, "_shutdown_workers", None)
        if shutdown is not None:
            shutdown()


class Pictures(Dataset[tuple[Tensor, int]]):
    """A data set as torchvision's CIFAR10 gives it: one PIL picture at a time, transformed on its own."""

    def __init__(self, data: DataSet) -> None:
        from torchvision import transforms

        self.images = data.train_images.permute(0, 2, 3, 1).numpy()
        self.labels = data.train_labels.tolist()
        self.transform = transforms.Compose([
            transforms.RandomCrop(data.image_size, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(data.mean, data.std),
        ])  # fmt: skip

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]
