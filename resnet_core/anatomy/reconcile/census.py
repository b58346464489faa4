"""take_census(): what there is to count in one network at one picture size, kept apart so that rules can combine it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import LayerCall
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.spec import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The parts of a network's counts, without the classifier, for one picture.

    Attributes:
        weights: of all convolutions.
        biases: that the convolutions have.
        channels: that the convolutions put out: the biases that they would have if each had one.
        affine: scales and shifts of batch norm; as many running means and variances stand beside them.
        norms: batch-norm layers; each has a step counter in PyTorch's state dict.
        features: that go into the classifier.
        macs: multiply-adds of the convolutions.
        norm_values: values that batch norm puts out.
        relu_values: values that ReLUs put out.
        pool_inputs: values that the poolings read, the max-pool's and the head's.
        head_values: values that the global average pooling of the head reads and writes.
    """

    weights: int
    biases: int
    channels: int
    affine: int
    norms: int
    features: int
    macs: int
    norm_values: int
    relu_values: int
    pool_inputs: int
    head_values: int


@lru_cache(maxsize=1024)
def take_census(spec: ModelSpec, size: tuple[int, int]) -> Census:
    """Count the parts of `spec` at a picture of `size` (height, width) by arithmetic alone."""
    calls = walk_spec(spec, (1, spec.in_channels, *size)).calls
    convs = [call for call in calls if call.kind == "Conv2d"]
    norms = [call for call in calls if call.kind == "BatchNorm2d"]
    head = next(call for call in calls if call.path == "avgpool")
    weights = sum(map(_conv_weights, convs))
    return Census(
        weights=weights,
        biases=sum(call.params for call in convs) - weights,
        channels=sum(call.output_shape[1] for call in convs),
        affine=sum(call.params for call in norms),
        norms=len(norms),
        features=head.output_shape[1],
        macs=sum(call.macs for call in convs),
        norm_values=sum(prod(call.output_shape) for call in norms),
        relu_values=sum(prod(call.output_shape) for call in calls if call.kind == "ReLU"),
        pool_inputs=sum(prod(call.input_shape) for call in calls if "Pool" in call.kind),
        head_values=prod(head.input_shape) + prod(head.output_shape),
    )


def _conv_weights(call: LayerCall) -> int:
    return cost.conv_params(call.input_shape[1], call.output_shape[1], call.kernel_size or (), call.groups or 1)
