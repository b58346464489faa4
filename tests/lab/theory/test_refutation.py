import pytest
import torch

import resnet_core as rc
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.refutation import CURES, _prepare, refutation


def test_no_way_of_training_cures_the_plain_network_at_56_layers():
    """Recorded. The residual one learns with all but one of the same ways; were the plain one's trouble the rate or the
    size of its gradient, one of them would bring its loss down."""
    found = rc.theory.recorded_refutation()
    losses = {arm: [cell.loss for cell in found.cells if cell.arm == arm] for arm in ("plain", "residual")}
    assert [cell.cure for cell in found.cells if cell.arm == "plain"] == [cure.name for cure in CURES]
    assert min(losses["plain"]) > 1.4
    assert sum(loss < 0.5 for loss in losses["residual"]) >= 10
    assert list(found.to_frame().columns) == ["training", "plain", "residual"]


def test_a_row_can_be_measured_and_a_shallow_plain_network_does_learn():
    told, losses = [], []
    found = refutation(["SGD, rate 0.02"], ("plain",), 8, 40, progress=told.append, each_loss=losses.append)
    assert found.loss("SGD, rate 0.02", "plain") < 0.8
    assert len(losses) == 40
    assert found.cells[0].loss == pytest.approx(sum(losses[-10:]) / 10)
    assert told[-1] == pytest.approx(1)


def test_layer_wise_steps_take_no_account_of_the_gradients_size():
    weights = [torch.nn.Parameter(torch.full((4,), 2.0)) for _ in range(2)]
    for one, size in zip(weights, (1e-6, 1e6), strict=True):
        one.grad = torch.full((4,), size)
    _prepare(next(cure for cure in CURES if cure.optimizer == "layer-wise"), weights)
    assert torch.allclose(weights[0].grad, weights[1].grad)
    assert weights[0].grad.norm() == pytest.approx(4.0)


def test_clipping_leaves_a_gradient_of_one():
    weight = torch.nn.Parameter(torch.ones(4))
    weight.grad = torch.full((4,), 50.0)
    _prepare(next(cure for cure in CURES if cure.clip), [weight])
    assert weight.grad.norm() == pytest.approx(1.0, abs=1e-4)


def test_an_unknown_way_is_refused():
    with pytest.raises(InvalidSpecError, match="cures='prayer' does not work"):
        refutation(["prayer"])
