from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_core.lab.data.sets import DataSet, make_data_set
from resnet_core.lab.recipe.config import TrainConfig


@pytest.fixture
def tiny_data() -> DataSet:
    """48 training and 20 validation pictures of 8x8 noise in 3 channels and 4 classes."""
    generator = torch.Generator().manual_seed(7)
    images = torch.randint(0, 256, (68, 3, 8, 8), generator=generator).to(torch.uint8)
    labels = torch.randint(0, 4, (68,), generator=generator)
    return make_data_set(
        "tiny", ("a", "b", "c", "d"), (images[:48], labels[:48]), (images[48:], labels[48:]), "held out"
    )


@pytest.fixture
def tiny_config() -> TrainConfig:
    """Three small blocks, four epochs of three steps."""
    overrides = (("depths", (1, 1, 1)), ("widths", (4, 8, 8)))
    return TrainConfig(overrides=overrides, data="digits", epochs=4, batch_size=16, lr=0.05, precision="fp32")


@pytest.fixture
def write_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Writes a data set in ImageFolder layout; decoded pictures are cached in a folder of this test."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "cache"))

    def write(parts: dict[str, dict[str, int]], size: tuple[int, int] = (6, 5)) -> Path:
        root = tmp_path / "pictures"
        for part, classes in parts.items():
            for name, count in classes.items():
                folder = root / part / name
                folder.mkdir(parents=True)
                for i in range(count):
                    shade = np.full((size[1], size[0], 3), 10 * i + len(name), np.uint8)
                    Image.fromarray(shade).save(folder / f"{i}.png")
        return root

    return write
