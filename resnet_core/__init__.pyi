"""What is public, and where it lives: type checkers read it, and names load on first use by it."""

from . import figures as figures
from .anatomy.counting.calls import (
    LayerCall as LayerCall,
)
from .anatomy.counting.calls import (
    Trace as Trace,
)
from .anatomy.counting.calls import (
    TraceError as TraceError,
)
from .anatomy.tables.bottleneck import (
    BottleneckComparison as BottleneckComparison,
)
from .anatomy.tables.bottleneck import (
    compare_bottleneck as compare_bottleneck,
)
from .anatomy.tables.compared import (
    Comparison as Comparison,
)
from .anatomy.tables.compared import (
    compare as compare,
)
from .anatomy.tables.tables import (
    layer_table as layer_table,
)
from .anatomy.tables.tables import (
    stage_table as stage_table,
)
from .anatomy.trace.trace import trace_model as trace_model
from .anatomy.walk.walk import walk_spec as walk_spec
from .errors import (
    DataError as DataError,
)
from .errors import (
    ImageError as ImageError,
)
from .errors import (
    InvalidSpecError as InvalidSpecError,
)
from .errors import (
    MissingPackageError as MissingPackageError,
)
from .errors import (
    QueueFullError as QueueFullError,
)
from .errors import (
    ResNetCoreError as ResNetCoreError,
)
from .errors import (
    UnknownModelError as UnknownModelError,
)
from .errors import (
    WeightsError as WeightsError,
)
from .inference.classifier import Classifier as Classifier
from .inference.explain.activations import activations as activations
from .inference.explain.features import feature_maps as feature_maps
from .inference.explain.grad_cam import grad_cam as grad_cam
from .inference.explain.lesion import (
    answer_without as answer_without,
)
from .inference.explain.lesion import (
    block_parts as block_parts,
)
from .inference.explain.occlusion import occlude as occlude
from .inference.explain.sanity import sanity_check as sanity_check
from .inference.explain.shortcut.addition import (
    addition as addition,
)
from .inference.explain.shortcut.addition import (
    transformation as transformation,
)
from .inference.explain.shortcut.convolution import convolution_value as convolution_value
from .inference.explain.shortcut.flow import (
    block_flow as block_flow,
)
from .inference.explain.shortcut.flow import (
    fresh_flow as fresh_flow,
)
from .inference.explain.shortcut.options import shortcut_options as shortcut_options
from .inference.explain.shortcut.split import gradient_split as gradient_split
from .inference.explain.shortcut.sweep import branch_sweep as branch_sweep
from .inference.explain.timing import layer_times as layer_times
from .inference.images import decode_image as decode_image
from .inference.prediction import Prediction as Prediction
from .lab import theory as theory
from .lab.recipe.config import TrainConfig as TrainConfig
from .lab.teach.photos import Shot as Shot
from .lab.teach.teach import (
    TaughtClassifier as TaughtClassifier,
)
from .lab.teach.teach import (
    teach as teach,
)
from .lab.training.metrics import (
    EpochMetrics as EpochMetrics,
)
from .lab.training.metrics import (
    StepMetrics as StepMetrics,
)
from .lab.training.race import race as race
from .lab.training.train import train as train
from .models.catalogue import (
    get_spec as get_spec,
)
from .models.catalogue import (
    list_families as list_families,
)
from .models.catalogue import (
    list_models as list_models,
)
from .models.codegen.model import model_code as model_code
from .models.network import (
    ResNet as ResNet,
)
from .models.network import (
    build_model as build_model,
)
from .models.spec import ModelSpec as ModelSpec
from .notebook.course.check import check as check
from .notebook.show import (
    explore as explore,
)
from .notebook.show import (
    live_race as live_race,
)
from .notebook.show import (
    shortcut as shortcut,
)
from .notebook.show import (
    show_race as show_race,
)

__version__: str
