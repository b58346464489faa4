"""Weights files into networks: read without running any code in them, loaded strictly or refused with the reason."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from resnet_core.errors import WeightsError

SUFFIXES = (".safetensors", ".pth", ".pt")
_WRAPPERS = ("state_dict", "model")  # where training scripts put the weights beside optimizer and epoch


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Tensors of a .safetensors, .pth or .pt file by name, floating ones as float32, on the CPU.

    Raises:
        WeightsError: if the file is missing, damaged, no state dict, or holds Python objects, which are never run.
    """
    try:
        loaded = load_file(path) if path.suffix == ".safetensors" else _load_pickled(path)
    except pickle.UnpicklingError as error:
        raise WeightsError(_refused(path, error)) from error
    except FileNotFoundError as error:
        raise WeightsError(f"There is no file {path}. Check the name.") from error
    except (OSError, EOFError, SafetensorError, zipfile.BadZipFile, RuntimeError, ValueError, LookupError) as error:
        raise WeightsError(f"{path} is damaged or no weights file ({_first_line(error)}). Fetch it again.") from error
    state = _unwrap(loaded)
    if not state or not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in state.items()):
        raise WeightsError(f"{path} holds no state dict (names with tensors). Save `model.state_dict()` and use that.")
    return {k.removeprefix("module."): v.float() if v.is_floating_point() else v for k, v in state.items()}


def load_strictly(model: nn.Module, state: Mapping[str, Tensor], *, file: str, network: str) -> None:
    """Put `state` into `model` (which may be on the meta device), every name and shape as expected.

    Raises:
        WeightsError: naming what is missing, unknown or of another shape.
    """
    wanted = model.state_dict()
    # Files older than batch norm's step counter lack it; the network never reads it in eval mode.
    missing = [k for k in wanted if k not in state and not k.endswith("num_batches_tracked")]
    unknown = [k for k in state if k not in wanted]
    reshaped = [
        f"{k}: {tuple(state[k].shape)} instead of {tuple(v.shape)}"
        for k, v in wanted.items()
        if k in state and state[k].shape != v.shape
    ]
    problems = [
        _listed(missing, "missing"),
        _listed(unknown, "unknown to it"),
        _listed(reshaped, "of another shape"),
    ]
    if any(problems):
        raise WeightsError(
            f"{file} does not fit {network}: {'; '.join(filter(None, problems))}. "
            "Choose the network that it was made for, or another file."
        )
    model.load_state_dict(dict(state), strict=True, assign=True)


def _load_pickled(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


def _unwrap(loaded: Any) -> dict[Any, Any]:
    for key in _WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(key), Mapping):
            loaded = loaded[key]
    return dict(loaded) if isinstance(loaded, Mapping) else {}


def _refused(path: Path, error: pickle.UnpicklingError) -> str:
    if "global" not in str(error).lower():
        return f"{path} is damaged or no weights file. Fetch it again."
    return (
        f"{path} was refused: it holds Python objects, which could run code when loaded. "
        "Ask for the same weights as .safetensors, or as a plain state dict."
    )


def _listed(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:3])
    return f"{len(names)} {what} ({shown}{', ...' if len(names) > 3 else ''})"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
