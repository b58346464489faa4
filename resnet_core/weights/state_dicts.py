"""Weights files into networks: read without running any code in them, loaded strictly or refused with the reason."""

from __future__ import annotations

import json
import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors import SafetensorError, deserialize, safe_open
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn

from resnet_core.errors import WeightsError
from resnet_core.weights.identify import described, identify
from resnet_core.weights.names import our_names
from resnet_core.weights.numbers import check_numbers
from resnet_core.weights.unreadable import is_safetensors, refusal, what_else
from resnet_core.weights.upload import Upload

# Endings of files of weights, in small letters; files may have them in any case.
SUFFIXES = (".safetensors", ".pth", ".pt", ".pth.tar", ".th", ".ckpt", ".bin", ".pkl")
NOTE_IN_METADATA = "note"
# What reading a file raises that is damaged, or made to do harm; PyTorch's own reader of pickles raises any of these.
DAMAGED = (
    OSError, EOFError, SafetensorError, zipfile.BadZipFile, RuntimeError, ValueError, LookupError, TypeError,
    AttributeError, AssertionError, MemoryError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file of weights holds, under our names.

    Attributes:
        tensors: on the CPU, floating ones as float32; on the meta device where only shapes were asked for.
        head: what the file itself calls its classifier; "" where it has none.
        note: the JSON of a note within the file; "" where it has none.
        remarks: sentences on what was chosen or left out.
    """

    tensors: dict[str, Tensor]
    head: str
    note: str
    remarks: tuple[str, ...]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes by name."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file by our names, floating ones as float32, on the CPU.

    Raises:
        WeightsError: if the file is missing, damaged, no state dict, holds broken numbers, or Python objects, which
            are never run.
    """
    return read_contents(path).tensors


def read_contents(path: Path | Upload, *, shapes_only: bool = False) -> Contents:
    """A weights file of any of SUFFIXES, whatever it is wrapped in; on disk, or in memory as it was sent.

    Args:
        shapes_only: read no values: the tensors are on the meta device, and no broken number is found.

    Raises:
        WeightsError: as `read_state_dict`.
    """
    try:
        loaded, note = _load(path, "meta" if shapes_only else "cpu")
    except pickle.UnpicklingError as error:
        raise WeightsError(refusal(path, error)) from error
    except FileNotFoundError as error:
        raise WeightsError(f"There is no file {path}. Check the name.") from error
    except DAMAGED as error:
        why = _first_line(error)
        raise WeightsError(f"{path.name} is damaged or no weights file ({why}). Fetch it again.") from error
    try:
        named = our_names(loaded)
    except WeightsError as error:
        raise WeightsError(f"{path.name} can't be used: {error}") from error
    tensors = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in named.tensors.items()}
    if not shapes_only:
        check_numbers(tensors, path.name)
    return Contents(tensors, named.head, note, named.remarks)


def load_strictly(model: nn.Module, state: Mapping[str, Tensor], *, file: str, network: str) -> None:
    """Put `state` into `model` (which may be on the meta device), every name and shape as expected.

    Raises:
        WeightsError: naming what is missing, unknown or of another shape.
    """
    problems = misfits(model.state_dict(), state)
    if problems:
        raise WeightsError(f"{file} does not fit {network}: {problems}. {_advice(state)}")
    model.load_state_dict(dict(state), strict=True, assign=True)


def misfits(wanted: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> str:
    """What keeps these tensors out of a network with the `wanted` ones; "" where nothing does."""
    # Files older than batch norm's step counter lack it; the network never reads it in eval mode.
    missing = [k for k in wanted if k not in state and not k.endswith("num_batches_tracked")]
    unknown = [k for k in state if k not in wanted]
    both = [(k, v, state[k]) for k, v in wanted.items() if k in state]
    reshaped = [f"{k}: {tuple(s.shape)} instead of {tuple(v.shape)}" for k, v, s in both if s.shape != v.shape]
    retyped = [f"{k}: {s.dtype}" for k, v, s in both if s.dtype != v.dtype or s.layout != torch.strided]
    problems = [
        _listed(missing, "missing"),
        _listed(unknown, "unknown to it"),
        _listed(reshaped, "of another shape"),
        _listed(retyped, "of another type"),
    ]
    return "; ".join(filter(None, problems))


def _advice(state: Mapping[str, Tensor]) -> str:
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    if found := identify(shapes):
        return f"Its shapes are those of {described(found[0])}: choose that network, or another file."
    return "Choose the network that it was made for, or another file."


def _load(path: Path | Upload, device: str) -> tuple[Any, str]:
    """What a file holds, and its note. Its first bytes decide how it is read: endings are often wrong."""
    if sentence := what_else(path):
        raise WeightsError(sentence)
    with path.open("rb") as file:
        start = file.read(9)
    if isinstance(path, Upload):
        return _load_upload(path.data, device) if is_safetensors(start) else (_load_pickle(path.open(), device), "")
    if is_safetensors(start):
        with safe_open(path, "pt", device="cpu") as opened:
            note = (opened.metadata() or {}).get(NOTE_IN_METADATA, "")
            names = list(opened.keys())
            if device == "meta":
                shapes = {name: opened.get_slice(name).get_shape() for name in names}
                return {name: torch.empty(shape, device=device) for name, shape in shapes.items()}, note
            return {name: opened.get_tensor(name) for name in names}, note
    return _load_pickle(path, device), ""


def _load_upload(data: bytes, device: str) -> tuple[Any, str]:
    """A safetensors file in memory, and the note in its metadata."""
    if device != "meta":
        return load_safetensors(data), ""
    held = deserialize(data)  # type: ignore[no-untyped-call]
    tensors = {name: torch.empty(one["shape"], device=device) for name, one in held}
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return tensors, header.get("__metadata__", {}).get(NOTE_IN_METADATA, "")


def _load_pickle(file: Path | BinaryIO, device: str) -> Any:
    """PyTorch's own format, by its reader that runs no code."""
    return torch.load(file, map_location=device, weights_only=True)


def _listed(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    shown = ", ".join(names[:3])
    return f"{len(names)} {what} ({shown}{', ...' if len(names) > 3 else ''})"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
