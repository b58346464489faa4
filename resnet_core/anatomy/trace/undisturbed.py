"""undisturbed(): run a network of someone else's and leave it, and every random number, as they were."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn

from resnet_core.anatomy.trace.inputs import device_of

_GUARD = threading.Lock()
_BUSY: WeakKeyDictionary[nn.Module, threading.RLock] = WeakKeyDictionary()  # one pass at a time through each network


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """Eval mode and no gradients inside; after it the modules and the random states are as before.

    Restored: each module's mode, attributes and submodules, the numbers in its buffers, hooks, and the states of
    PyTorch's, NumPy's and Python's random numbers. The mode is set without calling `eval()`, which some modules
    override to merge weights. Not restored: what a forward writes into parameters or into its own lists and dicts.
    """
    with _GUARD:
        busy = _BUSY.setdefault(model, threading.RLock())
    device = device_of(model)
    with busy, torch.random.fork_rng([device] if device.type == "cuda" else []), _other_randomness(), torch.no_grad():
        before = [(module, _attributes(module)) for module in model.modules() if not _is_scripted(module)]
        buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
        modes = [(module, module.training) for module in model.modules()]
        for module, _ in modes:
            module.training = False
        try:
            yield
        finally:
            for module, training in modes:
                module.training = training
            for module, attributes in before:
                _restore(module, attributes)
            for buffer, numbers in buffers:
                buffer.copy_(numbers)


TABLES = ("_parameters", "_buffers", "_modules")


def _attributes(module: nn.Module) -> dict[str, Any]:
    """A module's attributes, with copies of the tables in which PyTorch keeps tensors and submodules."""
    return {name: dict(value) if name in TABLES else value for name, value in vars(module).items()}


def _held(table: dict[str, Any]) -> list[tuple[str, int]]:
    """What stands under which name: tensors are told apart by identity, for `==` compares their numbers."""
    return [(name, id(value)) for name, value in table.items()]


def _restore(module: nn.Module, attributes: dict[str, Any]) -> None:
    now = vars(module)
    for name in TABLES:
        if _held(now[name]) != _held(attributes[name]):
            now[name].clear()
            now[name].update(attributes[name])
    for name in now.keys() - attributes.keys():
        del now[name]
    now.update({name: value for name, value in attributes.items() if name not in TABLES})


@contextmanager
def _other_randomness() -> Iterator[None]:
    """Python's and, where it is loaded, NumPy's random state from before."""
    numpy, python_state = sys.modules.get("numpy"), random.getstate()
    numpy_state = numpy.random.get_state() if numpy else None
    try:
        yield
    finally:
        random.setstate(python_state)
        if numpy and numpy_state:
            numpy.random.set_state(numpy_state)


def _is_scripted(module: nn.Module) -> bool:
    return isinstance(module, torch.jit.ScriptModule)
