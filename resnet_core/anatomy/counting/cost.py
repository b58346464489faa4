"""Pure arithmetic on shapes: output size, parameters, multiply-adds, receptive field. THE counting rule."""

from __future__ import annotations

from math import ceil, floor, prod

MAC_RULE = (
    "One multiply-add counts once (1 MAC = 2 FLOPs). Convolutions and linear layers count, by their weights only: "
    "no bias, no batch norm, no activation, no pooling, no addition."
)


def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
    """Pixels along one side after a convolution or a pooling.

    Example: `output_size(224, 7, stride=2, padding=3)` is 112.
    """
    steps = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride
    out = (ceil(steps) if ceil_mode else floor(steps)) + 1
    if ceil_mode and (out - 1) * stride >= size + padding:  # PyTorch: no window starts in the right padding
        out -= 1
    return out


def conv_params(
    in_channels: int, out_channels: int, kernel: tuple[int, ...], groups: int = 1, bias: bool = False
) -> int:
    """Weights of a convolution, and its biases if it has any."""
    return prod(kernel) * (in_channels // groups) * out_channels + (out_channels if bias else 0)


def conv_macs(in_channels: int, output_shape: tuple[int, ...], kernel: tuple[int, ...], groups: int = 1) -> int:
    """Multiply-adds of a convolution: kernel x input channels of the group, for each value of output (N, C, H, W)."""
    return prod(kernel) * (in_channels // groups) * prod(output_shape)


def linear_params(in_features: int, out_features: int, bias: bool = True) -> int:
    """Weights of a linear layer, and its biases if it has any."""
    return in_features * out_features + (out_features if bias else 0)


def linear_macs(in_features: int, output_shape: tuple[int, ...]) -> int:
    """Multiply-adds of a linear layer with output (..., out_features)."""
    return in_features * prod(output_shape)


def batch_norm_params(channels: int) -> int:
    """Scale and shift. The running mean and variance are buffers: stored, not trained."""
    return 2 * channels


def activation_bytes(shape: tuple[int, ...], bytes_per_value: int = 4) -> int:
    """Memory of one output tensor; 4 bytes a value is float32."""
    return prod(shape) * bytes_per_value


def grown_field(field: int, jump: int, kernel: int, dilation: int = 1) -> int:
    """Receptive field after a window of `kernel`: input pixels on one side that can reach one output value.

    Args:
        field: before the layer, in input pixels.
        jump: input pixels between neighbouring values before the layer (the product of the strides so far).
    """
    return field + dilation * (kernel - 1) * jump
