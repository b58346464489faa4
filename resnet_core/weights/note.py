"""The note beside weights: what a file of weights can't say of itself. read_note() is its one reader."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from resnet_core.errors import UnknownModelError, WeightsError
from resnet_core.models.catalogue import get_spec
from resnet_core.weights.grouping import Grouping, read_grouping
from resnet_core.weights.recorded import WrongValueError, read_history, read_recipe, read_top1, require_value

INTERPOLATIONS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
SMALLEST, LARGEST = 4, 2048  # sides of pictures, in pixels
MOST_CLASSES = 100_000
# What is recorded beside, by `train` or of measurements; nothing here needs it.
RECORDED = frozenset((
    "recipe_id", "validation_split", "precision", "device", "machine", "training_s", "command", "processes",
    "initial_weights_sha256", "initial_weights_note", "initial_run", "averaged", "stop_reason",
    "top5", "measured", "validation",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a note says, checked. What it leaves out is None or empty.

    Attributes:
        model: a name from `list_models()`; where it is left out, the shapes tell.
        overrides: fields of that model's spec that the run changed; None where no run of this package wrote the note.
        classes: labels in the order of the logits.
        image_size: (height, width) of the crop, in pixels.
        resize_size: pixels of the shorter side before the crop.
        interpolation: one of INTERPOLATIONS.
        mean, std: per channel, of pictures scaled to 0..1.
        wordnet_ids: of the classes, in their order.
        sha256: the file's hash or its first digits.
        source: where the weights come from, in words.
        data: what they were trained on, in words.
        top1: accuracy on that data's test or validation set in percent.
        grouping: groups of the classes, and when an answer is sure.
        remarks: sentences on what was ignored.
    """

    model: str | None = None
    overrides: Mapping[str, Any] | None = None
    classes: tuple[str, ...] = ()
    image_size: tuple[int, int] | None = None
    resize_size: int | None = None
    interpolation: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    wordnet_ids: tuple[str, ...] = ()
    sha256: str = ""
    source: str = ""
    data: str = ""
    top1: float | None = None
    grouping: Grouping | None = None
    remarks: tuple[str, ...] = field(default=())


def read_note(text: str | bytes, name: str = "The note") -> Note:
    """A note from its JSON. Every key may be left out; an unknown one is ignored and said so.

    Args:
        text: with or without a byte order mark; bytes are UTF-8.
        name: of the note, for messages.

    Raises:
        WeightsError: for text that is no JSON object, or a wrong value, by the name of its key.
    """
    told = _load(text, name)
    values: dict[str, Any] = {}
    for key, read in READERS.items():
        if told.get(key) is not None:
            try:
                values |= read(told[key])
            except WrongValueError as error:
                shown = repr(told[key])
                given = shown if len(shown) <= 60 else f"{shown[:57]}..."
                raise WeightsError(f"{name} can't be used: {key}={given} must be {error}.") from error
    if told.get("grouping") is not None:
        values["grouping"] = read_grouping(told["grouping"], values.get("classes", ()), name)
    note = Note(**values, remarks=_ignored(told, name))
    _check_together(note, name)
    return note


def _load(text: str | bytes, name: str) -> dict[str, Any]:
    try:
        told = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise WeightsError(f"{name} can't be used: it is no JSON ({error}). Mend it, or remove it.") from error
    if not isinstance(told, dict):
        raise WeightsError(f'{name} can\'t be used: it must be a JSON object such as {{"classes": [...]}}.')
    return told


def _ignored(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    unknown = [key for key in told if key not in READERS and key not in RECORDED and key != "grouping"]
    if not unknown:
        return ()
    shown = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
    known = ", ".join([*(key for key in READERS if key not in ("recipe", "history", "data_note")), "grouping"])
    return (f"{name}: {shown} is ignored; the keys of a note are {known}.",)


def _check_together(note: Note, name: str) -> None:
    """Keys that contradict each other."""
    if note.mean and note.std and len(note.mean) != len(note.std):
        raise WeightsError(
            f"{name} can't be used: mean has {len(note.mean)} values and std {len(note.std)}. Give as many."
        )
    if note.classes and note.wordnet_ids and len(note.classes) != len(note.wordnet_ids):
        raise WeightsError(
            f"{name} can't be used: wordnet_ids names {len(note.wordnet_ids)} classes, classes {len(note.classes)}."
        )
    if note.image_size and note.resize_size and note.resize_size < min(note.image_size):
        raise WeightsError(
            f"{name} can't be used: resize_size={note.resize_size} must be at least image_size, "
            f"here {min(note.image_size)}: the crop is cut out of the resized picture."
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _model(value: Any) -> dict[str, Any]:
    try:
        return {"model": get_spec(value).name}
    except (UnknownModelError, TypeError, AttributeError) as error:
        hint = str(error).partition(". ")[2] if isinstance(error, UnknownModelError) else ""
        raise WrongValueError(f"a name that `python -m resnet_core list` shows. {hint}".rstrip(". ")) from error


def _classes(value: Any) -> dict[str, Any]:
    allowed = 'a list of names, or names with indices from 0 ({"cat": 0}), or indices with names ({"0": "cat"})'
    require_value(isinstance(value, list | dict) and 0 < len(value) <= MOST_CLASSES, allowed)
    names = value if isinstance(value, list) else _by_index(value, allowed)
    require_value(all(isinstance(name, str | int) and not isinstance(name, bool) for name in names), allowed)
    return {"classes": tuple(map(str, names))}


def _by_index(value: dict[str, Any], allowed: str) -> list[Any]:
    """The names of a map in either direction, by index. Each index from 0 on must be there once."""
    if all(map(_is_whole, value.values())):
        pairs = [(index, name) for name, index in value.items()]
    else:
        require_value(all(key.isascii() and key.isdigit() and len(key) < 7 for key in value), allowed)
        pairs = [(int(key), name) for key, name in value.items()]
    pairs.sort(key=lambda pair: pair[0])
    require_value([index for index, _ in pairs] == list(range(len(pairs))), f"{allowed}, each index once")
    return [name for _, name in pairs]


def _side(value: Any) -> bool:
    return _is_whole(value) and SMALLEST <= value <= LARGEST


def _image_size(value: Any) -> dict[str, Any]:
    pair = value if isinstance(value, list) else [value, value]
    allowed = f"whole pixels from {SMALLEST} to {LARGEST:,}, or [height, width]"
    require_value(len(pair) == 2 and all(map(_side, pair)), allowed)
    return {"image_size": tuple(pair)}


def _resize_size(value: Any) -> dict[str, Any]:
    require_value(_side(value), f"whole pixels of the shorter side from {SMALLEST} to {LARGEST:,}")
    return {"resize_size": value}


def _interpolation(value: Any) -> dict[str, Any]:
    require_value(value in INTERPOLATIONS, f"one of {', '.join(INTERPOLATIONS)}")
    return {"interpolation": value}


def _channels(value: Any, lowest_allowed: bool, allowed: str) -> tuple[float, ...]:
    require_value(isinstance(value, list) and len(value) in (1, 3), allowed)
    for one in value:
        number = isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)
        require_value(number and 0 <= one <= 1 and (lowest_allowed or one > 0), allowed)
    return tuple(map(float, value))


def _mean(value: Any) -> dict[str, Any]:
    allowed = "one or three numbers from 0 to 1, of pictures scaled to 0..1 (divide levels by 255)"
    return {"mean": _channels(value, True, allowed)}


def _std(value: Any) -> dict[str, Any]:
    allowed = "one or three numbers above 0 and up to 1, of pictures scaled to 0..1 (divide levels by 255)"
    return {"std": _channels(value, False, allowed)}


def _wordnet_ids(value: Any) -> dict[str, Any]:
    fits = isinstance(value, list) and all(isinstance(one, str) and re.fullmatch(r"n\d{8}", one) for one in value)
    require_value(fits and 0 < len(value) <= MOST_CLASSES, 'a list such as ["n02119789"]')
    return {"wordnet_ids": tuple(value)}


def _sha256(value: Any) -> dict[str, Any]:
    fits = isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8,64}", value)
    require_value(bool(fits), "8 to 64 hexadecimal digits")
    return {"sha256": value.lower()}


def _text(key: str) -> Callable[[Any], dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        require_value(isinstance(value, str), "text")
        return {key: value}

    return read


READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "model": _model, "classes": _classes, "image_size": _image_size, "resize_size": _resize_size,
    "interpolation": _interpolation, "mean": _mean, "std": _std, "wordnet_ids": _wordnet_ids, "sha256": _sha256,
    "source": _text("source"), "recipe": read_recipe, "data_note": _text("data"), "history": read_history,
    "top1": read_top1,
}  # fmt: skip
