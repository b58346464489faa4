"""ResNet, exact: models, shapes, parameters, multiply-adds, inference and training. No user interface.

Everything public is here and loads on first use, so that `import resnet_core` takes milliseconds and
questions that need no tensor never load PyTorch.

    >>> import resnet_core as rc
    >>> rc.trace_model("resnet50").total_params
    25557032
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_core import figures as figures
    from resnet_core.anatomy.bottleneck import BottleneckComparison as BottleneckComparison
    from resnet_core.anatomy.bottleneck import compare_bottleneck as compare_bottleneck
    from resnet_core.anatomy.calls import LayerCall as LayerCall
    from resnet_core.anatomy.calls import Trace as Trace
    from resnet_core.anatomy.calls import TraceError as TraceError
    from resnet_core.anatomy.tables import layer_table as layer_table
    from resnet_core.anatomy.tables import stage_table as stage_table
    from resnet_core.anatomy.trace import trace_model as trace_model
    from resnet_core.anatomy.walk import walk_spec as walk_spec
    from resnet_core.errors import DataError as DataError
    from resnet_core.errors import ImageError as ImageError
    from resnet_core.errors import InvalidSpecError as InvalidSpecError
    from resnet_core.errors import QueueFullError as QueueFullError
    from resnet_core.errors import ResNetCoreError as ResNetCoreError
    from resnet_core.errors import UnknownModelError as UnknownModelError
    from resnet_core.errors import WeightsError as WeightsError
    from resnet_core.inference.classifier import Classifier as Classifier
    from resnet_core.inference.features import feature_maps as feature_maps
    from resnet_core.inference.grad_cam import grad_cam as grad_cam
    from resnet_core.inference.images import decode_image as decode_image
    from resnet_core.inference.lesion import answer_without as answer_without
    from resnet_core.inference.lesion import block_parts as block_parts
    from resnet_core.inference.occlusion import occlude as occlude
    from resnet_core.inference.prediction import Prediction as Prediction
    from resnet_core.inference.sanity import sanity_check as sanity_check
    from resnet_core.inference.timing import layer_times as layer_times
    from resnet_core.lab.config import TrainConfig as TrainConfig
    from resnet_core.lab.metrics import EpochMetrics as EpochMetrics
    from resnet_core.lab.metrics import StepMetrics as StepMetrics
    from resnet_core.lab.race import race as race
    from resnet_core.lab.training import train as train
    from resnet_core.models.catalogue import get_spec as get_spec
    from resnet_core.models.catalogue import list_families as list_families
    from resnet_core.models.catalogue import list_models as list_models
    from resnet_core.models.codegen import model_code as model_code
    from resnet_core.models.network import ResNet as ResNet
    from resnet_core.models.network import build_model as build_model
    from resnet_core.models.spec import ModelSpec as ModelSpec

# Where each public name lives; a test holds it equal to the imports above.
_HOMES = {
    "anatomy.bottleneck": ("BottleneckComparison", "compare_bottleneck"),
    "anatomy.calls": ("LayerCall", "Trace", "TraceError"),
    "anatomy.tables": ("layer_table", "stage_table"),
    "anatomy.trace": ("trace_model",),
    "anatomy.walk": ("walk_spec",),
    "errors": (
        "DataError", "ImageError", "InvalidSpecError", "QueueFullError",
        "ResNetCoreError", "UnknownModelError", "WeightsError",
    ),
    "inference.classifier": ("Classifier",),
    "inference.features": ("feature_maps",),
    "inference.grad_cam": ("grad_cam",),
    "inference.images": ("decode_image",),
    "inference.lesion": ("answer_without", "block_parts"),
    "inference.occlusion": ("occlude",),
    "inference.prediction": ("Prediction",),
    "inference.sanity": ("sanity_check",),
    "inference.timing": ("layer_times",),
    "lab.config": ("TrainConfig",),
    "lab.metrics": ("EpochMetrics", "StepMetrics"),
    "lab.race": ("race",),
    "lab.training": ("train",),
    "models.catalogue": ("get_spec", "list_families", "list_models"),
    "models.codegen": ("model_code",),
    "models.network": ("ResNet", "build_model"),
    "models.spec": ("ModelSpec",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["figures", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name == "figures":
        return import_module("resnet_core.figures")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'resnet_core' has no attribute {name!r}")
    value = getattr(import_module(f"resnet_core.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
