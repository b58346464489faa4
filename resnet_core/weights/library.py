"""Where weights come from: bundled, torchvision's on request, or files of yours; listed, fetched and loaded."""

from __future__ import annotations

import logging
import os
from difflib import get_close_matches
from pathlib import Path

from resnet_core.data import data_folder
from resnet_core.errors import WeightsError
from resnet_core.models.network import ResNet, build_model
from resnet_core.weights.cancellation import Cancellation, DownloadCancelledError
from resnet_core.weights.download import Progress, download, hash_file
from resnet_core.weights.files import (
    BUNDLED,
    LOCAL,
    Source,
    Unreadable,
    survey,
    weights_files,
    weights_name,
    weights_of_file,
)
from resnet_core.weights.hub import fetch_from_hub, hub_weights, is_hub_name
from resnet_core.weights.published import published_weights
from resnet_core.weights.record import DEFAULT_WEIGHTS, Preprocessing, Weights
from resnet_core.weights.state_dicts import SUFFIXES, load_strictly, read_state_dict

__all__ = [
    "DEFAULT_WEIGHTS", "Preprocessing", "Unreadable", "Weights", "fetch_weights", "find_weights", "list_weights",
    "load_weights", "survey_weights",
]  # fmt: skip

BUNDLED_FOLDER = data_folder("checkpoints")
FOLDER_VARIABLE = "RESNET_WEIGHTS_DIR"
logger = logging.getLogger(__name__)


def list_weights() -> list[Weights]:
    """All weights that can be asked for by name: your folder's, the bundled ones, torchvision's.

    Reads notes, and of files without a full one the shapes.
    """
    found = survey_weights()
    for one in found:
        if isinstance(one, Unreadable):
            logger.warning("%s is left out: %s", one.path, one.reason)
    return [one for one in found if isinstance(one, Weights)]


def survey_weights() -> list[Weights | Unreadable]:
    """As `list_weights`, and between them each file that can't be used, with the reason."""
    on_disk = (one for folder, source in _folders() for one in survey(folder, source))
    return [*on_disk, *published_weights(_your_folder())]


def find_weights(name: str | Path) -> Weights:
    """The weights of a name from `list_weights()`, of a network (torchvision's newest for it), of timm's that were
    fetched ("timm/..."), or of a file.

    Where two have one name, the file in the folder named by RESNET_WEIGHTS_DIR is taken.

    Raises:
        WeightsError: if there are none; the message offers the closest names.
    """
    if isinstance(name, Path) or name.lower().endswith(SUFFIXES):
        return weights_of_file(Path(name).expanduser())
    if is_hub_name(name):
        return hub_weights(name)
    for folder, source in _folders():
        for path in weights_files(folder):
            if weights_name(path) == name:
                return weights_of_file(path, source)
    for weights in published_weights(_your_folder()):
        if name in (weights.name, weights.spec.name):
            return weights
    close = get_close_matches(name, [w.name for w in list_weights()], n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else "`python -m resnet_core weights list` shows all."
    raise WeightsError(f"No weights are named {name!r}. {hint} A file of yours ends in {', '.join(SUFFIXES)}.")


def fetch_weights(
    weights: str | Weights,
    progress: Progress | None = None,
    timeout_s: float = 20,
    cancellation: Cancellation | None = None,
) -> Weights:
    """Put published weights (45 to 485 MB) into torch hub's cache, unless they are on this machine already.

    timm's, "timm/NAME", go into the Hugging Face hub's cache, by its own client, which shows its own progress.

    Args:
        progress: called with (bytes on disk, bytes in all).
        timeout_s: how long the server may be silent, in seconds.
        cancellation: ends the download from another thread; the next call goes on where it ended.

    Raises:
        DownloadCancelledError: once `cancellation` asks for it.
        WeightsError: without a network, for a damaged file or a full disk.
    """
    if isinstance(weights, str) and is_hub_name(weights):
        return fetch_from_hub(weights)
    weights = find_weights(weights) if isinstance(weights, str) else weights
    if weights.path.is_file():
        return weights
    if not weights.url:
        raise WeightsError(f"{weights.path} is missing, and there is no address to fetch {weights.name} from.")
    try:
        download(
            weights.url, weights.path, sha256=weights.sha256 or None, limit=_most_bytes(weights), progress=progress,
            timeout_s=timeout_s, cancellation=cancellation,
        )  # fmt: skip
    except DownloadCancelledError:
        raise
    except WeightsError as error:
        raise WeightsError(f"{error} {_how_to_fetch(weights)}") from error
    return weights


def load_weights(weights: str | Path | Weights) -> tuple[ResNet, Weights]:
    """The network with these weights, on the CPU, in eval mode and without gradients; and the weights, labelled.

    Reads the disk only: `fetch_weights` first where availability is "downloadable".

    Raises:
        WeightsError: if the file is missing, damaged, refused or made for another network.
    """
    weights = weights if isinstance(weights, Weights) else find_weights(weights)
    _check_file(weights)
    state = read_state_dict(weights.path)
    model = build_model(weights.spec, num_classes=len(weights.classes) or None, device="meta")
    load_strictly(model, state, file=weights.path.name, network=weights.spec.name)
    return model.eval().requires_grad_(False), weights


def _most_bytes(weights: Weights) -> int | None:
    """What their file may have at most: sizes are published in megabytes, rounded to a kilobyte."""
    return weights.size_bytes + 2**16 if weights.size_bytes else None


def _check_file(weights: Weights) -> None:
    if not weights.path.is_file():
        missing = f"The weights {weights.name} are not on this machine ({weights.path})."
        raise WeightsError(f"{missing} {_how_to_fetch(weights)}" if weights.url else missing)
    if not weights.sha256:
        return
    found = hash_file(weights.path)
    if not found.startswith(weights.sha256):
        raise WeightsError(
            f"{weights.path} is not the file it should be: its SHA-256 begins with {found[:8]} instead of "
            f"{weights.sha256[:8]}. Remove it, then fetch or copy it again."
        )


def _folders() -> list[tuple[Path, Source]]:
    yours = _your_folder()
    return [*([(yours, LOCAL)] if yours else []), (BUNDLED_FOLDER, BUNDLED)]


def _your_folder() -> Path | None:
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder).expanduser() if folder else None


def _how_to_fetch(weights: Weights) -> str:
    return (
        f"With a network, `python -m resnet_core weights fetch {weights.name}` puts them there beforehand; without "
        f"one, copy {weights.path.name} into a folder and name it in {FOLDER_VARIABLE}."
    )
