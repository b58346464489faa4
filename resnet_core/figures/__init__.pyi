"""What is public, and where it lives: type checkers read it, and names load on first use by it."""

from .accuracy import accuracy_figure as accuracy_figure
from .basics.histograms import norm_drawing as norm_drawing
from .basics.softmax import softmax_drawing as softmax_drawing
from .blocks import blocks_drawing as blocks_drawing
from .changes import (
    beside_each_other as beside_each_other,
)
from .changes import (
    change_drawing as change_drawing,
)
from .diagram.journey import (
    journey_payload as journey_payload,
)
from .diagram.journey import (
    patch_drawing as patch_drawing,
)
from .diagram.journey import (
    picture_uri as picture_uri,
)
from .diagram.journey import (
    start_of as start_of,
)
from .diagram.marks import palette as palette
from .diagram.scenes import (
    diagram_payload as diagram_payload,
)
from .diagram.scenes import (
    diagram_svg as diagram_svg,
)
from .diagram.scenes import (
    nearest_place as nearest_place,
)
from .diagram.scenes import (
    place_of_layer as place_of_layer,
)
from .photo.block_parts import block_parts_figure as block_parts_figure
from .photo.crops import (
    framed_picture as framed_picture,
)
from .photo.crops import (
    ranges_drawing as ranges_drawing,
)
from .photo.durations import durations_figure as durations_figure
from .photo.known import known_html as known_html
from .photo.maps import (
    channel_pictures as channel_pictures,
)
from .photo.maps import (
    overlay_picture as overlay_picture,
)
from .photo.maps import (
    scale_drawing as scale_drawing,
)
from .photo.maps import (
    square_picture as square_picture,
)
from .photo.predictions import predictions_html as predictions_html
from .photo.strips import strip_uri as strip_uri
from .photo.tiles import tiles_html as tiles_html
from .shapes import shapes_drawing as shapes_drawing
from .shortcut.drawings import (
    addition_drawing as addition_drawing,
)
from .shortcut.drawings import (
    split_drawing as split_drawing,
)
from .shortcut.payload import (
    addition_payload as addition_payload,
)
from .shortcut.payload import (
    flow_payload as flow_payload,
)
from .shortcut.payload import (
    likest_channel as likest_channel,
)
from .shortcut.payload import (
    options_payload as options_payload,
)
from .shortcut.payload import (
    plain_payload as plain_payload,
)
from .shortcut.payload import (
    sweep_payload as sweep_payload,
)
from .shortcut.payload import (
    value_payload as value_payload,
)
from .stacks import stack_drawing as stack_drawing
from .stage_bars import stage_bars_drawing as stage_bars_drawing
from .teach.confusion import confusion_html as confusion_html
from .teach.intervals import (
    Share as Share,
)
from .teach.intervals import (
    intervals_drawing as intervals_drawing,
)
from .teach.trays import (
    Tray as Tray,
)
from .teach.trays import (
    thumb_uri as thumb_uri,
)
from .teach.trays import (
    trays_html as trays_html,
)
from .theory.classes import function_classes_drawing as function_classes_drawing
from .theory.cures import cure_figure as cure_figure
from .theory.gradients import gradient_flow_figure as gradient_flow_figure
from .theory.growth import growing_figure as growing_figure
from .theory.lesions import lesions_figure as lesions_figure
from .theory.noise import shattering_figure as shattering_figure
from .theory.paths import paths_figure as paths_figure
from .theory.probes import forgetting_figure as forgetting_figure
from .theory.shares import identity_share_figure as identity_share_figure
from .training.comparison import race_comparison_figure as race_comparison_figure
from .training.degradation import degradation_drawing as degradation_drawing
from .training.foretold import foretold_drawing as foretold_drawing
from .training.lines import (
    Line as Line,
)
from .training.lines import (
    lines_drawing as lines_drawing,
)
from .training.race import (
    block_scale as block_scale,
)
from .training.race import (
    gradient_figure as gradient_figure,
)
from .training.race import (
    race_error_figure as race_error_figure,
)
from .training.race import (
    race_loss_figure as race_loss_figure,
)
from .training.replay import (
    replay_drawing as replay_drawing,
)
from .training.replay import (
    replay_payload as replay_payload,
)
from .votes import spread_html as spread_html
from .votes import votes_html as votes_html
