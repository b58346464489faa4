"""Weights that somebody sent: what is read from a stranger's file is bounded before its numbers are unpacked."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from resnet_core.errors import WeightsError
from resnet_core.models.network import ResNet, build_model
from resnet_core.models.spec import ModelSpec
from resnet_core.weights.class_names import as_note
from resnet_core.weights.files import SENT, network_of, record_of, recorded_spec
from resnet_core.weights.note import Note, read_note
from resnet_core.weights.record import Weights
from resnet_core.weights.state_dicts import Contents, load_strictly, read_contents
from resnet_core.weights.upload import Upload

MOST_TENSORS = 20_000  # cifar_resnet1202 has 7,000
MOST_STAGES = 12
MOST_CLASSES = 22_000  # all of ImageNet
LONGEST_CLASS = 200  # letters
LARGEST_CROP, LARGEST_RESIZE = 512, 1024  # pixels: what a forward pass costs grows with their square


def describe_upload(upload: Upload, beside: Upload | None = None, asked: Mapping[str, Any] | None = None) -> Weights:
    """What a file is that was sent: its network from its shapes, all else from its note and from what was asked for.

    Args:
        beside: the note that came with it: JSON, or a list of classes as text.
        asked: keys of a note with values of its sender, which count more than the note's.

    Raises:
        WeightsError: for a file that can't be read, holds code, claims more numbers than it has bytes for, or is of no
            network of ours; and for a wrong value, or one that contradicts the file.
    """
    _check_archive(upload)
    contents = read_contents(upload, shapes_only=True)
    _check_claims(upload, contents)
    file = Path(upload.name)
    note = _note(upload, beside, contents, asked or {})
    spec, assumed = _network(file, note, contents)
    weights = record_of(file, SENT, note, spec, (*contents.remarks, *assumed), len(upload.data))
    _check_prepared(weights)
    return replace(weights, sha256=_hashed(upload, note))


def load_upload(upload: Upload, weights: Weights) -> ResNet:
    """The network of a file that was sent, as `describe_upload` found it, ready to answer.

    Raises:
        WeightsError: for numbers that are none, or tensors that are missing.
    """
    contents = read_contents(upload)
    model = build_model(weights.spec, num_classes=len(weights.classes) or None, device="meta")
    load_strictly(model, contents.tensors, file=upload.name, network=weights.spec.name)
    return model.eval().requires_grad_(False)


def _check_archive(upload: Upload) -> None:
    """A ZIP archive, as PyTorch writes it, holds its numbers unpacked; one that swells is none of PyTorch's."""
    if not upload.data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(upload.open()) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise WeightsError(
            f"{upload.name} is damaged: it is a ZIP archive that was cut off or changed ({error}). Send it again."
        ) from error
    if unpacked > len(upload.data):
        raise WeightsError(
            f"{upload.name} is a compressed archive that unpacks to {unpacked / 1e6:,.0f} MB. PyTorch does not write "
            "such files: unpack it, and send the file of weights in it."
        )


def _check_claims(upload: Upload, contents: Contents) -> None:
    shapes = contents.shapes
    numbers = sum(tensor.numel() for tensor in contents.tensors.values())
    if numbers > len(upload.data):
        raise WeightsError(
            f"{upload.name} names {numbers:,} numbers and has {len(upload.data):,} bytes: one stands for many. "
            "Save `model.state_dict()` as it is, and send that."
        )
    stages = {found[1] for name in shapes if (found := re.match(r"layer(\d+)\.", name))}
    if len(shapes) > MOST_TENSORS or len(stages) > MOST_STAGES:
        raise WeightsError(
            f"{upload.name} has {len(shapes):,} tensors in {len(stages)} stages; a ResNet has at most {MOST_TENSORS:,} "
            f"in {MOST_STAGES} here. Choose another file."
        )


def _note(upload: Upload, beside: Upload | None, contents: Contents, asked: Mapping[str, Any]) -> Note:
    """The note beside a file, or the one in it, with what its sender was asked for."""
    if beside:
        note = read_note(as_note(beside.data, beside.name), beside.name)
    else:
        note = read_note(contents.note, f"The note in {upload.name}") if contents.note else Note()
    given = read_note(json.dumps(dict(asked)), "What you gave")
    said = {one.name: getattr(given, one.name) for one in fields(Note) if one.name in asked}
    outputs = contents.shapes.get("fc.weight", (0,))[0]
    if "classes" in said and outputs and len(given.classes) != outputs:
        raise WeightsError(
            f"You gave {len(given.classes):,} class names, and {upload.name} has {outputs:,} outputs. "
            "Give one for each."
        )
    if "classes" in said:  # groups are of the note's names
        said["grouping"] = None
    return replace(note, **said)


def _network(file: Path, note: Note, contents: Contents) -> tuple[ModelSpec, tuple[str, ...]]:
    if note.model and note.overrides and note.classes and note.mean:
        return recorded_spec(note, file), ()
    return network_of(file, note, contents)


def _check_prepared(weights: Weights) -> None:
    prepared, name = weights.preprocessing, weights.path.name
    if prepared.crop_size > LARGEST_CROP or prepared.resize_size > LARGEST_RESIZE:
        raise WeightsError(
            f"{name} is to see {prepared.crop_size} of {prepared.resize_size} pixels; a page takes at most "
            f"{LARGEST_CROP} of {LARGEST_RESIZE:,}. Give a smaller image_size, or use the command line."
        )
    if len(weights.classes) > MOST_CLASSES:
        raise WeightsError(
            f"{name} has {len(weights.classes):,} classes; a page takes at most {MOST_CLASSES:,}. Use the command line."
        )
    longest = max(weights.classes, key=len, default="")
    if len(longest) > LONGEST_CLASS:
        raise WeightsError(
            f"A class of {name} has a name of {len(longest):,} letters ({longest[:40]}...); "
            f"a page shows at most {LONGEST_CLASS}. Give shorter names."
        )


def _hashed(upload: Upload, note: Note) -> str:
    found = hashlib.sha256(upload.data).hexdigest()
    if not found.startswith(note.sha256):
        raise WeightsError(
            f"{upload.name} is not the file that its note means: its SHA-256 begins with {found[:8]} instead of "
            f"{note.sha256[:8]}. Send the right one, or take sha256 out of the note."
        )
    return found
