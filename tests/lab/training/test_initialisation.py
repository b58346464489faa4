import math

import pytest
import torch

from resnet_core.lab.training.initialisation import begin_as_copy, initialise_as
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.train import train
from resnet_core.models.network import build_model

CPU = torch.device("cpu")


def fresh(name="cifar_resnet20", **overrides):
    return build_model(name, seed=3, **overrides)


def test_kaiming_is_what_build_model_draws(tiny_config, tiny_data):
    spec = Learner(tiny_config, tiny_data, CPU).model.spec
    drawn, begun = build_model(spec, seed=0), Learner(tiny_config, tiny_data, CPU).model
    assert all(map(torch.equal, drawn.parameters(), begun.parameters()))


def test_normal_has_one_deviation_at_every_layer_and_xavier_the_one_of_its_fans():
    normal, xavier = fresh(), fresh()
    initialise_as(normal, "normal", seed=1)
    initialise_as(xavier, "xavier", seed=1)
    for stage, channels in (("layer1", 16), ("layer3", 64)):
        weights = [model.get_submodule(f"{stage}.1.conv1").weight for model in (normal, xavier)]
        assert weights[0].std().item() == pytest.approx(0.01, rel=0.05)
        assert weights[1].std().item() == pytest.approx(math.sqrt(2 / (2 * 9 * channels)), rel=0.05)
        assert weights[1].abs().max() <= math.sqrt(6 / (2 * 9 * channels))


def test_the_draw_depends_on_the_seed_alone():
    first, again, other = fresh(), fresh(), fresh()
    for model, seed in ((first, 1), (again, 1), (other, 2)):
        torch.rand(3)
        initialise_as(model, "xavier", seed)
    assert torch.equal(first.conv1.weight, again.conv1.weight)
    assert not torch.equal(first.conv1.weight, other.conv1.weight)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("cifar_resnet20", "bn2"), ("resnet50", "bn3"), ("resnet50d", "bn3"), ("seresnet50", "bn3"),
        ("skresnet50", "conv3.bn"), ("resnest26d", "bn3"),
    ],
)  # fmt: skip
def test_a_zero_gamma_makes_each_block_its_shortcut(name, last):
    model = fresh(name)
    initialise_as(model, "zero_gamma", seed=0)
    zeros = [path for path, parameter in model.named_parameters() if path.endswith("weight") and not parameter.any()]
    blocks = list(model.residual_blocks())
    assert zeros == [f"{path}.{last}.weight" for path, _ in blocks]
    path, block = blocks[1]  # in the first stage: its shortcut is the identity
    assert block.downsample is None, path
    channels = next(block.parameters()).shape[1]
    x = torch.rand(2, channels, 4, 4)
    with torch.no_grad():
        assert torch.equal(block.eval()(x), x)


@pytest.mark.parametrize("init", ["xavier", "normal", "zero_gamma"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_each_start_trains_with_each_optimiser(init, optimizer, tiny_config, tiny_data):
    config = tiny_config.override(init=init, optimizer=optimizer, nesterov=False, lr=0.005, epochs=1)
    last = list(train(config, data=tiny_data, device="cpu"))[-1]
    assert math.isfinite(last.validation_loss)
    assert all(norm > 0 for norm in last.gradient_norms)


def test_a_block_that_begins_as_a_copy_passes_its_input_on_but_for_a_tenth_of_its_own_weights():
    plain, x = fresh("cifar_plain20"), torch.rand(2, 16, 8, 8, generator=torch.Generator().manual_seed(0))
    first = plain.layer1[1].conv1.weight.clone()
    initialise_as(plain, "copy", seed=0)
    convolution = plain.layer1[1].conv1
    assert torch.allclose(convolution(x), x + 0.1 * torch.nn.functional.conv2d(x, first, padding=1), atol=1e-5)
    begin_as_copy(plain, noise=0.0)
    assert torch.equal(plain.layer1[1].eval()(x), plain.layer1[1].bn2(plain.layer1[1].bn1(x)))
    wider = plain.layer2[0].conv1.weight
    assert wider[:16].sum() == 16
    assert not wider[16:].any()
