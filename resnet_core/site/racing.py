"""race_topic(): a race small enough to train in a visitor's browser, its recipe as the module takes it, its digits."""

from __future__ import annotations

import json
from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image

from resnet_core.data import data_folder
from resnet_core.errors import InvalidSpecError
from resnet_core.figures.svg import Drawing, tag
from resnet_core.figures.training.arms import named_look
from resnet_core.lab.data.batches import steps_per_epoch
from resnet_core.lab.data.sets import DataSet, load_data
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth, with_width
from resnet_core.lab.runs.curves import SMOOTHING
from resnet_core.lab.runs.verdict import CLOSE
from resnet_core.models.network import build_model
from resnet_core.notation import percent
from resnet_core.site.pieces import Topic, body, frame

# The deepest that still ends in half a minute on a phone, and narrow for the same reason.
PAGE_RACE = with_width(with_depth(RACE, 44), 4).override(epochs=6)
ARMS = ("plain", "residual")
COMMAND = "python -m resnet_core train --config race --depth 44 --width 4 --epochs 6 --compare plain,residual --seed 0"
SHOWN = 20  # unseen digits beside the curves
CARD = (10, 4)  # digits on the contents' card, across and down
RACES = data_folder("races.json")  # as tools/record_lesson.py writes them


def recipe_of(config: TrainConfig, data: DataSet) -> dict[str, Any]:
    """The recipe as resnet_core/data/training takes it.

    Raises:
        InvalidSpecError: for a recipe that the module does not train.
    """
    spec = config.spec()
    usual = {
        "block": (spec.block, "basic"), "stem": (spec.stem, "cifar"), "norm": (spec.norm, "batch"),
        "squeeze_excite": (spec.squeeze_excite, False), "depths": (len(set(spec.depths)), 1),
        "widths": ([width % 4 for width in spec.widths], [0] * len(spec.widths)),
        "optimizer": (config.optimizer, "sgd"), "nesterov": (config.nesterov, False),
        "schedule": (config.schedule, "constant"), "warmup_steps": (config.warmup_steps, 0),
        "augment": (config.augment, False), "init": (config.init, "kaiming"),
        "label_smoothing": (config.label_smoothing, 0), "decay_norms": (config.decay_norms, True),
        "batch_size": (config.batch_size % 2, 0), "image_size": (config.image_size, None),
        "data": ((data.channels, len(set(data.image_size))), (1, 1)),
    }  # fmt: skip
    odd = [name for name, (is_, wanted) in usual.items() if is_ != wanted]
    if odd:
        raise InvalidSpecError(f"No page can train this recipe: its {', '.join(odd)} is not what the module computes.")
    first = build_model(spec, device="meta").get_submodule("bn1")
    assert isinstance(first, torch.nn.BatchNorm2d)
    return {
        "layers": spec.layers, "blocks": spec.depths[0], "widths": list(spec.widths), "channels": data.channels,
        "classes": len(data.classes), "side": data.image_size[0], "mean": data.mean[0], "deviation": data.std[0],
        "learned": len(data.train_labels), "unseen": len(data.validation_labels), "batch": config.batch_size,
        "passes": config.epochs, "steps": config.epochs * steps_per_epoch(data, config.batch_size), "rate": config.lr,
        "momentum": config.momentum, "decay": config.weight_decay, "epsilon": first.eps, "keep": first.momentum,
    }  # fmt: skip


def digits_file(data: DataSet) -> bytes:
    """All pictures, one byte a pixel (0 to 255), those to learn from first, then all labels, one byte each."""
    parts = (data.train_images, data.validation_images, data.train_labels, data.validation_labels)
    return b"".join(part.to(torch.uint8).numpy().tobytes() for part in parts)


def race_topic() -> Topic:
    """Plain against residual, trained by the page itself.

    Raises:
        DataError: where scikit-learn, which brings the digits, is not installed.
    """
    data = load_data(PAGE_RACE.data)
    recipe, recorded = recipe_of(PAGE_RACE, data), json.loads(RACES.read_text("utf-8"))
    ends, longer = recorded["ends"], recorded["races"]["deep"]["copy"][-1][0]
    looks = {arm: dict(zip(("colour", "dash", "mark"), named_look(arm), strict=True)) for arm in ARMS}
    known = {"recipe": recipe, "looks": looks, "smoothing": SMOOTHING, "close": CLOSE, "shown": SHOWN}
    page = body(
        "race", race=frame("race"), layers=str(recipe["layers"]), widths=_listed(recipe["widths"]),
        weights=f"{_weights(data):,}", learned=f"{recipe['learned']:,}", unseen=str(recipe["unseen"]),
        steps=str(recipe["steps"]), batch=str(recipe["batch"]), rate=f"{recipe['rate']:g}",
        momentum=f"{recipe['momentum']:g}", decay=f"{recipe['decay']:g}", command=COMMAND,
        one=percent(1 / recipe["unseen"], 2), seeds=str(len(ends["page"]["plain"])),
        plain=_range(ends["page"]["plain"]), residual=_range(ends["page"]["residual"]),
        shallow=_range(ends["shallow"]["plain"]),
        shallow_residual=_range(ends["shallow"]["residual"]), copy=_range(ends["deep"]["copy"]), longer=str(longer),
        deep=str(RACE.spec().layers), widest=str(RACE.spec().widths[-1]),
    )  # fmt: skip
    return Topic(
        name="race", label="Race", question="How many digits will the plain network get wrong?",
        answer=f"Two networks of {recipe['layers']} layers learn in your browser. Only one of them has the addition.",
        body=page, modules=("page", "racers", "verdict", "training", "drawing/race"), styles=("race",),
        data={"race.json": known}, files={"digits.bin": digits_file(data)},
    )  # fmt: skip


def _weights(data: DataSet) -> int:
    model = build_model(PAGE_RACE.spec(), num_classes=len(data.classes), in_channels=data.channels, device="meta")
    return sum(one.numel() for one in model.parameters())


def _listed(numbers: list[int]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _range(errors: list[float]) -> str:
    return f"{min(errors):.1f} to {max(errors):.1f}"


def digits_drawing(theme: str) -> Drawing:
    """Some of the digits that no network learns from, in the ink of a theme."""
    across, down = CARD
    pictures = load_data(PAGE_RACE.data).validation_images[: across * down, 0].numpy()
    pictures = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    side = pictures.shape[-1]
    sheet = pictures.reshape(down, across, side, side).transpose(0, 2, 1, 3).reshape(down * side, across * side)
    ink = np.full_like(sheet, 0 if theme == "light" else 255)
    data = BytesIO()
    Image.merge("LA", [Image.fromarray(ink), Image.fromarray(sheet)]).save(data, "PNG", optimize=True)
    size = {"width": across * side, "height": down * side}
    href = f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"
    image = tag("image", href=href, style="image-rendering: pixelated", **size)
    return Drawing(
        tag("svg", image, viewBox=f"0 0 {size['width']} {size['height']}", xmlns="http://www.w3.org/2000/svg")
    )
