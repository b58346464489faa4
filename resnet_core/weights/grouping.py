"""Grouping: groups of a network's classes, when it is sure, and what it may not say else. Read from a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_core.errors import WeightsError


@dataclass(frozen=True, slots=True)
class Group:
    """Classes that one word stands for.

    Attributes:
        name: of the group, e.g. "dog".
        said: with its article, for sentences, e.g. "a dog".
        members: indices of its classes.
    """

    name: str
    said: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How an answer of this network is said at the finest level that is sure.

    Attributes:
        groups: each class is in one of them at most.
        said: each class with its article, in the order of the logits, e.g. "a golden retriever".
        sure_class, sure_group: probabilities (0 to 1) from which a class, or a group, is said without a doubt.
        guarded: indices of classes that are named only where they are surer than `sure_guarded`.
        sure_guarded: that probability.
    """

    groups: tuple[Group, ...]
    said: tuple[str, ...]
    sure_class: float
    sure_group: float
    guarded: tuple[int, ...] = ()
    sure_guarded: float = 1.0


def read_grouping(told: Any, classes: Sequence[str], note: str) -> Grouping:
    """The grouping of a note, whose key `grouping` says: groups, said, sure and guarded.

    Args:
        told: {"groups": [{"name", "said", "classes": names}], "said": a phrase for each class,
            "sure": {"class", "group", "guarded"}, "guarded": names}; said, guarded and sure.guarded may be left out.
        classes: of the network, in the order of its logits.
        note: its name, for messages.

    Raises:
        WeightsError: for anything else; the message says what is allowed.
    """
    index = {name: number for number, name in enumerate(classes)}

    def indices(names: Any, what: str) -> tuple[int, ...]:
        _require(isinstance(names, list), note, f"{what} must be a list of class names")
        for name in names:
            known = isinstance(name, str) and name in index
            _require(known, note, f"{what} names {name!r}, which is none of the {len(index)} classes")
        return tuple(index[name] for name in names)

    _require(isinstance(told, Mapping) and isinstance(told.get("groups"), list), note, 'give {"groups": [...]}')
    _require(all(map(_is_group, told["groups"])), note, "a group has name, said and classes")
    groups = tuple(
        Group(one["name"], one["said"], indices(one["classes"], f"the group {one['name']}")) for one in told["groups"]
    )
    members = [member for group in groups for member in group.members]
    _require(len(members) == len(set(members)), note, "a class may be in one group only")
    said = told.get("said", list(classes))
    phrases = isinstance(said, list) and len(said) == len(classes) and all(isinstance(one, str) for one in said)
    _require(phrases, note, f"said must be {len(classes)} phrases, one for each class")
    sure = told.get("sure")
    numbers = isinstance(sure, Mapping) and all(_is_share(sure.get(key, 1.0)) for key in ("class", "group", "guarded"))
    _require(numbers, note, 'sure must be probabilities such as {"class": 0.7, "group": 0.8}')
    return Grouping(
        groups=groups, said=tuple(said), sure_class=sure.get("class", 1.0), sure_group=sure.get("group", 1.0),
        guarded=indices(told.get("guarded", []), "guarded"), sure_guarded=sure.get("guarded", 1.0),
    )  # fmt: skip


def _is_group(one: Any) -> bool:
    return isinstance(one, Mapping) and all(isinstance(one.get(key), str) for key in ("name", "said"))


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _require(holds: bool, note: str, allowed: str) -> None:
    if not holds:
        raise WeightsError(f"{note} can't be used: grouping: {allowed}.")
