"""What a network makes of photos just before it answers: the input of a new head."""

from __future__ import annotations

import torch

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.engine.engine import Engine
from resnet_core.lab.teach.head import Head
from resnet_core.models.network import ResNet, build_model


def feature_engine(classifier: Classifier, tuned: ResNet | None = None) -> Engine:
    """An engine whose answers are the network's pooled features: its last layer is the identity.

    It is in float32, for what is learnt from features should not hang on the machine's number format.

    Args:
        tuned: a fine-tuned network in its place. PyTorch runs it, for it is a visitor's own: other ways to run it would
            hold its weights once more.
    """
    model = tuned or classifier.model
    width = model.spec.widths[-1] * model.spec.expansion
    headless = with_head(model, Head(torch.eye(width), torch.zeros(width)))
    size = (model.spec.in_channels, *(classifier.weights.preprocessing.crop_size,) * 2)
    return Engine(headless, size, classifier.device, "fp32", "eager" if tuned else "auto")


def with_head(model: ResNet, head: Head) -> ResNet:
    """The network with another head, on the CPU. All else is shared where it lies there already, not copied."""
    own = build_model(model.spec, num_classes=len(head.bias), device="meta")
    state = model.state_dict() | {"fc.weight": head.weight.float(), "fc.bias": head.bias.float()}
    own.load_state_dict({key: value.detach().cpu() for key, value in state.items()}, assign=True)
    return own.eval().requires_grad_(False)
