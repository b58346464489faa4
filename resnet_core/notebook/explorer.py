"""Explorer: a network that opens, as a widget. What the reader chooses is read in Python, and set there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import traitlets
from traitlets import Dict, Unicode, observe, validate

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.tables.tables import layer_table
from resnet_core.anatomy.tables.units import UNITS
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError, require
from resnet_core.figures.diagram.journey import journey_payload, picture_uri, start_of
from resnet_core.figures.diagram.scenes import diagram_payload, diagram_svg, place_of_layer
from resnet_core.models.catalogue import list_models
from resnet_core.models.spec import ModelSpec
from resnet_core.notebook.host import DrawingWidget

if TYPE_CHECKING:
    from torch import nn


class Explorer(DrawingWidget):
    """A network that opens, and a picture on its way through it.

    Attributes:
        trace: what is drawn.
        opened: path of the part that is open, "" for the whole network.
        layer: path of the layer that was chosen last, "" for none.
        stop: path of the layer or the block that the picture has passed, "" at the input.
        selected: the chosen layer's row of the layer table, or None. Takes a row, its number, or a path.
    """

    drawing = "explorer"

    at = Dict().tag(sync=True)
    opened = Unicode()
    layer = Unicode()
    stop = Unicode()
    selected = traitlets.Any()

    def __init__(self, trace: Trace, *, opened: str = "", layer: str = "", unit: str = "MACs") -> None:
        require(unit in UNITS, "unit", unit, f"one of {', '.join(UNITS)}")
        if not trace.calls:
            diagram_svg(trace)  # says that nothing can be drawn
        self.trace = trace
        self._unit = unit
        self._diagram, self._way = diagram_payload(trace, unit), journey_payload(trace, unit)
        still = {"diagram": self._diagram, "way": self._way, "picture": picture_uri(), "alive": None, "proposal": ""}
        super().__init__(still, {"open": "", "layer": "", "stop": "", "turn": 0})
        if layer:
            self.layer = layer
        if opened:
            self.opened = opened

    @classmethod
    def of(
        cls, network: str | ModelSpec | Trace | nn.Module, input_size: Sequence[int] | None = None, **more: Any
    ) -> Self:
        """The widget of anything that can be traced."""
        return cls(_trace_of(network, input_size), **more)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The layer table, one row per call."""
        return layer_table(self.trace)

    @validate("opened")
    def _check_opened(self, proposal: Any) -> str:
        return self._known(proposal, self._diagram["places"], "a part that opens", self._what_opens())

    @validate("layer")
    def _check_layer(self, proposal: Any) -> str:
        return self._known(proposal, {"", *(call.path for call in self.trace.calls)}, "a layer")

    @validate("stop")
    def _check_stop(self, proposal: Any) -> str:
        path = str(proposal["value"])
        known = not path or start_of(self._way, path) is not None
        return self._known(proposal, {path} if known else (), "a layer or a block on the way")

    @validate("selected")
    def _check_selected(self, proposal: Any) -> pd.Series | None:
        given = proposal["value"]
        if given is None or (isinstance(given, str) and not given):
            return None
        if isinstance(given, pd.Series) and "path" in given:
            given = given["path"]
        paths = self.table["path"]
        if isinstance(given, str) and given in set(paths):
            return self.table.iloc[int((paths == given).to_numpy().argmax())]
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < len(paths):
            return self.table.iloc[given]
        raise InvalidSpecError(
            f"selected={given!r} does not work: give a row of the layer table, its number from 0 to "
            f"{len(paths) - 1}, or a path such as {paths.iloc[-1]!r}."
        )

    def _known(self, proposal: Any, known: Any, what: str, such_as: str = "") -> str:
        path = str(proposal["value"])
        require(path in known, proposal["trait"].name, path, f"{what} of {self.trace.name}{such_as}")
        return path

    def _what_opens(self) -> str:
        paths = [path for path in self._diagram["places"] if path]
        outer = [path for path in paths if "." not in path] or paths
        return f": {', '.join(outer[:12])}, or what opens inside them" if outer else ""

    @observe("at")
    def _hear(self, change: Any) -> None:
        at = change["new"]
        if at.get("turn") != self._moving["turn"]:  # Python has moved the drawing since
            return
        with self._one_move():
            self.opened, self.layer, self.stop = at["open"], at["layer"], at["stop"]
            self.selected = at["layer"] or None

    @observe("opened", "layer", "stop", "selected")
    def _move(self, change: Any) -> None:
        if self._hearing:
            return
        with self._one_move():
            if change["name"] == "selected":
                self.layer = "" if self.selected is None else self.selected["path"]
            if change["name"] in ("layer", "selected"):
                self.selected = self.layer or None
                self.opened, self.stop = place_of_layer(self._diagram, self.layer), self.layer
            if change["name"] == "stop":
                self.opened = self._home(self.stop)
        turn = self._moving["turn"] + 1
        self._moving = {"open": self.opened, "layer": self.layer, "stop": self.stop, "turn": turn}

    def _home(self, stop: str) -> str:
        places = self._diagram["places"]
        return str(places[stop][3]) if stop in places else place_of_layer(self._diagram, stop)

    def still_html(self) -> str:
        """What is open, as a picture."""
        return str(diagram_svg(self.trace, at=self.opened, unit=self._unit))

    def __repr__(self) -> str:
        return f"Explorer({self.trace.name}, opened={self.opened!r}, layer={self.layer!r})"


def _trace_of(network: Any, input_size: Any) -> Trace:
    if isinstance(network, Trace):
        return network
    if input_size is None and (isinstance(network, ModelSpec) or network in list_models()):
        return walk_spec(network)  # the same numbers by arithmetic, without PyTorch
    from resnet_core.anatomy.trace.trace import trace_model
    from resnet_core.models.network import ResNet

    if isinstance(network, ResNet) and input_size is None:
        input_size = (1, network.spec.in_channels, *network.spec.input_size)
    return trace_model(network, input_size)
