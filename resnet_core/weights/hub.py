"""timm's published weights by name, "timm/resnet50d.ra2_in1k", from the Hugging Face hub.

The hub's own client fetches them (extra "hub") into its own cache, where timm finds them too.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from resnet_core.errors import WeightsError
from resnet_core.models.catalogue import CATALOGUE
from resnet_core.weights.files import network_of, record_of
from resnet_core.weights.note import Note, read_note
from resnet_core.weights.record import Weights
from resnet_core.weights.state_dicts import read_contents

OWNER = "timm/"
CONFIG, FILE = "config.json", "model.safetensors"


class _NotHereError(WeightsError):
    """The cache does not hold it."""


def is_hub_name(name: str) -> bool:
    """Whether a name is of the hub's, not of a file or of weights listed here."""
    return name.startswith(OWNER)


def hub_weights(name: str) -> Weights:
    """What the hub's cache holds under that name; nothing is asked of any server.

    Raises:
        WeightsError: if it is not there yet, the client is missing, or the network is none of ours.
    """
    from_cache = _client("try_to_load_from_cache")
    found = [from_cache(name, file, cache_dir=os.environ.get("HF_HUB_CACHE")) for file in (CONFIG, FILE)]
    if not all(isinstance(one, str) for one in found):
        raise _NotHereError(
            f"{name} is not on this machine. With a network, `python -m resnet_core weights fetch {name}` puts it "
            "into the hub's cache."
        )
    return _described(name, *map(Path, found))


def fetch_from_hub(name: str) -> Weights:
    """Fetch weights and their preprocessing, unless they are on this machine already; the client shows its progress.

    Raises:
        WeightsError: without the client or a network, for a name that the hub does not have or does not give, or if
            the network is none of ours.
    """
    with suppress(_NotHereError):
        return hub_weights(name)
    fetch, errors = _client("hf_hub_download"), _client("errors")
    where = {"endpoint": os.environ.get("HF_ENDPOINT"), "cache_dir": os.environ.get("HF_HUB_CACHE")}
    try:
        files = [Path(fetch(name, file, **where)) for file in (CONFIG, FILE)]
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise WeightsError(
            f"The hub has no {name}, or does not give it to everybody. https://huggingface.co/timm lists what there is."
        ) from error
    except errors.LocalEntryNotFoundError as error:
        raise WeightsError(f"{name} can't be fetched: the hub does not answer. Try again with a network.") from error
    except errors.EntryNotFoundError as error:
        raise WeightsError(f"{name} can't be used: the hub has no {CONFIG} or {FILE} of it.") from error
    except (errors.HfHubHTTPError, OSError) as error:
        raise WeightsError(f"{name} can't be fetched ({error}). Try again later.") from error
    return _described(name, *files)


def _client(name: str) -> Any:
    """A function of the hub's client, or its module `errors`."""
    try:
        import huggingface_hub

        return import_module("huggingface_hub.errors") if name == "errors" else getattr(huggingface_hub, name)
    except ImportError as error:
        install = 'pip install "resnet-explainer[hub]"'
        sentence = "timm's weights come through the hub's client, which is not installed"
        raise WeightsError(f"{sentence}: {install}.") from error


def _described(name: str, config: Path, file: Path) -> Weights:
    contents = read_contents(file, shapes_only=True)
    note = _note_of(config.read_bytes(), name)
    spec, assumed = network_of(file.with_name(f"{name.removeprefix(OWNER)}.safetensors"), note, contents)
    found = record_of(file, "local", note, spec, (*contents.remarks, *assumed), file.stat().st_size)
    return replace(found, name=name)


def _note_of(text: bytes, name: str) -> Note:
    """timm's own preprocessing (`timm.data.create_transform`), in the words of our notes."""
    try:
        told = json.loads(text)
        about: Mapping[str, Any] = told.get("pretrained_cfg", told)
        size = about["input_size"][1:]
        words: dict[str, Any] = {
            "image_size": size, "resize_size": math.floor(min(size) / about.get("crop_pct", 0.875)),
            "interpolation": about.get("interpolation", "bicubic"), "mean": about["mean"], "std": about["std"],
            "source": f"the Hugging Face hub, {name}",
        }  # fmt: skip
        network = told.get("architecture", "")
        classes = told.get("label_names") or about.get("label_names")
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise WeightsError(f"{name} can't be used: its {CONFIG} does not say how pictures are prepared.") from error
    if network in CATALOGUE:
        words["model"] = network
    if classes:
        words["classes"] = classes
    return read_note(json.dumps(words), f"The {CONFIG} of {name}")
