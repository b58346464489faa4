"""What parts put out, against hooks on a network of the test's own; the shared one carries none afterwards."""

import numpy as np
import pytest
import torch

from resnet_core import InvalidSpecError, activations
from resnet_core.inference.explain.walk import batch_of, block_paths
from resnet_core.inference.samples import load_sample


@pytest.fixture(scope="module")
def found(classifier):
    return activations(classifier, load_sample("ship"), k=3)


def test_every_block_and_layer_with_a_map_has_its_strongest_channels(classifier, found):
    assert set(block_paths(classifier.model)) <= set(found)
    assert {"stem", "layer1", "layer2", "layer3", "layer1.0.conv1", "layer1.0.add"} <= set(found)
    assert not any(path.startswith(("fc", "flatten", "head")) for path in found)
    x = batch_of(classifier, load_sample("ship"))
    with torch.no_grad():
        out = classifier.model.layer1[0](classifier.model.relu(classifier.model.bn1(classifier.model.conv1(x))))[0]
    size = out.abs().mean((1, 2))
    one = found["layer1.0"]
    assert one.channels == tuple(size.argsort(descending=True)[:3].tolist())
    assert np.allclose(one.maps, out[list(one.channels)].numpy(), atol=5e-3)
    assert one.highest == pytest.approx(float(out[list(one.channels)].max()), rel=1e-5)


def test_a_stage_is_its_last_block_and_the_stem_its_last_layer(found):
    assert np.array_equal(found["layer2"].maps, found["layer2.2"].maps)
    assert np.array_equal(found["stem"].maps, found["relu"].maps)


def test_the_shared_network_carries_no_hook(classifier, found):
    assert all(not module._forward_hooks for module in classifier.model.modules())


def test_no_channels_at_all_are_refused(classifier):
    with pytest.raises(InvalidSpecError, match="k"):
        activations(classifier, load_sample("ship"), k=0)


def test_what_is_cut_shows_in_all_that_comes_after_it(classifier, found):
    cut = activations(classifier, load_sample("ship"), k=3, blocks=["layer2.1"], shortcuts=["layer1.1"])
    assert set(cut) == set(found)
    assert np.array_equal(cut["layer1.0"].maps, found["layer1.0"].maps)
    assert not np.array_equal(cut["layer1.1"].maps, found["layer1.1"].maps)
    assert np.array_equal(cut["layer2.1"].maps, cut["layer2.0"].maps)  # without its branch the block is its shortcut
    assert np.array_equal(cut["layer2"].maps, cut["layer2.2"].maps)
    with pytest.raises(InvalidSpecError, match="layer9"):
        activations(classifier, load_sample("ship"), shortcuts=["layer9.0"])
