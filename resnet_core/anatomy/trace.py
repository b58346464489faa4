"""trace_model(): forward hooks on every leaf module -> a Trace of LayerCall records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from resnet_core.anatomy import cost
from resnet_core.anatomy.calls import LayerCall, Shape, Trace, place_of
from resnet_core.anatomy.receptive import Field, grow, window_of
from resnet_core.anatomy.shapes_only import ShapesOnly
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.listings import LISTINGS, build_listing
from resnet_core.models.network import ResNet, build_model
from resnet_core.models.spec import ModelSpec


def trace_model(
    name_or_spec_or_module: str | ModelSpec | nn.Module,
    input_size: Shape | None = None,
    *,
    keep_outputs: bool = False,
) -> Trace:
    """Run a picture of zeros through a network in eval mode and record every call of every layer.

    A name or a spec is built and run on the meta device: shapes without weights or memory. A module of your own
    runs where its parameters are, and is left as it was found.

    Args:
        name_or_spec_or_module: e.g. "resnet50", a published listing such as "listing_hook_blog", a spec such as
            `get_spec("resnet50").override(groups=2)`, or an nn.Module.
        input_size: (N, C, H, W); by default one picture of the spec's size, (1, 3, 224, 224) for a module.
        keep_outputs: keep a copy of each layer's output in `trace.outputs`. Then real weights are drawn
            (always the same) and real numbers flow.

    Raises:
        UnknownModelError, InvalidSpecError: for a model or an input size that can't work; the message names
            the layer that fails and the smallest input that works.
    """
    model, name, shape = _resolve(name_or_spec_or_module, input_size, "cpu" if keep_outputs else "meta")
    try:
        calls, outputs = _run(model, shape, keep_outputs)
    except (RuntimeError, ValueError) as error:
        raise InvalidSpecError(explain_failure(model, shape, error)) from error
    total = sum(p.numel() for p in model.parameters())
    return Trace(name=name, input_shape=tuple(shape), calls=calls, total_params=total, outputs=outputs)


def _resolve(given: str | ModelSpec | nn.Module, input_size: Shape | None, device: str) -> tuple[nn.Module, str, Shape]:
    """The network to run, its name, and the shape of what goes in."""
    if isinstance(given, nn.Module):
        return given, type(given).__name__, input_size or (1, 3, 224, 224)
    if isinstance(given, str) and given in LISTINGS:
        return build_listing(given, device=device), given, input_size or LISTINGS[given].input_size
    spec = get_spec(given) if isinstance(given, str) else given
    shape = input_size or (1, spec.in_channels, *spec.input_size)
    _check_input(spec, shape)
    return build_model(spec, device=device, seed=0), spec.name, shape


def _check_input(spec: ModelSpec, shape: Shape) -> None:
    if len(shape) != 4 or not all(isinstance(n, int) and n >= 1 for n in shape):
        raise InvalidSpecError(
            f"input_size={shape!r} does not work: give (N, C, H, W), four whole numbers of at least 1, "
            f"for example (1, {spec.in_channels}, {spec.input_size[0]}, {spec.input_size[1]})."
        )
    if shape[1] != spec.in_channels:
        raise InvalidSpecError(
            f"input_size={shape!r} has {shape[1]} channels, but conv1 of {spec.name} takes {spec.in_channels}. "
            f"Give (N, {spec.in_channels}, H, W), or build the model with in_channels={shape[1]}."
        )


def _run(model: nn.Module, shape: Shape, keep_outputs: bool) -> tuple[tuple[LayerCall, ...], dict[str, Tensor]]:
    recorder = _Recorder(model, keep_outputs)
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    picture = torch.zeros(shape, device=device)
    if keep_outputs:
        picture = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(device)
    recorder.fields[picture] = Field(1, 1, 1, 1)
    with _evaluating(model), recorder, torch.no_grad(), _quick_shapes(model, device):
        model(picture)
    return tuple(recorder.calls), recorder.outputs


def _quick_shapes(model: nn.Module, device: torch.device) -> AbstractContextManager[Any]:
    """For our own networks on the meta device only: there the channels of a batch norm fit by construction."""
    return ShapesOnly() if device.type == "meta" and isinstance(model, ResNet) else nullcontext()


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Eval mode inside, each module's own mode again after."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


class _Recorder:
    """Forward hooks on the leaf modules; they live as long as the `with` block."""

    def __init__(self, model: nn.Module, keep_outputs: bool) -> None:
        self.calls: list[LayerCall] = []
        self.outputs: dict[str, Tensor] = {}
        self.fields: Any = WeakTensorKeyDictionary()  # tensor -> Field, by identity
        self.keep_outputs = keep_outputs
        self.counted: set[int] = set()
        self.named_stages = isinstance(model, ResNet)
        self.leaves = [(path, m) for path, m in model.named_modules() if not any(m.children())]
        self.handles: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> None:
        self.handles = [m.register_forward_hook(self._hook(path), with_kwargs=True) for path, m in self.leaves]

    def __exit__(self, *_: object) -> None:
        for handle in self.handles:
            handle.remove()

    def _hook(self, path: str) -> Any:
        def record(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
            inputs, outputs = list(_tensors((args, kwargs))), list(_tensors(output))
            self.calls.append(self._call(path, module, inputs, outputs))
            if self.keep_outputs and outputs:
                self.outputs[path] = outputs[0].detach().clone()

        return record

    def _call(self, path: str, module: nn.Module, inputs: list[Tensor], outputs: list[Tensor]) -> LayerCall:
        in_shape = tuple(inputs[0].shape) if inputs else ()
        out_shape = tuple(outputs[0].shape) if outputs else ()
        window = window_of(module, in_shape)
        field = grow([self.fields.get(t) for t in inputs], window, in_shape, out_shape)
        if field and outputs:
            self.fields[outputs[0]] = field
        stage, block = place_of(path) if self.named_stages else (path.split(".")[0], None)
        return LayerCall(
            index=len(self.calls), path=path, kind=type(module).__name__, stage=stage, block=block,
            input_shape=in_shape, output_shape=out_shape,
            kernel_size=window.kernel if window else None, stride=window.stride if window else None,
            padding=window.padding if window else None, groups=getattr(module, "groups", None),
            params=self._new_params(module), macs=module_macs(module, in_shape, out_shape),
            activation_bytes=cost.activation_bytes(out_shape) if outputs else 0,
            receptive_field=(field.height, field.width) if field else None,
        )  # fmt: skip

    def _new_params(self, module: nn.Module) -> int:
        fresh = [p for p in module.parameters() if id(p) not in self.counted]
        self.counted.update(id(p) for p in fresh)
        return sum(p.numel() for p in fresh)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def module_macs(module: nn.Module, in_shape: Shape, out_shape: Shape) -> int:
    """Multiply-adds of one call, by the rule in `cost.MAC_RULE`; 0 for every other kind of layer."""
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return cost.conv_macs(module.in_channels, out_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        return cost.conv_macs(module.out_channels, in_shape, tuple(module.kernel_size), module.groups)
    if isinstance(module, nn.Linear):
        return cost.linear_macs(module.in_features, out_shape)
    return 0


def explain_failure(model: nn.Module, shape: Shape, error: Exception) -> str:
    """Which layer can't take this input, and the smallest square one that works up to 512 pixels."""
    entered: list[str] = []
    handles = [
        m.register_forward_pre_hook(lambda _m, _a, path=path: entered.append(path))
        for path, m in model.named_modules()
        if not any(m.children())
    ]
    try:
        works = _smallest_side(model, shape)
        entered.clear()
        _passes(model, shape)
    finally:
        for handle in handles:
            handle.remove()
    layer = entered[-1] if entered else "the first layer"
    hint = (
        f"The smallest square input that works is {works}x{works}." if works else "No square input up to 512x512 works."
    )
    return f"An input of {tuple(shape)} fails at {layer}: {error}. {hint}"


def _smallest_side(model: nn.Module, shape: Shape, most: int = 512) -> int | None:
    """Bisection: a network that works at one size works at every larger one."""
    if len(shape) != 4 or not _passes(model, (*shape[:2], most, most)):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _passes(model, (*shape[:2], middle, middle)) else (middle, high)
    return high


def _passes(model: nn.Module, shape: Shape) -> bool:
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    try:
        with _evaluating(model), torch.no_grad():
            model(torch.zeros(shape, device=device))
    except (RuntimeError, ValueError):
        return False
    return True
