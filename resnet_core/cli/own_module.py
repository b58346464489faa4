"""own_module(): a network of the visitor's own, from "mymodule:Net" on the command line."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_core.errors import InvalidSpecError

if TYPE_CHECKING:
    from types import ModuleType

    from torch import nn

    from resnet_core.anatomy.counting.calls import Shape

MOST_IN_A_SIDE = 65_536
SIZE = re.compile(r"input_size=\((?:1, )?([\d, ]+)\)")  # without the batch of 1


def is_own(name: str) -> bool:
    """Whether a name leads to a module of the visitor's own: "mymodule:Net", "folder/file.py:Net"."""
    return ":" in name


def own_module(name: str) -> nn.Module:
    """The network behind "module:Net": an nn.Module, or a class or a function that gives one without arguments.

    The module is found as Python started here would find it; "file.py:Net" names its file.

    Raises:
        InvalidSpecError: where there is none, or it can't be made.
    """
    from torch import nn

    place, _, inside = name.rpartition(":")
    module = _loaded(place, name)
    try:
        found: Any = reduce(getattr, inside.split("."), module)
    except AttributeError as error:
        there = ", ".join(sorted(key for key, value in vars(module).items() if _makes_modules(value, nn.Module)))
        raise InvalidSpecError(
            f"{place} has no {inside!r}." + (f" It has {there}." if there else " It has no class of an nn.Module.")
        ) from error
    made = found
    if not isinstance(found, nn.Module):
        try:
            made = found()
        except (Exception, SystemExit) as error:  # whatever another's code raises is the answer to who named it
            raise InvalidSpecError(
                f"{name} can't be made without arguments: {_said(error)}. Write a function that makes it, and give "
                f"its name: {place}:my_function."
            ) from error
    if not isinstance(made, nn.Module):
        raise InvalidSpecError(f"{name} gives a {type(made).__name__}, and no nn.Module.")
    return made


def _loaded(place: str, name: str) -> ModuleType:
    path = Path(place)
    folder = str(path.resolve().parent if path.suffix == ".py" else Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)  # as `python file.py` does
    try:
        if path.suffix != ".py":
            return importlib.import_module(place)
        spec = importlib.util.spec_from_file_location(f"own_{path.stem}", path)  # no module of that name is lost
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever another's file raises is the answer to who named it
        raise InvalidSpecError(
            f"{name!r} does not work: {_said(error)}. Give module:Net, as `from module import Net` would find it here, "
            "or file.py:Net."
        ) from error
    return module


def _makes_modules(value: Any, kind: type) -> bool:
    return isinstance(value, type) and issubclass(value, kind)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip().split(chr(10))[0].rstrip('.')}"


def as_typed(sentence: str) -> str:
    """A sentence about a size as the command line takes it: "--input 3x64x64" for "input_size=(1, 3, 64, 64)"."""
    return SIZE.sub(lambda found: f"--input {found[1].replace(', ', 'x')}", sentence)


def parse_shapes(text: str) -> list[Shape]:
    """Shapes of one example each, with a batch of 1 in front: "3x64x64" is [(1, 3, 64, 64)], "3x64x64,5" two inputs.

    Raises:
        InvalidSpecError: for anything else.
    """
    sizes = [size.replace("×", "x").lower().split("x") for size in text.split(",")]
    if not all(part.isdigit() and 0 < int(part) <= MOST_IN_A_SIDE for size in sizes for part in size):
        raise InvalidSpecError(
            f"{text!r} is no size. Give the shape of one example: 3x64x64 (channels, height, width); with several "
            "inputs one for each, after commas."
        )
    return [(1, *map(int, size)) for size in sizes]
