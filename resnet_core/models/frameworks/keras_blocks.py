"""The two blocks in Keras. Pictures are (N, H, W, C). Keras runs on JAX unless KERAS_BACKEND says otherwise."""

# mypy: ignore-errors
# Keras is optional: with and without it installed, mypy would ask for different annotations.

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")  # read once, when keras is imported; its own default is TensorFlow

import keras
from keras import layers


class Residual(keras.Model):
    """Two 3x3 convolutions and a shortcut. (N, H, W, C) -> (N, H/strides, W/strides, num_channels)."""

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        # padding="same" would pad an even side by 0 and 1 at stride 2, PyTorch pads by 1 and 1: other pixels meet.
        self.pad = layers.ZeroPadding2D(1)
        self.conv1 = layers.Conv2D(num_channels, 3, strides=strides)
        self.bn1 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)  # Keras' own epsilon is 1e-3
        self.conv2 = layers.Conv2D(num_channels, 3, padding="same")
        self.bn2 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.conv3 = layers.Conv2D(num_channels, 1, strides=strides) if use_1x1conv else None

    def call(self, x, training=False):
        y = keras.ops.relu(self.bn1(self.conv1(self.pad(x)), training=training))
        y = self.bn2(self.conv2(y), training=training)
        if self.conv3 is not None:
            x = self.conv3(x)
        return keras.ops.relu(y + x)


class ResNeXtBlock(keras.Model):
    """1x1, grouped 3x3, 1x1 and a shortcut. `groups` is the width of a group, as D2L counts."""

    def __init__(self, num_channels, groups, bot_mul, use_1x1conv=False, strides=1):
        super().__init__()
        width = round(num_channels * bot_mul)
        self.conv1 = layers.Conv2D(width, 1)
        self.bn1 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.pad = layers.ZeroPadding2D(1)
        self.conv2 = layers.Conv2D(width, 3, strides=strides, groups=width // groups)
        self.bn2 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.conv3 = layers.Conv2D(num_channels, 1)
        self.bn3 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
        self.conv4 = layers.Conv2D(num_channels, 1, strides=strides) if use_1x1conv else None
        self.bn4 = layers.BatchNormalization(momentum=0.9, epsilon=1e-5) if use_1x1conv else None

    def call(self, x, training=False):
        y = keras.ops.relu(self.bn1(self.conv1(x), training=training))
        y = keras.ops.relu(self.bn2(self.conv2(self.pad(y)), training=training))
        y = self.bn3(self.conv3(y), training=training)
        if self.conv4 is not None:
            x = self.bn4(self.conv4(x), training=training)
        return keras.ops.relu(y + x)


def load_state(block: keras.Model, state: Mapping[str, np.ndarray]) -> None:
    """Put PyTorch's state of a block into a Keras block that has run once (so that its weights exist)."""
    for layer in sorted({key.split(".")[0] for key in state}):
        if layer.startswith("conv"):
            kernel = state[f"{layer}.weight"].transpose(2, 3, 1, 0)  # (out, in, h, w) -> (h, w, in, out)
            getattr(block, layer).set_weights([kernel, state[f"{layer}.bias"]])
        else:
            names = ("weight", "bias", "running_mean", "running_var")
            getattr(block, layer).set_weights([state[f"{layer}.{name}"] for name in names])
