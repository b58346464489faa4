import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.growing import grow, growing
from resnet_core.lab.theory.start import calibrated, first_batch, untrained


@pytest.mark.parametrize("arm", ["plain", "residual"])
def test_both_kinds_hold_the_copy_to_the_last_bit(arm):
    """So expressivity is no difference between them. Fresh blocks in their place change every answer."""
    images, _ = first_batch()
    model = calibrated(untrained(arm, 8), images)
    grown = grow(model, 32)
    assert sum(1 for _ in grown.residual_blocks()) == 15
    assert torch.equal(grown(images), model(images))
    for module in (grown.layer1[4].conv1, grown.layer1[4].conv2):
        torch.nn.init.normal_(module.weight, std=0.1)
    torch.nn.init.ones_(grown.layer1[4].bn2.weight)
    assert not torch.allclose(grown(images), model(images), atol=0.1)


@pytest.mark.slow
def test_the_residual_network_keeps_what_the_plain_one_leaves_when_training_goes_on():
    """From 8 to 32 layers, mean loss of the last ten of 25 steps over the control's: plain 1.7, residual 1.0."""
    found = growing(from_depth=8, to_depth=32, epochs=4, steps=25)
    rise = {one.arm: sum(one.losses[-10:]) / sum(one.control_losses[-10:]) for one in found.networks}
    assert [one.difference for one in found.networks] == [0, 0]
    assert rise["plain"] > 1.3
    assert rise["residual"] < 1.1
    plain = found.network("plain")
    assert plain.losses[0] < 2 * plain.control_losses[0] + 0.05  # it holds the solution when it begins
    assert list(found.to_frame().columns) == ["network", "step", "loss grown", "loss not grown"]


@pytest.mark.slow
def test_at_full_depth_the_plain_network_forgets_what_it_knew():
    """From 20 to 56 layers; seeds 0 and 1: plain 2.7 to 82.2 % and 5.1 to 41.1 % wrong, their controls 6.1 and 4.7 %;
    residual 2.0 to 0.7 % and 2.4 to 1.3 %."""
    found = growing()
    plain, residual = found.networks
    assert plain.error_after > plain.control_error + 15
    assert residual.error_after < residual.error_before + 2


def test_progress_ends_at_one_and_what_does_not_fit_is_refused():
    told = []
    growing(("residual",), 8, 14, epochs=1, steps=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    with pytest.raises(InvalidSpecError, match="arm='preact' does not work: it must be plain or residual"):
        growing(("preact",))
    with pytest.raises(InvalidSpecError, match="from_depth=56 does not work"):
        growing(from_depth=56, to_depth=20)
    with pytest.raises(InvalidSpecError, match="depth=15 does not work"):
        grow(untrained("plain", 8), 15)
    with pytest.raises(InvalidSpecError, match="one of basic blocks with batch norm"):
        grow(untrained("plain", 8, "none"), 14)
