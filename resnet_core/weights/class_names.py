"""Class names as people write them down: a line each, with commas, or as JSON; and notes that are nothing but that."""

from __future__ import annotations

import json
from typing import Any

from resnet_core.errors import WeightsError
from resnet_core.weights.note import READERS, RECORDED


def read_class_names(text: str) -> Any:
    """What `classes` of a note may be, from a list of names: a line each, or one line with commas, or JSON.

    Raises:
        WeightsError: for JSON that is none.
    """
    stripped = text.strip().removeprefix("\ufeff")
    if stripped[:1] in ("[", "{"):
        try:
            return json.loads(stripped)
        except (ValueError, RecursionError) as error:
            raise WeightsError(f"The class names can't be read: they begin as JSON and are none ({error}).") from error
    lines = [line.strip() for line in stripped.splitlines() if line.strip()]
    return [name.strip() for name in lines[0].split(",") if name.strip()] if len(lines) == 1 else lines


def as_note(data: bytes, name: str) -> str:
    """A note's JSON. One that is only a list of names, or a map of them, is a note with `classes`.

    Raises:
        WeightsError: if it is no text, or JSON that is none.
    """
    try:
        text = data.decode("utf-8-sig")
    except ValueError as error:
        raise WeightsError(f"{name} can't be used: it is no text. A note is JSON, or a name in each line.") from error
    if name.lower().endswith(".json"):
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return text  # whoever reads notes says what is wrong
    else:
        told = read_class_names(text)
    if isinstance(told, dict) and any(key in READERS or key in RECORDED for key in told):
        return json.dumps(told)
    names_only = isinstance(told, list) or (isinstance(told, dict) and told and _is_map_of_names(told))
    return json.dumps({"classes": told} if names_only else told)


def _is_map_of_names(told: dict[str, Any]) -> bool:
    """Whether it is {"cat": 0} or {"0": "cat"} throughout."""
    by_name = all(isinstance(value, int) for value in told.values())
    return by_name or all(key.isdigit() and isinstance(value, str) for key, value in told.items())
