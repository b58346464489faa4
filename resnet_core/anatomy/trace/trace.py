"""trace_model(): one pass through a network, ours or yours -> a Trace of LayerCall records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

from resnet_core.anatomy.counting.calls import Trace, TraceError
from resnet_core.anatomy.counting.memory import Kept
from resnet_core.anatomy.trace.failure import explain_failure
from resnet_core.anatomy.trace.inputs import Call, Sizes, call_of, device_of, named_inputs, named_tensors, own_size
from resnet_core.anatomy.trace.kept import kept_in_training
from resnet_core.anatomy.trace.ledger import Ledger
from resnet_core.anatomy.trace.recorder import Entered, Recorder
from resnet_core.anatomy.trace.shapes_only import ShapesOnly
from resnet_core.anatomy.trace.undisturbed import undisturbed
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.listings.build import LISTINGS, build_listing
from resnet_core.models.network import ResNet, build_model
from resnet_core.models.spec import ModelSpec


def trace_model(
    name_or_spec_or_module: str | ModelSpec | nn.Module,
    input_size: Sizes | None = None,
    *,
    inputs: Any = None,
    keep_outputs: bool = False,
) -> Trace:
    """Run a picture of zeros through a network in eval mode and record every call of every layer.

    A name or a spec is built and run on the meta device: shapes without weights or memory. A module of your own
    runs where its parameters are, and is left as it was found, also when it fails.

    Args:
        name_or_spec_or_module: e.g. "resnet50", a published listing such as "listing_hook_blog", a spec such as
            `get_spec("resnet50").override(groups=2)`, or an nn.Module.
        input_size: (N, C, H, W); by default one picture of the spec's size; of the size that a module names in its own
            `pretrained_cfg["input_size"]`, as those of timm do; else (1, 3, 224, 224).
            A module with several inputs takes a size for each, in order or by the names of its arguments:
            `[(1, 3, 32, 32), (1, 8)]` or `{"image": (1, 3, 32, 32), "table": (1, 8)}`.
        inputs: tensors in place of sizes, for a module of yours that takes whole numbers, lists or dicts: a dict of
            its arguments by name, a tuple of them in order, or the one argument. They are copied to where it is.
        keep_outputs: keep a copy of each layer's output in `trace.outputs`. Then real weights are drawn
            (always the same) and real numbers flow.

    Raises:
        UnknownModelError, InvalidSpecError: for a model or an input that can't work, before anything runs.
        TraceError: for a pass that fails. The message names the call that failed, what it takes and what it was
            given; `error.partial` is the trace of the calls before it.
    """
    model, name, sizes = _resolve(name_or_spec_or_module, input_size, inputs, "cpu" if keep_outputs else "meta")
    call = call_of(model, sizes, inputs, drawn=keep_outputs)
    by_rule = isinstance(model, ResNet) and model is not name_or_spec_or_module
    return _run(model, name, call, keep_outputs, None if by_rule else partial(kept_in_training, model, call))


def _resolve(
    given: str | ModelSpec | nn.Module, input_size: Sizes | None, inputs: Any, device: str
) -> tuple[nn.Module, str, Sizes]:
    """The network to run, its name, and the sizes of what goes in."""
    if inputs is not None and (input_size is not None or not isinstance(given, nn.Module)):
        raise InvalidSpecError(
            "inputs= holds the tensors for a module of your own, in place of input_size. Give one of the two, and "
            "input_size alone for a named network."
        )
    if isinstance(given, nn.Module):
        _check_weights(given)
        return given, type(given).__name__, input_size or own_size(given)
    if isinstance(given, str) and given in LISTINGS:
        return build_listing(given, device=device), given, input_size or LISTINGS[given].input_size
    if not isinstance(given, str | ModelSpec):
        what = f"the class {given.__name__}: make one of it first" if isinstance(given, type) else f"{given!r}"
        raise InvalidSpecError(f"A name, a spec or an nn.Module can be traced, and this is {what}.")
    spec = get_spec(given) if isinstance(given, str) else given
    shape = input_size or (1, spec.in_channels, *spec.input_size)
    _check_input(spec, shape)
    return build_model(spec, device=device, seed=0), spec.name, shape


def _check_weights(model: nn.Module) -> None:
    numbers = (*model.named_parameters(), *model.named_buffers())
    unborn = next((path for path, tensor in numbers if is_lazy(tensor)), None)
    if unborn:
        raise InvalidSpecError(
            f"{unborn} of {type(model).__name__} has no shape yet, and tracing may not give it one: run one batch "
            "through the module first."
        )


def _check_input(spec: ModelSpec, shape: Any) -> None:
    sized = isinstance(shape, list | tuple)
    if not sized or len(shape) != 4 or not all(isinstance(n, int) and n >= 1 for n in shape):
        raise InvalidSpecError(
            f"input_size={shape!r} does not work: give (N, C, H, W), four whole numbers of at least 1, "
            f"for example (1, {spec.in_channels}, {spec.input_size[0]}, {spec.input_size[1]})."
        )
    if shape[1] != spec.in_channels:
        raise InvalidSpecError(
            f"input_size={shape!r} has {shape[1]} channels, but conv1 of {spec.name} takes {spec.in_channels}. "
            f"Give (N, {spec.in_channels}, H, W), or build the model with in_channels={shape[1]}."
        )


def _run(model: nn.Module, name: str, call: Call, keep_outputs: bool, kept: Kept | None) -> Trace:
    given = named_inputs(model, call)
    recorder = Recorder(model, keep_outputs, given.values())
    shapes = {argument: tuple(tensor.shape) for argument, tensor in given.items()}
    returned: Any = None

    def so_far() -> Trace:
        return Trace(
            name=name, input_shape=next(iter(shapes.values()), ()), calls=tuple(recorder.calls),
            total_params=sum(p.numel() for p in model.parameters()), input_shapes=shapes,
            output_shapes={way: tuple(tensor.shape) for way, tensor in named_tensors(returned)},
            outputs=recorder.outputs, uncounted=tuple(recorder.uncounted),
            sources=tuple(recorder.sources), kept=kept,
        )  # fmt: skip

    try:
        with undisturbed(model), recorder, _watching(model, recorder):
            returned = recorder.run(call.args, call.kwargs)
    except Exception as error:  # whatever a foreign forward raises, the calls before it are worth showing
        failed = recorder.open[-1] if recorder.open else Entered("", model, call, 0)
        sentence = explain_failure(model, given, failed, recorder.calls, error)
        raise TraceError(sentence, so_far(), failed.path) from error
    recorder.close()
    return so_far()


@contextmanager
def _watching(model: nn.Module, recorder: Recorder) -> Iterator[None]:
    """The ledger of what no layer owns, and the flow of what functions join. Our networks have nothing such, and on the
    meta device need no kernels at all: there the channels of a batch norm fit by construction."""
    if isinstance(model, ResNet):
        with ShapesOnly() if device_of(model).type == "meta" else nullcontext():
            yield
    else:
        with recorder.flow, Ledger(model, recorder.under_way):
            yield
