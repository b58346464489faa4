"""What a network makes of photos just before it answers: the input of a new head."""

from __future__ import annotations

import torch

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.engine.engine import Engine
from resnet_core.models.network import ResNet, build_model


def feature_engine(classifier: Classifier) -> Engine:
    """An engine whose answers are the network's pooled features: its last layer is the identity.

    It is in float32, for what is learnt from features should not hang on the machine's number format.
    """
    size = (classifier.model.spec.in_channels, *(classifier.weights.preprocessing.crop_size,) * 2)
    return Engine(_headless(classifier.model), size, classifier.device, "fp32")


def _headless(model: ResNet) -> ResNet:
    width = model.spec.widths[-1] * model.spec.expansion
    own = build_model(model.spec, num_classes=width, device="meta")
    state = model.state_dict() | {"fc.weight": torch.eye(width), "fc.bias": torch.zeros(width)}
    own.load_state_dict({name: value.detach().cpu() for name, value in state.items()}, assign=True)
    return own.eval().requires_grad_(False)
