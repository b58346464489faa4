"""A training run on disk: saved atomically as it goes, exported as safetensors with its record at the end."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.lab.config import TrainConfig
from resnet_core.lab.data import DataSet
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.precision import pick_device
from resnet_core.lab.training import Learner, train

PROGRESS_FILE = "progress.pt"


def train_and_save(
    config: TrainConfig, data: DataSet, folder: Path, *, device: str = "auto", record: dict[str, Any] | None = None
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train as `train` does, saving after each epoch, so that a killed run goes on where it was saved.

    Args:
        folder: of this run; a run of the same recipe found there is continued, and its past epochs come first.
        record: facts to keep with the result, e.g. the command and where the pictures come from.

    Raises:
        InvalidSpecError: if the folder holds a run of another recipe.
        DataError: if the folder can't be written.
    """
    chosen = pick_device(device)
    learner = Learner(config, data.to(chosen), chosen)
    history = _resume(learner, folder)
    yield from history
    for metrics in train(config, learner=learner):
        if isinstance(metrics, EpochMetrics):
            history.append(metrics)
            state = {"config": config.to_json(), "learner": learner.state(), "history": [asdict(m) for m in history]}
            _write_atomically(folder / PROGRESS_FILE, lambda path, state=state: torch.save(state, path))  # type: ignore[misc]
        yield metrics
    if learner.step == learner.total_steps:
        export(learner, history, folder, record or {})


def _resume(learner: Learner, folder: Path) -> list[EpochMetrics]:
    path = folder / PROGRESS_FILE
    if not path.exists():
        return []
    saved = torch.load(path, weights_only=True, map_location="cpu")
    if saved["config"] != learner.config.to_json():
        raise InvalidSpecError(
            f"{folder} holds a run of another recipe: {saved['config']}. Choose another folder, or remove it."
        )
    learner.load_state(saved["learner"])
    return [EpochMetrics(**{k: tuple(v) if isinstance(v, list) else v for k, v in m.items()}) for m in saved["history"]]


def export(learner: Learner, history: list[EpochMetrics], folder: Path, record: dict[str, Any]) -> tuple[Path, Path]:
    """Write `<model>.safetensors` and `<model>.json` (recipe, history, preprocessing, sha256) into `folder`."""
    name = learner.config.model
    weights, note = folder / f"{name}.safetensors", folder / f"{name}.json"
    tensors = {k: v.detach().cpu().contiguous() for k, v in learner.model.state_dict().items()}
    _write_atomically(weights, lambda path: save_file(tensors, path))
    about = {
        "model": name,
        "recipe": json.loads(learner.config.to_json()),
        "recipe_id": learner.config.id,
        "classes": learner.data.classes,
        "image_size": learner.data.image_size,
        "mean": learner.data.mean,
        "std": learner.data.std,
        "precision": learner.precision,
        "device": learner.device.type,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
        "training_s": round(learner.elapsed_s, 1),
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        **record,
        "history": [asdict(m) for m in history],
    }
    _write_atomically(note, lambda path: path.write_text(json.dumps(about, indent=1) + "\n"))
    return weights, note


def _write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the target, then rename: a reader never sees half a file, and a crash leaves the old one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(scratch)
        scratch.replace(path)
    except OSError as error:
        raise DataError(
            f"{path} can't be written: {error}. Free some space or choose another folder, then run the command again."
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
