import pytest
import torch

import resnet_core as rc
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.start import all_pictures, calibrated, digits, untrained


def test_an_untrained_plain_network_forgets_its_input_and_a_residual_one_does_not():
    """Behind block 27 of 56 layers; measured with seeds 0 and 1: plain 87 and 88 %, residual 41 and 35 %. Were the
    effect absent, the two would agree."""
    plain, residual = (rc.theory.forgetting(f"cifar_{kind}56", seed=0) for kind in ("plain", "resnet"))
    assert plain.errors[-1] > 80
    assert residual.errors[-1] < 55
    assert plain.errors[0] < 40
    assert plain.chance == 90
    assert plain.blocks[-1] == "layer3.8"
    assert list(plain.to_frame()["probe error %"]) == list(plain.errors)


def test_the_network_that_is_given_stays_as_it_is_and_its_own_state_counts():
    model = untrained("residual", 8).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    fresh = rc.theory.forgetting(model)
    assert model.training
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    with torch.no_grad():
        for block in model.layer3:
            block.conv2.weight.zero_()
            block.conv1.weight.zero_()
        model.layer3[0].downsample = torch.nn.Sequential(torch.nn.Conv2d(32, 64, 1, 2))
        model.layer3[0].downsample[0].weight.zero_()
    emptied = rc.theory.forgetting(model)
    assert emptied.errors[:2] == fresh.errors[:2]
    assert emptied.errors[2] > 80


def test_batch_norm_that_has_seen_nothing_gets_statistics_of_the_pictures():
    model, images = untrained("plain", 8), all_pictures(digits())[0][:200]
    own = calibrated(model, images)
    assert torch.allclose(own(images), model.train()(images), atol=1e-2)
    seen = calibrated(model, images)  # it has run in training mode once
    assert not torch.equal(seen.bn1.running_mean, own.bn1.running_mean)


def test_a_network_for_other_pictures_is_refused():
    with pytest.raises(InvalidSpecError, match=r"of 3 channels, digits has 1\. Build it with in_channels=1"):
        rc.theory.forgetting(rc.build_model("cifar_resnet20"))
