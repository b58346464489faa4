"""A training run on disk: saved atomically as it goes, exported as safetensors with its record at the end."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import pickle
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from resnet_core.atomic import write_atomically
from resnet_core.errors import DataError, InvalidSpecError, WeightsError, require
from resnet_core.lab.data.sets import DataSet
from resnet_core.lab.data.sources import TrainingData
from resnet_core.lab.data.streaming import StreamedSet
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.distributed import ALONE, Team
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.outcome import measure_outcome
from resnet_core.lab.training.train import lockstep, threads_for
from resnet_core.models.compute import pick_device
from resnet_core.models.network import build_model
from resnet_core.weights.files import note_path
from resnet_core.weights.record import Preprocessing
from resnet_core.weights.state_dicts import load_strictly, read_state_dict

PROGRESS_FILE = "progress.pt"
SAVE_EVERY_S = 60.0
logger = logging.getLogger(__name__)


def train_and_save(
    config: TrainConfig,
    data: TrainingData,
    folder: Path,
    *,
    device: str = "auto",
    initial_weights: Path | None = None,
    frozen: str = "",
    record: dict[str, Any] | None = None,
    save_every_s: float = SAVE_EVERY_S,
    team: Team = ALONE,
    tell: Callable[[str], None] = logger.info,
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train as `train` does, and save as it goes, so that a killed run goes on where it was saved.

    Args:
        folder: of this run; a run of the same recipe found there is continued, and its past epochs come first.
        initial_weights: a file of the same network to begin with, instead of fresh weights: a further cycle of an
            earlier run, or fine-tuning. Where its classes are others, or it has none, the classifier begins fresh.
            Its sha256 and the record beside it are kept.
        frozen: the last stage that stays as the initial weights have it: "stem", "conv2_x", ...; "" to train all.
        record: facts to keep with the result, e.g. the command and where the pictures come from.
        save_every_s: saved after each epoch, and within an epoch whenever so many seconds have passed.
        team: the processes that train together, on the same data; only its writer needs the folder.
        tell: called with a sentence where only a part of the initial weights was taken.

    Raises:
        InvalidSpecError: if the folder holds a run of another recipe, or stages are to stay that nothing was given for.
        DataError: if the folder can't be written, or what it holds can't be read.
        WeightsError: if the initial weights can't be read or are of another network.
    """
    require(not frozen or initial_weights is not None, "frozen", frozen, "with initial weights, which are to stay")
    learner = Learner(config, data, pick_device(device), team=team, frozen=frozen)
    record = dict(record or {}) | ({"frozen": frozen} if frozen else {})
    if initial_weights is not None:
        remark = _begin_with(learner, initial_weights)
        record |= _origin(initial_weights) | ({"initial_weights_note": remark} if remark else {})
        if remark and team.writes:
            tell(remark)
    history = _resume(learner, folder)
    yield from history
    saved_at, stop_reason = time.monotonic(), None
    for metrics in lockstep([learner]):
        if isinstance(metrics, EpochMetrics):
            history.append(metrics)
        else:
            stop_reason = metrics.stop_reason
        due = time.monotonic() - saved_at >= save_every_s and not (learner.at_epoch_end or learner.diverged)
        if team.writes and (due or isinstance(metrics, EpochMetrics)):
            _save_progress(learner, history, folder)
            saved_at = time.monotonic()
        yield metrics
    facts = measured_facts(learner) | ({"stop_reason": stop_reason} if stop_reason else {})
    if team.writes:
        save_trained(learner, history, folder, record | facts)


def _begin_with(learner: Learner, weights: Path) -> str:
    """Copy a file's weights into the learner's own tensors, which the optimiser already holds.

    A classifier for another number of classes is left out; the learner's own, fresh, stays.

    Returns:
        A sentence on what was left out; "" where everything was taken.
    """
    state, own = read_state_dict(weights), learner.model.state_dict()
    head = {name for name in own if name.startswith("fc.")}
    same_head = all(name in state and state[name].shape == own[name].shape for name in head)
    taken = state if same_head else state | {name: own[name] for name in head}
    checked = build_model(learner.model.spec, device="meta")
    load_strictly(checked, taken, file=weights.name, network=learner.config.model)
    learner.model.load_state_dict(checked.state_dict())
    if same_head:
        return ""
    there = f"is for {len(state['fc.weight'])} classes" if "fc.weight" in state else "is not in the file"
    return (
        f"All of {weights.name} but its classifier was taken: that {there}, and the data has "
        f"{learner.model.spec.num_classes}. The new one begins with random weights."
    )


def _origin(weights: Path) -> dict[str, Any]:
    """Where a run begins: the hash of its first weights, and the record of the run that made them, if it is there."""
    note = note_path(weights)
    facts: dict[str, Any] = {"initial_weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    if note is not None:
        try:
            facts["initial_run"] = json.loads(note.read_text("utf-8-sig"))
        except ValueError as error:
            raise WeightsError(f"{note} can't be used: it is no JSON ({error}). Mend it, or remove it.") from error
    return facts


def _save_progress(learner: Learner, history: list[EpochMetrics], folder: Path) -> None:
    buffer = io.BytesIO()  # torch.save reports a full disk as an internal error; a plain write says what it is
    records = [asdict(metrics) for metrics in history]
    torch.save({"config": learner.config.to_json(), "learner": learner.state(), "history": records}, buffer)
    write_atomically(folder / PROGRESS_FILE, buffer.getvalue())


def _resume(learner: Learner, folder: Path) -> list[EpochMetrics]:
    saved = learner.team.share(_read_progress(folder / PROGRESS_FILE) if learner.team.writes else None)
    if saved is None:
        return []
    recipe, state, records = saved
    if TrainConfig.from_json(recipe) != learner.config:
        raise InvalidSpecError(f"{folder} holds a run of another recipe: {recipe}. Choose another folder.")
    learner.load_state(state)
    return [EpochMetrics.from_record(record) for record in records]


def _read_progress(path: Path) -> tuple[str, dict[str, Any], list[dict[str, Any]]] | None:
    """Recipe, the learner's state and the past epochs of a saved run; None where there is none."""
    if not path.exists():
        return None
    try:
        saved = torch.load(path, weights_only=True, map_location="cpu")
        return saved["config"], saved["learner"], saved["history"]
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
        # torch's own text is long, and advises to load unsafely
        raise DataError(f"{path} is damaged ({type(error).__name__}). Remove it to begin the run again.") from error


def measured_facts(learner: Learner) -> dict[str, Any]:
    """What the validation pictures say of a finished network, for its record; nothing of one that diverged.

    All processes of a team take part.
    """
    if learner.diverged:
        return {}
    with threads_for(learner):
        return {"validation": measure_outcome(learner)}


def save_trained(learner: Learner, history: list[EpochMetrics], folder: Path, record: dict[str, Any]) -> None:
    """Write `<model>.safetensors` and `<model>.json` (recipe, history, preprocessing, sha256) into `folder`.

    Of two runs of one recipe on one machine's CPU, broken off or not, the weights are equal byte for byte; in the
    records only the durations differ (training_s, and images_per_s and elapsed_s of each epoch).

    A run that diverged has its record alone: its weights are worth nothing.
    """
    name = learner.config.name
    facts = _facts(learner) | record
    if not learner.diverged:
        weights = save({k: v.detach().cpu().contiguous() for k, v in learner.model.state_dict().items()})
        write_atomically(folder / f"{name}.safetensors", weights)
        facts["sha256"] = hashlib.sha256(weights).hexdigest()
    facts["history"] = [asdict(metrics) for metrics in history]
    write_atomically(folder / f"{name}.json", (json.dumps(facts, indent=1) + "\n").encode())


def _resizing(learner: Learner) -> dict[str, Any]:
    """How the validation pictures were resized, as Classify is to do it; nothing where they are as they came."""
    size = learner.data.resize_size if isinstance(learner.data, StreamedSet) else learner.config.image_size
    return {"resize_size": size, "interpolation": Preprocessing().interpolation} if size else {}


def _facts(learner: Learner) -> dict[str, Any]:
    config, data = learner.config, learner.data
    return {
        "model": config.model,
        "recipe": json.loads(config.to_json()),
        "recipe_id": config.id,
        "classes": data.classes,
        **({"wordnet_ids": data.wordnet_ids} if isinstance(data, DataSet) and data.wordnet_ids else {}),
        "image_size": learner.model.spec.input_size,
        **_resizing(learner),
        "mean": data.mean,
        "std": data.std,
        "validation_split": data.validation_split,
        "precision": learner.precision,
        "device": learner.device.type,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
        "training_s": round(learner.elapsed_s, 1),
    }
