"""DataFrames and arrays to Plotly figures and SVG drawings. Pure; nothing else in the core imports it.

Plotly loads with the first Plotly figure, so that a page of drawings alone never loads it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_core.figures.accuracy import accuracy_figure as accuracy_figure
    from resnet_core.figures.block_parts import block_parts_figure as block_parts_figure
    from resnet_core.figures.blocks import blocks_drawing as blocks_drawing
    from resnet_core.figures.changes import change_drawing as change_drawing
    from resnet_core.figures.comparison import race_comparison_figure as race_comparison_figure
    from resnet_core.figures.crops import framed_picture as framed_picture
    from resnet_core.figures.crops import ranges_drawing as ranges_drawing
    from resnet_core.figures.degradation import degradation_drawing as degradation_drawing
    from resnet_core.figures.diagram import diagram_payload as diagram_payload
    from resnet_core.figures.diagram import diagram_svg as diagram_svg
    from resnet_core.figures.diagram import nearest_place as nearest_place
    from resnet_core.figures.diagram import place_of_layer as place_of_layer
    from resnet_core.figures.diagram_marks import palette as palette
    from resnet_core.figures.durations import durations_figure as durations_figure
    from resnet_core.figures.journey import journey_payload as journey_payload
    from resnet_core.figures.journey import patch_drawing as patch_drawing
    from resnet_core.figures.journey import start_of as start_of
    from resnet_core.figures.journey import strip_drawing as strip_drawing
    from resnet_core.figures.maps import channel_pictures as channel_pictures
    from resnet_core.figures.maps import overlay_picture as overlay_picture
    from resnet_core.figures.maps import scale_drawing as scale_drawing
    from resnet_core.figures.maps import square_picture as square_picture
    from resnet_core.figures.predictions import predictions_figure as predictions_figure
    from resnet_core.figures.race import block_scale as block_scale
    from resnet_core.figures.race import gradient_figure as gradient_figure
    from resnet_core.figures.race import race_error_figure as race_error_figure
    from resnet_core.figures.race import race_loss_figure as race_loss_figure
    from resnet_core.figures.replay import replay_drawing as replay_drawing
    from resnet_core.figures.stacks import stack_drawing as stack_drawing
    from resnet_core.figures.stage_bars import stage_bars_drawing as stage_bars_drawing
    from resnet_core.figures.stages import stage_bars_figure as stage_bars_figure
    from resnet_core.figures.tiles import tiles_html as tiles_html

_HOME_OF = {
    "accuracy_figure": "accuracy",
    "block_parts_figure": "block_parts",
    "block_scale": "race",
    "blocks_drawing": "blocks",
    "change_drawing": "changes",
    "channel_pictures": "maps",
    "degradation_drawing": "degradation",
    "diagram_payload": "diagram",
    "diagram_svg": "diagram",
    "durations_figure": "durations",
    "framed_picture": "crops",
    "gradient_figure": "race",
    "journey_payload": "journey",
    "nearest_place": "diagram",
    "overlay_picture": "maps",
    "palette": "diagram_marks",
    "patch_drawing": "journey",
    "place_of_layer": "diagram",
    "predictions_figure": "predictions",
    "race_comparison_figure": "comparison",
    "race_error_figure": "race",
    "race_loss_figure": "race",
    "ranges_drawing": "crops",
    "replay_drawing": "replay",
    "scale_drawing": "maps",
    "square_picture": "maps",
    "stack_drawing": "stacks",
    "stage_bars_drawing": "stage_bars",
    "stage_bars_figure": "stages",
    "start_of": "journey",
    "strip_drawing": "journey",
    "tiles_html": "tiles",
}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'resnet_core.figures' has no attribute {name!r}")
    value = getattr(import_module(f"resnet_core.figures.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
