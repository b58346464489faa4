"""How many channels the narrow layers inside attention have: rounded to a multiple, as their authors do."""

from __future__ import annotations


def round_channels(channels: float, minimum: int = 8, keep: float = 0.9) -> int:
    """The multiple of 8 nearest to `channels`, at least `minimum`, and never below `keep` of it.

    Source: TensorFlow's MobileNet, from where timm and this family of networks have it.
    """
    rounded = max(minimum, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < keep * channels else rounded


def squeeze_width(channels: int) -> int:
    """Channels between the two layers of squeeze-and-excitation: a sixteenth."""
    return round_channels(channels / 16, keep=0.0)


def selective_width(channels: int) -> int:
    """Channels between the two layers that choose between the paths of a selective kernel: a sixteenth."""
    return round_channels(channels / 16)


def attention_width(channels: int, radix: int) -> int:
    """Channels between the two layers of split attention: a quarter of `channels * radix`, at least 32."""
    return round_channels(channels * radix / 4, minimum=32)
