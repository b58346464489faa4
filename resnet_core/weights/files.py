"""Weights files on disk, bundled or of yours: described by the shapes in them, and by the note beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from resnet_core.errors import InvalidSpecError, WeightsError
from resnet_core.models.catalogue import CATALOGUE, get_spec
from resnet_core.models.spec import ModelSpec
from resnet_core.weights.identify import described, differing, identify
from resnet_core.weights.note import Note, read_note
from resnet_core.weights.preparation import preparation
from resnet_core.weights.published import published_weights
from resnet_core.weights.record import Weights
from resnet_core.weights.state_dicts import SUFFIXES, Contents, read_contents

Source = Literal["bundled", "local", "sent"]
BUNDLED: Source = "bundled"
LOCAL: Source = "local"
SENT: Source = "sent"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file in a folder of weights that can't be used, and why."""

    path: Path
    reason: str


def weights_files(folder: Path) -> list[Path]:
    """The files of a folder that end as weights do (SUFFIXES, in any case), by name; none where it does not exist."""
    return sorted(path for path in folder.glob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file())


def weights_name(path: Path) -> str:
    """A file's name without the ending: what its weights are asked for by."""
    ending = max((s for s in SUFFIXES if path.name.lower().endswith(s)), key=len, default=path.suffix)
    return path.name[: len(path.name) - len(ending)] or path.name


def survey(folder: Path, source: Source) -> Iterator[Weights | Unreadable]:
    """Each file of a folder, described or with the reason why it can't be used; torchvision's own are left out."""
    for path in weights_files(folder):
        try:
            weights = weights_of_file(path, source)
        except WeightsError as error:  # one stray file must not hide the others
            yield Unreadable(path, str(error))
            continue
        if weights.source != "published":
            yield weights


def weights_of_file(path: Path, source: Source = LOCAL) -> Weights:
    """Described by its note, by torchvision's own file name, or by the shapes in it; what was assumed is in `remarks`.

    Raises:
        WeightsError: if there is no such file, it can't be read, no network of ours has its shapes, or the note is
            wrong.
    """
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}. Check its name and folder.")
    beside = note_path(path)
    if beside is None and (published := _published_as(path.name)):
        return replace(published, path=path, size_bytes=path.stat().st_size)
    note = read_note(_bytes(beside), beside.name) if beside else None
    if note and note.model and note.overrides is not None and note.classes and note.mean:
        return record_of(path, source, note, recorded_spec(note, path), (), path.stat().st_size)
    contents = _contents_of(path)
    if note is None:
        note = read_note(contents.note, f"The note in {path.name}") if contents.note else Note()
    spec, assumed = network_of(path, note, contents)
    return record_of(path, source, note, spec, (*contents.remarks, *assumed), path.stat().st_size)


def note_path(path: Path) -> Path | None:
    """The note beside a file: its name with the last ending replaced, or all of it (run7.pth.tar: run7.json)."""
    candidates = (path.with_suffix(".json"), path.with_name(f"{weights_name(path)}.json"))
    return next((one for one in candidates if one.is_file()), None)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path.name} can't be used: it can't be read ({error.strerror or error}).") from error


def _contents_of(path: Path) -> Contents:
    """Names and shapes only."""
    about = path.stat()
    return _cached_contents(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=128)
def _cached_contents(path: Path, _changed: int, _size: int) -> Contents:
    return read_contents(path, shapes_only=True)


def _published_as(file: str) -> Weights | None:
    if not re.search(r"-[0-9a-f]{8}\.pth$", file):  # spare others the import of torchvision
        return None
    return next((w for w in published_weights() if w.path.name == file), None)


def recorded_spec(note: Note, path: Path) -> ModelSpec:
    """The network of a run of this package, as its record says."""
    channels = len(note.mean or ())
    try:
        spec = get_spec(note.model or "").override(**dict(note.overrides or {}))
        return spec.override(num_classes=len(note.classes), in_channels=channels)
    except InvalidSpecError as error:
        raise WeightsError(f"The note of {path.name} can't be used: recipe: {error}") from error


def network_of(path: Path, note: Note, contents: Contents) -> tuple[ModelSpec, tuple[str, ...]]:
    """The spec of these shapes, and what was assumed where they fit more than one network."""
    shapes = contents.shapes
    fitting = identify(shapes)
    if note.model and not fitting:
        return get_spec(note.model).override(num_classes=len(note.classes) or 1000), ()  # loading says what differs
    if not fitting:
        raise WeightsError(_unknown(path, shapes, contents.head))
    _check_classes(path, note, shapes["fc.weight"][0])
    if note.model:
        return _as_noted(path, note.model, fitting), ()
    spec, why = _most_likely(path, fitting, contents.head)
    contradicted = name_contradicts(weights_name(path), fitting)
    if len(fitting) == 1:
        return spec, contradicted
    others = " and ".join(described(one) for one in fitting if one is not spec)
    return spec, (
        f"Its shapes fit {described(spec)}, which is assumed{why}, and {others}. If it answers at random, name one in "
        f"a note: {path.with_suffix('.json').name} with model.",
        *contradicted,
    )


def _as_noted(path: Path, model: str, fitting: Sequence[ModelSpec]) -> ModelSpec:
    """The one of these specs that a note names; a variant that differs in nothing but its name is the same."""
    row = get_spec(model)
    for spec in fitting:
        if spec.name == model:
            return spec
        if not differing(row, spec):
            return row.override(num_classes=spec.num_classes, in_channels=spec.in_channels)
    raise WeightsError(
        f"{path.name} does not fit {model}, which its note names: its shapes are those of "
        f"{' or '.join(map(described, fitting))}. Correct model in the note, or leave it out."
    )


def _most_likely(path: Path, fitting: Sequence[ModelSpec], head: str) -> tuple[ModelSpec, str]:
    """One of several networks with the same shapes: the one that the file's name or its own names speak for."""
    hinted = [spec for spec in fitting if _begins_with(path.name, spec.name)]
    if hinted:
        return max(hinted, key=lambda spec: len(spec.name)), " for the file's name"
    both = [spec for spec in fitting if spec.shortcut == "zero_pad_both"]
    if both and both[0].stem == "cifar" and head == "linear":
        # Idelbayev's networks, and most checkpoints that descend from them, call the classifier so.
        return both[0], " (zeros on both sides) because its classifier is called linear"
    return fitting[0], ""


def name_contradicts(name: str, fitting: Sequence[ModelSpec]) -> tuple[str, ...]:
    """A remark where a file's name says another network than its shapes; none where it says none.

    A name of the catalogue at its beginning counts, and else the number of layers behind "resnet", "resnext" or
    "plain": of files from elsewhere, the rest of a name may mean anything.
    """
    said = max((row for row in CATALOGUE if _begins_with(name, row)), key=len, default="")
    depth = re.search(r"(?:resnet|resnext|plain)[-_ ]?(\d{2,4})(?!\d)", name, re.IGNORECASE)
    if said:
        wrong = said not in {spec.name for spec in fitting}
    else:
        said = f"{depth[1]} layers" if depth else ""
        depths = {spec.layers for spec in CATALOGUE.values()}
        wrong = depth is not None and int(depth[1]) in depths - {spec.layers for spec in fitting}
    shapes = " or ".join(map(described, fitting))
    return (f"Its name says {said}, but its shapes are those of {shapes}, and shapes decide.",) if wrong else ()


def _begins_with(file: str, network: str) -> bool:
    return bool(re.match(rf"{re.escape(network)}(?![0-9a-zA-Z_])", file))


def _check_classes(path: Path, note: Note, outputs: int) -> None:
    for key, given in (("classes", note.classes), ("wordnet_ids", note.wordnet_ids)):
        if given and len(given) != outputs:
            raise WeightsError(
                f"The note of {path.name} has {len(given)} {key}, the network {outputs} outputs. Give one for each."
            )


def _unknown(path: Path, shapes: Mapping[str, tuple[int, ...]], head: str) -> str:
    """Why no network of ours has these shapes, as far as that shows."""
    if not any(name.startswith("layer1.") for name in shapes):
        some = ", ".join(list(shapes)[:3])
        return f"{path.name} is of no ResNet: it has no layer1, and begins with {some}. Choose another file."
    if not head:
        linear = [name for name, shape in shapes.items() if len(shape) == 2 and not name.startswith("layer")]
        if len(linear) > 1:
            return (
                f"{path.name} has a head of {len(linear)} linear layers ({', '.join(linear[:3])}), ours have one. "
                "Use a file with one."
            )
        return (
            f"{path.name} has no classifier, only features: it can't answer. "
            "Train one with `python -m resnet_core train --initial-weights`."
        )
    return (
        f"{path.name} is of a ResNet that none of ours equals in names and shapes. If it belongs to one of "
        "`python -m resnet_core list`, name it as model in a note, and what differs is said."
    )


def record_of(
    path: Path, source: Source, note: Note, spec: ModelSpec, remarks: tuple[str, ...], size_bytes: int
) -> Weights:
    """What is known about a file whose network was found; with what was assumed beside `remarks`."""
    prepared, assumed = preparation(note, spec, path.name)
    return Weights(
        name=weights_name(path), spec=spec, source=source, path=path, preprocessing=prepared, sha256=note.sha256,
        classes=note.classes or _unnamed_classes(spec.num_classes), size_bytes=size_bytes, data=note.data,
        top1=note.top1, wordnet_ids=note.wordnet_ids, origin=note.source, grouping=note.grouping,
        remarks=(*note.remarks, *remarks, *assumed),
    )  # fmt: skip


def _unnamed_classes(count: int) -> tuple[str, ...]:
    """ImageNet's labels for a thousand classes, numbers for any other count."""
    if count == 1000:
        return published_weights()[0].classes
    return tuple(f"class {index}" for index in range(count))
