"""The same weights give the same output in PyTorch, Flax and Keras.

Needs `pip install -r requirements-frameworks.txt`; skips, and says so, without.
"""

import importlib.util

import numpy as np
import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.models.frameworks import BLOCKS, FRAMEWORKS, block_source, torch_blocks

CASES = {
    "residual, identity": ("Residual", 32, {}),
    "residual, halved": ("Residual", 48, {"use_1x1conv": True, "strides": 2}),
    "resnext, identity": ("ResNeXtBlock", 32, {"groups": 16, "bot_mul": 1}),
    "resnext, halved": ("ResNeXtBlock", 64, {"groups": 8, "bot_mul": 0.5, "use_1x1conv": True, "strides": 2}),
}


def need(package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install -r requirements-frameworks.txt")


def expected(case):
    """Class name, arguments, state, picture (N, H, W, C) and PyTorch's output (N, H, W, C)."""
    name, channels, arguments = CASES[case]
    generator = torch.Generator().manual_seed(0)
    block = getattr(torch_blocks, name)(32, channels, **arguments).eval()
    for key, tensor in block.state_dict().items():
        low, high = (0.5, 1.5) if "running_var" in key else (-0.3, 0.3)
        if tensor.is_floating_point():
            tensor.uniform_(low, high, generator=generator)
    x = torch.randn(2, 32, 10, 12, generator=generator)
    with torch.inference_mode():
        y = block(x)
    assert y.std() > 0.1
    state = {key: value.numpy() for key, value in block.state_dict().items() if value.is_floating_point()}
    return name, (channels, arguments), state, *(t.permute(0, 2, 3, 1).numpy() for t in (x, y))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_flax_gives_pytorchs_output(case):
    need("flax")
    from resnet_core.models.frameworks import flax_blocks

    name, (channels, arguments), state, x, y = expected(case)
    block = getattr(flax_blocks, name)(channels, **arguments)
    np.testing.assert_allclose(block.apply(flax_blocks.flax_variables(state), x), y, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_keras_gives_pytorchs_output(case):
    need("keras")
    from resnet_core.models.frameworks import keras_blocks

    name, (channels, arguments), state, x, y = expected(case)
    block = getattr(keras_blocks, name)(channels, **arguments)
    block(x)
    keras_blocks.load_state(block, state)
    np.testing.assert_allclose(np.asarray(block(x)), y, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("block", BLOCKS)
def test_the_source_of_a_block_is_there_without_its_framework(framework, block):
    source = block_source(framework, block)
    assert source.startswith(f"class {block}(")
    assert "bn3" in source or block == "Residual"


def test_an_unknown_framework_is_refused():
    with pytest.raises(InvalidSpecError, match="pytorch, flax, keras"):
        block_source("theano", "Residual")
