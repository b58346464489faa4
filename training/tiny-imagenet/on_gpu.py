"""The network of 197 classes on one GPU, by the clock: the pictures live on it, and a teacher may stand beside.

    python training/tiny-imagenet/on_gpu.py --data DIR --stem cifar --sizes 40,48,56 --seconds 115 --out teacher.pt
    python training/tiny-imagenet/on_gpu.py --data DIR --teacher teacher.pt --smooth 0.05 --seconds 310 --out tiny.pt

DIR holds train_x.npy and val_x.npy (N, 64, 64, 3) uint8, train_y.npy and val_y.npy.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import resnet_core as rc

STORED = 64
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
GREY = (0.299, 0.587, 0.114)
TEMPERATURE, TEACHERS_SHARE = 2.0, 0.7  # of distillation (Hinton et al. 2015)
WARM, UNMIXED = 0.05, 0.12  # shares of the run: rate growing at its begin, pictures left unmixed at its end


def main() -> None:
    """Train until the time is up or the passes are done, and write weights and history."""
    told = _arguments()
    torch.manual_seed(told.seed)
    np.random.seed(told.seed)
    torch.backends.cudnn.benchmark = True
    (pictures, labels), held_out = (_pictures(told, part) for part in ("train", "val"))
    classes = int(labels.max()) + 1
    model = _network(told.stem, classes, told.device, told.width).train()
    teacher = None
    if told.teacher:
        teacher = _network("cifar", classes, told.device)
        teacher.load_state_dict(torch.load(told.teacher, weights_only=True))
        teacher.eval().requires_grad_(False)
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.SGD(
        [{"params": matrices, "weight_decay": told.decay}, {"params": vectors, "weight_decay": 0.0}],
        lr=told.rate, momentum=0.9, nesterov=True,
    )  # fmt: skip
    generator = torch.Generator(told.device).manual_seed(told.seed)
    sizes = [int(side) for side in told.sizes.split(",")]
    steps = len(pictures) // told.batch
    history, begun = [], time.monotonic()

    def share_done(step: int = 0) -> float:
        if told.epochs:
            return (len(history) * steps + step) / (told.epochs * steps)
        return (time.monotonic() - begun) / told.seconds

    while (past := share_done()) < 1:
        side = sizes[min(len(sizes) - 1, int(past * len(sizes)))]
        mixing = Mixing(told.cut, told.blend) if past < 1 - UNMIXED else Mixing(0, 0)
        order = torch.randperm(len(pictures), device=told.device, generator=generator)
        total = torch.zeros((), device=told.device)
        for step in range(steps):
            rate = told.rate * _share_of_rate(share_done(step))
            for group in optimizer.param_groups:
                group["lr"] = rate
            chosen = order[step * told.batch : (step + 1) * told.batch]
            images = augment(pictures[chosen], side, told.scale, told.native, generator)
            images, targets = mix(images, _smoothed(labels[chosen], classes, told.smooth), mixing, generator)
            loss = _loss(model, teacher, images.contiguous(memory_format=torch.channels_last), targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.detach()
        row = {"epoch": len(history) + 1, "size": side, "train_loss": float(total) / steps}
        history.append(row | {"elapsed_s": round(time.monotonic() - begun, 1)})
        if len(history) % 5 == 0:
            history[-1] |= accuracy(model, *held_out)
            print(history[-1], flush=True)
    history[-1] |= accuracy(model, *held_out)
    print(history[-1])
    torch.save(model.state_dict(), told.out)
    told.out.with_suffix(".json").write_text(json.dumps({"options": _plain(told), "history": history}), "utf-8")


@dataclass(frozen=True)
class Mixing:
    """Shares of the batches that are mixed by CutMix (Yun et al. 2019) and by mixup (Zhang et al. 2017)."""

    cut: float
    blend: float


def augment(images: Tensor, side: int, scale: float, native: float, generator: torch.Generator) -> Tensor:
    """(N, 3, 64, 64) uint8 to (N, 3, side, side), normalised: a random part resized, or a piece as it is stored.

    A third is softened first, as photographs made that small are; then mirrored, turned a little and coloured.

    Args:
        scale: least share of the area that a part has.
        native: share of the pictures of which a piece is taken as it is stored.
    """
    count, device = len(images), images.device

    def drawn() -> Tensor:
        return torch.rand(count, device=device, generator=generator)

    def chance(share: float) -> Tensor:
        return (drawn() < share).view(-1, 1, 1, 1)

    x = images.float() / 255
    soft = F.interpolate(x, scale_factor=0.7, mode="bilinear", antialias=True)
    soft = F.interpolate(soft, size=STORED, mode="bicubic", antialias=True).clamp(0, 1)
    x = torch.where(chance(0.35), soft, x)
    area, aspect = scale + (1 - scale) * drawn(), torch.exp((drawn() * 2 - 1) * math.log(4 / 3))
    width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    stored = drawn() < native
    width, height = (torch.where(stored, side / STORED, one) for one in (width, height))
    slack = torch.where(stored, 0.10, 0.0)  # a piece as stored may stick out a little
    left, top = (drawn() * 2 - 1) * (1 - width + slack), (drawn() * 2 - 1) * (1 - height + slack)
    mirror = torch.where(drawn() < 0.5, -1.0, 1.0)
    turn = torch.where((drawn() < 0.3) & ~stored, (drawn() * 2 - 1) * 0.3, 0.0)
    rows = (
        torch.stack([width * mirror * turn.cos(), -height * turn.sin(), left], 1),
        torch.stack([width * mirror * turn.sin(), height * turn.cos(), top], 1),
    )
    grid = F.affine_grid(torch.stack(rows, 1), [count, 3, side, side], align_corners=False)
    x = F.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    light, contrast, colour = ((1 + (drawn() * 2 - 1) * 0.4).view(-1, 1, 1, 1) for _ in range(3))
    y = x * light
    middle = y.mean((1, 2, 3), keepdim=True)
    y = (y - middle) * contrast + middle
    grey = (y * _column(GREY, device)).sum(1, keepdim=True)
    x = torch.where(chance(0.8), ((y - grey) * colour + grey).clamp(0, 1), x)
    x = torch.where(chance(0.05), x.mean(1, keepdim=True).expand_as(x), x)
    return _normalised(x)


def mix(images: Tensor, targets: Tensor, mixing: Mixing, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A batch mixed with itself, or left alone: pictures (N, 3, S, S) and targets (N, classes)."""
    order = torch.randperm(len(images), device=images.device, generator=generator)
    draw, side = np.random.rand(), images.shape[-1]
    if draw < mixing.cut:
        hole = int(side * math.sqrt(1 - np.random.beta(1, 1)))
        y, x = np.random.randint(side), np.random.randint(side)
        rows = slice(max(y - hole // 2, 0), min(y + hole // 2, side))
        columns = slice(max(x - hole // 2, 0), min(x + hole // 2, side))
        images = images.clone()
        images[:, :, rows, columns] = images[order][:, :, rows, columns]
        kept = 1 - (rows.stop - rows.start) * (columns.stop - columns.start) / side**2
    elif draw < mixing.cut + mixing.blend:
        kept = float(np.random.beta(0.2, 0.2))
        images = kept * images + (1 - kept) * images[order]
    else:
        return images, targets
    return images, kept * targets + (1 - kept) * targets[order]


@torch.no_grad()
def accuracy(model: torch.nn.Module, pictures: Tensor, labels: Tensor) -> dict[str, float]:
    """Top-1 and top-5 of pictures as they are stored."""
    model.eval()
    right = torch.zeros(2)
    for images, wanted in zip(pictures.split(1000), labels.split(1000), strict=True):
        with torch.autocast(images.device.type, torch.bfloat16):
            logits = model(_normalised(images.float() / 255).contiguous(memory_format=torch.channels_last))
        hits = logits.float().topk(5, 1).indices == wanted[:, None]
        right += torch.tensor([hits[:, 0].sum().item(), hits.sum().item()])
    model.train()
    top1, top5 = (right / len(labels)).tolist()
    return {"validation_top1": round(top1, 4), "validation_top5": round(top5, 4)}


def _pictures(told: argparse.Namespace, part: str) -> tuple[Tensor, Tensor]:
    """One part's pictures (N, 3, 64, 64) uint8 and labels (N,), of every class or of every second, third, ..."""
    labels = torch.from_numpy(np.load(told.data / f"{part}_y.npy")).long()
    pictures = torch.from_numpy(np.load(told.data / f"{part}_x.npy")).permute(0, 3, 1, 2)
    if told.every > 1:
        wanted = labels % told.every == 0
        pictures, labels = pictures[wanted], labels[wanted] // told.every
    return pictures.to(told.device), labels.to(told.device)


def _network(stem: str, classes: int, device: str, width: int = 64) -> torch.nn.Module:
    widths = tuple(width * 2**stage for stage in range(4))
    spec = rc.get_spec("tiny_imagenet_resnet18").override(stem=stem, num_classes=classes, widths=widths)
    return rc.build_model(spec, device=device).to(memory_format=torch.channels_last)


def _loss(model: torch.nn.Module, teacher: torch.nn.Module | None, images: Tensor, targets: Tensor) -> Tensor:
    with torch.autocast(images.device.type, torch.bfloat16):
        logits = model(images)
    logits = logits.float()
    own = -(targets * F.log_softmax(logits, 1)).sum(1).mean()
    if teacher is None:
        return own
    with torch.no_grad(), torch.autocast(images.device.type, torch.bfloat16):
        said = teacher(images)
    said = F.softmax(said.float() / TEMPERATURE, 1)
    apart = F.kl_div(F.log_softmax(logits / TEMPERATURE, 1), said, reduction="batchmean")
    return (1 - TEACHERS_SHARE) * own + TEACHERS_SHARE * TEMPERATURE**2 * apart


def _share_of_rate(past: float) -> float:
    if past < WARM:
        return past / WARM
    return 0.5 * (1 + math.cos(math.pi * (min(past, 1) - WARM) / (1 - WARM)))


def _smoothed(labels: Tensor, classes: int, smooth: float) -> Tensor:
    return F.one_hot(labels, classes).float() * (1 - smooth) + smooth / classes


def _normalised(images: Tensor) -> Tensor:
    return (images - _column(MEAN, images.device)) / _column(STD, images.device)


def _column(values: tuple[float, ...], device: torch.device) -> Tensor:
    return torch.tensor(values, device=device).view(1, 3, 1, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, help="weights of a network with the stem 'cifar'")
    numbers = {
        "seconds": 310.0, "batch": 512, "rate": 0.8, "decay": 5e-4, "smooth": 0.1, "scale": 0.25, "native": 0.3,
        "seed": 3, "stem": "half", "sizes": "48,56,64", "device": "cuda", "cut": 0.5, "blend": 0.2,
        "width": 64, "every": 1, "epochs": 0,
    }  # fmt: skip
    for name, value in numbers.items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    return parser.parse_args()


def _plain(told: argparse.Namespace) -> dict[str, object]:
    return {name: str(value) for name, value in vars(told).items()}


if __name__ == "__main__":
    main()
