"""explore(), shortcut(), show_race() and live_race(): the app's drawings, live in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_core.errors import MissingPackageError

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import nn

    from resnet_core.anatomy.counting.calls import Trace
    from resnet_core.inference.classifier import Classifier
    from resnet_core.lab.data.sources import TrainingData
    from resnet_core.lab.recipe.config import TrainConfig
    from resnet_core.lab.runs.recorded import RecordedRun
    from resnet_core.models.spec import ModelSpec
    from resnet_core.notebook.explorer import Explorer
    from resnet_core.notebook.live import LiveRace
    from resnet_core.notebook.replay import Replay
    from resnet_core.notebook.shortcut import Shortcut

INSTALL = 'Widgets need anywidget, which is not installed: pip install "resnet-explainer[notebook]"'


def explore(
    network: str | ModelSpec | Trace | nn.Module, input_size: Sequence[int] | None = None, *, opened: str = "",
    layer: str = "", unit: str = "MACs",
) -> Explorer:  # fmt: skip
    """A network that opens: stages, blocks, layers, and one picture on its way through them.

    Args:
        network: a name from the catalogue, a spec, a trace, or any module that PyTorch can call.
        input_size: (N, C, H, W) of what goes in; what the network expects, if that is known, as a module of timm
            says it in its `pretrained_cfg`, else 224 pixels a side.
        opened: path of the part to open first, e.g. "layer3.20".
        layer: path of the layer to choose first, e.g. "layer3.20.conv2".
        unit: of the work, "MACs" or "FLOPs".

    Returns:
        The widget. `widget.opened`, `widget.layer` and `widget.stop` say where the reader is, and take the drawing
        elsewhere when they are set; `widget.selected` is the chosen row of the layer table.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for what can't be drawn, and for a path that is not there.
        MissingPackageError: without the extra `notebook`.
    """
    _require_widgets()
    from resnet_core.notebook.explorer import Explorer

    return Explorer.of(network, input_size, opened=opened, layer=layer, unit=unit)


def shortcut(network: str | Classifier, picture: str | Path | bytes | Image, block: str | None = None) -> Shortcut:
    """One addition of a network, value by value: x, F(x), their sum, and what each alpha would make of the answer.

    Args:
        network: a classifier, or the name of weights, e.g. "cifar_resnet56".
        picture: a file, its bytes, an image, or the name of a sample, e.g. "car".
        block: path or name of the block to open first, e.g. "layer3.2" or "conv4_x.2"; the first one otherwise.

    Returns:
        The widget. `widget.block` and `widget.channel` say what is looked at, and can be set.

    Raises:
        WeightsError, ImageError: if one of them can't be read.
        InvalidSpecError: for a block that is not there.
        MissingPackageError: without the extra `notebook`.
    """
    _require_widgets()
    from resnet_core.notebook.shortcut import Shortcut

    return Shortcut.of(network, picture, block)


def show_race(run: str | Path | RecordedRun | Iterable[str | Path | RecordedRun] | None = None) -> Replay:
    """Recorded runs, replayed epoch by epoch.

    Args:
        run: one or several recorded runs, their files, or the names of bundled ones, e.g. "cifar_plain56"; all that
            are bundled otherwise.

    Returns:
        The widget. `widget.epoch` is the epoch that is shown, and can be set.

    Raises:
        DataError: if a run can't be read.
        MissingPackageError: without the extra `notebook`.
    """
    _require_widgets()
    from resnet_core.notebook.replay import Replay

    return Replay.of(run)


def live_race(
    config: TrainConfig | None = None, arms: Sequence[str] = ("plain", "residual"), seed: int | None = None, *,
    data: TrainingData | None = None, device: str = "auto",
) -> LiveRace:  # fmt: skip
    """Start a race in the background, and watch its curves while the notebook stays free.

    Args:
        config, arms, seed, data, device: as `race` takes them.

    Returns:
        The widget, with a button that stops. `widget.stop()` does the same; `await widget` waits for the end in a
        notebook, `widget.wait()` in a program. `widget.metrics` holds what the race has reported, `widget.steps` and
        `widget.epochs` the same as tables.

    Raises:
        InvalidSpecError, DataError: for a race that can't run.
        MissingPackageError: without the extra `notebook`.
    """
    _require_widgets()
    from resnet_core.notebook.live import LiveRace

    return LiveRace.of(config, arms, seed, data=data, device=device)


def _require_widgets() -> None:
    from importlib.util import find_spec

    if find_spec("anywidget") is None:
        raise MissingPackageError(INSTALL)
