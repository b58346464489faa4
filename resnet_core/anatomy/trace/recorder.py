"""Recorder: forward hooks that write down each call of each layer, and know which call is under way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import NOT_CALLED, LayerCall, Shape, place_of
from resnet_core.anatomy.counting.receptive import Field, Window, grow, window_of
from resnet_core.anatomy.trace.flow import Flow
from resnet_core.anatomy.trace.inputs import named_tensors
from resnet_core.anatomy.trace.ledger import Work
from resnet_core.models.network import ResNet


@dataclass(frozen=True, slots=True)
class Entered:
    """A call that has begun.

    Attributes:
        path: of the module, empty for the network itself.
        module: that is called.
        given: its arguments.
        before: calls written down when it began.
        sources: indices of the calls that its arguments came from.
        work: what its own operations do; calls inside it have their own.
    """

    path: str
    module: nn.Module
    given: tuple[Any, Any]
    before: int
    sources: tuple[int, ...] = ()
    work: Work = field(default_factory=Work)


class Recorder:
    """Hooks on every module, for as long as the `with` block lasts.

    A row is a call of a module without modules inside, or of one that called none of those inside it (attention
    does its own arithmetic with their weights), or of one that holds trained numbers of its own or multiplies by some.
    Between them stand the functions that join what modules put out; inside a row they are part of it.
    A TorchScript module can't be hooked: what it does is given to the call around it, and it is named as opaque.
    """

    def __init__(self, model: nn.Module, keep_outputs: bool, inputs: Iterable[Tensor]) -> None:
        self.calls: list[LayerCall] = []
        self.sources: list[tuple[int, ...]] = []  # of each call, as in Trace
        self.outputs: dict[str, Tensor] = {}
        self.uncounted: list[tuple[str, str, int | None]] = []  # operation, path, multiply-adds
        self.open: list[Entered] = []  # innermost last; what is left here after an exception is what failed
        self._fields: Any = WeakTensorKeyDictionary()  # tensor -> Field, by identity
        given = list(inputs)
        for tensor in given:
            if tensor.ndim > 1 and tensor.is_floating_point():
                self._fields[tensor] = Field(1, 1, 1, 1)
        self.flow = Flow(given, self._joining)
        self._model, self._keep_outputs = model, keep_outputs
        self._counted: set[int] = set()
        self._handles: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> Recorder:
        try:
            for path, module in hookable(self._model):
                leaf, owner = not any(module.children()), any(True for _ in module.parameters(recurse=False))
                self._handles.append(module.register_forward_pre_hook(self._entering(path), with_kwargs=True))
                self._handles.append(module.register_forward_hook(self._leaving(leaf, owner)))
        except BaseException:  # raised again: no hook may stay, whatever it was
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def under_way(self) -> Work | None:
        """What the innermost open call has done so far."""
        return self.open[-1].work if self.open else None

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the network; a scripted one takes no hook, so that its call is opened and closed here."""
        if not isinstance(self._model, torch.jit.ScriptModule):
            return self._model(*args, **kwargs)
        self._entering("")(self._model, args, kwargs)
        output = self._model(*args, **kwargs)
        self._leaving(True, True)(self._model, args, output)
        return output

    def close(self) -> None:
        """Once the pass has ended: a row for each module whose parameters no call used, so that rows add up."""
        for path, module in hookable(self._model, scripted=True):
            scripted = isinstance(module, torch.jit.ScriptModule)
            if scripted:
                self.uncounted.append(("TorchScript", path or type(module).__name__, None))
            if params := self._new_params(module.parameters(recurse=scripted)):
                kind = type(module).__name__ + ("" if scripted else NOT_CALLED)
                self._write(path, kind, (), input_shape=(), output_shape=(), params=params)

    def _entering(self, path: str) -> Any:
        def enter(module: nn.Module, args: Any, kwargs: Any) -> None:
            given = (tensor for _, tensor in named_tensors((args, kwargs)))
            self.open.append(Entered(path, module, (args, kwargs), len(self.calls), self.flow.sources(given)))

        return enter

    def _leaving(self, leaf: bool, owner: bool) -> Any:
        def leave(module: nn.Module, _: Any, output: Any) -> None:
            while (entered := self.open.pop()).module is not module:
                pass  # a call inside failed, and the network went on without it
            silent, work = leaf or all(call.functional for call in self.calls[entered.before :]), entered.work
            path = entered.path or type(self._model).__name__
            self.uncounted += [(operation, path, macs) for operation, macs in work.uncounted.items()]
            worked = work.macs or any(key not in self._counted for key in work.used)
            if silent or owner or worked:
                self._record(entered, output, whole=silent)

        return leave

    def _record(self, entered: Entered, output: Any, whole: bool) -> None:
        if whole:
            del self.calls[entered.before :], self.sources[entered.before :]
        path, module = entered.path or type(self._model).__name__, entered.module
        inputs, outputs = ([tensor for _, tensor in named_tensors(v)] for v in (entered.given, output))
        in_shape = tuple(inputs[0].shape) if inputs else ()
        out_shape = tuple(outputs[0].shape) if outputs else ()
        window = window_of(module, in_shape) if whole else None
        kernel, stride, padding = _sides(module, window) if window else (None, None, None)
        groups = getattr(module, "groups", None)
        flat = kernel is None or len(kernel) == 2
        field = grow([self._fields.get(t) for t in inputs], window, in_shape, out_shape) if whole and flat else None
        if field and outputs:
            self._fields[outputs[0]] = field
        params = (*module.parameters(recurse=whole), *entered.work.used.values())
        if whole:
            self.flow.came_from(outputs, (len(self.calls),))
        self._write(
            path, type(module).__name__, entered.sources, input_shape=in_shape, output_shape=out_shape,
            kernel_size=kernel, stride=stride, padding=padding, groups=groups if isinstance(groups, int) else None,
            params=self._new_params(params), macs=_macs_of(entered, in_shape, out_shape),
            activation_bytes=cost.activation_bytes(out_shape) if outputs else 0,
            receptive_field=(field.height, field.width) if field else None,
        )  # fmt: skip
        if outputs:
            self._keep(outputs[0])

    def _joining(self, kind: str, given: list[Tensor], out: Tensor, sources: tuple[int, ...]) -> int | None:
        """A functional call; those inside a module without modules are part of its row."""
        if not self.open or not any(self.open[-1].module.children()):
            return None
        fields = [self._fields.get(tensor) for tensor in given]
        shape, result = tuple(given[0].shape), tuple(out.shape)
        self._fields[out] = field = grow(fields, None, shape, result) if all(fields) else None
        self._write(
            self.open[-1].path or type(self._model).__name__, kind, sources, input_shape=shape, output_shape=result,
            activation_bytes=cost.activation_bytes(result),
            receptive_field=(field.height, field.width) if field else None,
        )  # fmt: skip
        self._keep(out)
        return len(self.calls) - 1

    def _write(self, path: str, kind: str, sources: tuple[int, ...], **facts: Any) -> None:
        stage, block = self._place(path)
        self.calls.append(LayerCall(index=len(self.calls), path=path, kind=kind, stage=stage, block=block, **facts))
        self.sources.append(sources)

    def _keep(self, output: Tensor) -> None:
        """A copy of the last call's output, where outputs are asked for."""
        if self._keep_outputs:
            self.outputs[self.calls[-1].part_path] = output.detach().clone()

    def _place(self, path: str) -> tuple[str, int | None]:
        return place_of(path) if isinstance(self._model, ResNet) else (path.split(".")[0], None)

    def _new_params(self, parameters: Iterable[nn.Parameter]) -> int:
        fresh = {id(p): p for p in parameters if id(p) not in self._counted}
        self._counted.update(fresh)
        return sum(p.numel() for p in fresh.values())


def _sides(module: nn.Module, window: Window) -> tuple[Shape, ...]:
    """Kernel, stride and padding, a number for each side: vertical and horizontal, or all that it has."""
    sides = getattr(module, "kernel_size", None)
    if not isinstance(sides, tuple) or len(sides) == 2:
        return window.kernel, window.stride, window.padding
    names = ("kernel_size", "stride", "padding")
    values = (getattr(module, name) for name in names)
    return tuple(tuple(v) if isinstance(v, tuple) else (v,) * len(sides) for v in values)


def hookable(model: nn.Module, *, scripted: bool = False) -> Iterator[tuple[str, nn.Module]]:
    """Path and module of all that can be hooked: nothing that is TorchScript, or only its outermost module."""
    hidden: set[str] = set()
    for path, module in model.named_modules():
        if any(path.startswith(f"{outer}.") or outer == "" for outer in hidden):
            continue
        if isinstance(module, torch.jit.ScriptModule):
            hidden.add(path)
            if not scripted:
                continue
        yield path, module


def _macs_of(entered: Entered, in_shape: Shape, out_shape: Shape) -> int:
    """By the layer's own formula where its forward is PyTorch's; for all else what its operations did."""
    module = entered.module
    if isinstance(module, nn.RNNBase | nn.RNNCellBase):
        return recurrent_macs(module, in_shape)
    ours = module_macs(module, in_shape, out_shape) if getattr(type(module), "forward", None) in STOCK_FORWARDS else 0
    return ours or entered.work.macs


STOCK_FORWARDS = {
    kind.forward
    for kind in (
        nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d, nn.Linear,
    )
}  # fmt: skip


def recurrent_macs(module: nn.RNNBase | nn.RNNCellBase, in_shape: Shape) -> int:
    """Of a recurrent layer: at each step every weight matrix is used once. (L, N, F), (N, L, F) or (L, F) goes in."""
    weights = sum(p.numel() for p in module.parameters() if p.ndim > 1)
    return weights * prod(in_shape[:-1])


def module_macs(module: nn.Module, in_shape: Shape, out_shape: Shape) -> int:
    """Multiply-adds of one call, by the rule in `cost.MAC_RULE`; 0 for every other kind of layer."""
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return cost.conv_macs(module.in_channels, out_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        return cost.conv_macs(module.out_channels, in_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.Linear):
        return cost.linear_macs(module.in_features, out_shape)
    return 0
