import numpy as np
import pytest
import torch

from resnet_core import InvalidSpecError
from resnet_core.inference.explain.features import feature_maps
from resnet_core.inference.explain.walk import batch_of
from resnet_core.inference.samples import load_sample


def test_the_strongest_channels_come_first_and_are_the_networks_own(classifier):
    ship = load_sample("ship")
    result = feature_maps(classifier, ship, "layer2", k=5)
    model = classifier.model
    x = batch_of(classifier, ship)
    for name, module in model.named_children():
        x = module(x)
        if name == "layer2":
            break
    assert np.array_equal(result.maps, x[0][list(result.channels)].numpy())
    by_hand = sorted(range(32), key=lambda k: -float(x[0, k].mean()))[:5]
    assert list(result.channels) == by_hand
    assert result.means.shape == (32,)
    assert torch.allclose(torch.from_numpy(result.means), x[0].mean((1, 2)))


def test_a_stage_with_fewer_channels_gives_them_all(classifier):
    assert feature_maps(classifier, load_sample("ship"), "layer1", k=99).maps.shape == (16, 32, 32)


@pytest.mark.parametrize(("stage", "k", "said"), [("layer9", 4, "layer1, layer2, layer3"), ("layer1", 0, "at least 1")])
def test_what_does_not_exist_is_refused(classifier, stage, k, said):
    with pytest.raises(InvalidSpecError, match=said):
        feature_maps(classifier, load_sample("ship"), stage, k)
