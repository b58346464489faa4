"""Recorder: forward hooks that write down each call of each layer, and know which call is under way."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import LayerCall, Shape, place_of
from resnet_core.anatomy.counting.receptive import Field, grow, window_of
from resnet_core.anatomy.trace.inputs import named_tensors
from resnet_core.models.network import ResNet


class Entered(NamedTuple):
    """A call that has begun.

    Attributes:
        path: of the module, empty for the network itself.
        module: that is called.
        given: its arguments.
        before: calls written down when it began.
    """

    path: str
    module: nn.Module
    given: tuple[Any, Any]
    before: int


class Recorder:
    """Hooks on every module, for as long as the `with` block lasts.

    A row is a call of a module without modules inside, or of one that called none of those inside it (attention
    does its own arithmetic with their weights), or of one that holds trained numbers of its own.
    """

    def __init__(self, model: nn.Module, keep_outputs: bool, inputs: list[Tensor]) -> None:
        self.calls: list[LayerCall] = []
        self.outputs: dict[str, Tensor] = {}
        self.open: list[Entered] = []  # innermost last; what is left here after an exception is what failed
        self._fields: Any = WeakTensorKeyDictionary()  # tensor -> Field, by identity
        for tensor in inputs:
            self._fields[tensor] = Field(1, 1, 1, 1)
        self._model, self._keep_outputs = model, keep_outputs
        self._counted: set[int] = set()
        self._handles: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> Recorder:
        for path, module in self._model.named_modules():
            leaf, owner = not any(module.children()), any(True for _ in module.parameters(recurse=False))
            self._handles += [
                module.register_forward_pre_hook(self._entering(path), with_kwargs=True),
                module.register_forward_hook(self._leaving(leaf, owner)),
            ]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _entering(self, path: str) -> Any:
        def enter(module: nn.Module, args: Any, kwargs: Any) -> None:
            self.open.append(Entered(path, module, (args, kwargs), len(self.calls)))

        return enter

    def _leaving(self, leaf: bool, owner: bool) -> Any:
        def leave(module: nn.Module, _: Any, output: Any) -> None:
            while (entered := self.open.pop()).module is not module:
                pass  # a call inside failed, and the network went on without it
            silent = leaf or entered.before == len(self.calls)
            if silent or owner:
                self._record(entered, output, whole=silent)

        return leave

    def _record(self, entered: Entered, output: Any, whole: bool) -> None:
        path, module = entered.path or type(self._model).__name__, entered.module
        inputs, outputs = ([tensor for _, tensor in named_tensors(v)] for v in (entered.given, output))
        in_shape = tuple(inputs[0].shape) if inputs else ()
        out_shape = tuple(outputs[0].shape) if outputs else ()
        window = window_of(module, in_shape) if whole else None
        groups = getattr(module, "groups", None)
        field = grow([self._fields.get(t) for t in inputs], window, in_shape, out_shape) if whole else None
        if field and outputs:
            self._fields[outputs[0]] = field
        stage, block = place_of(path) if isinstance(self._model, ResNet) else (path.split(".")[0], None)
        self.calls.append(LayerCall(
            index=len(self.calls), path=path, kind=type(module).__name__, stage=stage, block=block,
            input_shape=in_shape, output_shape=out_shape,
            kernel_size=window.kernel if window else None, stride=window.stride if window else None,
            padding=window.padding if window else None, groups=groups if isinstance(groups, int) else None,
            params=self._new_params(module, whole), macs=module_macs(module, in_shape, out_shape),
            activation_bytes=cost.activation_bytes(out_shape) if outputs else 0,
            receptive_field=(field.height, field.width) if field else None,
        ))  # fmt: skip
        if self._keep_outputs and outputs:
            self.outputs[path] = outputs[0].detach().clone()

    def _new_params(self, module: nn.Module, whole: bool) -> int:
        fresh = [p for p in module.parameters(recurse=whole) if id(p) not in self._counted]
        self._counted.update(id(p) for p in fresh)
        return sum(p.numel() for p in fresh)


def module_macs(module: nn.Module, in_shape: Shape, out_shape: Shape) -> int:
    """Multiply-adds of one call, by the rule in `cost.MAC_RULE`; 0 for every other kind of layer."""
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return cost.conv_macs(module.in_channels, out_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        return cost.conv_macs(module.out_channels, in_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.Linear):
        return cost.linear_macs(module.in_features, out_shape)
    return 0
