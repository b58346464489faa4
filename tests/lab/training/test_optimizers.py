import pytest
import torch
from torch import nn

from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.optimizers import make_optimizer


def step(config, weight=2.0, gradient=0.5, steps=1):
    parameter = nn.Parameter(torch.tensor(weight, dtype=torch.float64))
    optimizer = make_optimizer([parameter], config)
    for _ in range(steps):
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
    return parameter.item()


def test_sgd_adds_the_decay_to_the_gradient_and_remembers():
    config = TrainConfig(lr=0.1, momentum=0.9, nesterov=False, weight_decay=0.01)
    first = 2 - 0.1 * (0.5 + 0.01 * 2)
    assert step(config) == pytest.approx(first)
    assert step(config, steps=2) == pytest.approx(first - 0.1 * (0.9 * 0.52 + 0.5 + 0.01 * first))
    assert step(config.override(nesterov=True)) == pytest.approx(2 - 0.1 * 1.9 * 0.52)


def test_adamw_takes_the_rate_for_its_step_whatever_the_gradient_and_decays_apart():
    config = TrainConfig(optimizer="adamw", lr=0.1, nesterov=False, weight_decay=0.01)
    for gradient in (0.5, 50.0):
        assert step(config, gradient=gradient) == pytest.approx(2 * (1 - 0.1 * 0.01) - 0.1, abs=1e-7)
    optimizer = make_optimizer([nn.Parameter(torch.ones(1))], config.override(momentum=0.8))
    assert optimizer.defaults["betas"] == (0.8, 0.999)


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_batch_norm_and_biases_are_spared_the_decay_where_the_recipe_says_so(kind):
    config = TrainConfig(optimizer=kind, nesterov=False, weight_decay=0.01, decay_norms=False)
    layer = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Linear(3, 2))
    decays = {
        parameter: group["weight_decay"]
        for group in make_optimizer(layer.parameters(), config).param_groups
        for parameter in group["params"]
    }
    assert {name: decays[parameter] for name, parameter in layer.named_parameters()} == {
        "0.weight": 0.01, "0.bias": 0, "1.weight": 0, "1.bias": 0, "2.weight": 0.01, "2.bias": 0,
    }  # fmt: skip
    whole = make_optimizer(layer.parameters(), config.override(decay_norms=True)).param_groups
    assert [(len(group["params"]), group["weight_decay"]) for group in whole] == [(6, 0.01)]
