"""x + alpha F(x): at 1 the prediction, at 0 the network with an identity in the block's place."""

import numpy as np
import pytest
import torch

import resnet_core as rc
from resnet_core.inference.explain.shortcut.sweep import ALPHAS, MOST_PIXELS
from tests.inference.explain.shortcut.test_addition import NETWORKS, network, picture  # noqa: F401


def test_one_is_the_network_itself_and_zero_leaves_the_shortcut_alone(network, picture):  # noqa: F811
    with torch.no_grad():
        whole = network(picture)[0].numpy()
    scale = np.abs(whole).max()
    for block in (None, *(path for path, _ in network.residual_blocks())):
        sweep = rc.branch_sweep(network, picture, block, alphas=(1.0, 0.0))
        np.testing.assert_allclose(sweep.logits[0], whole, atol=1e-4 * scale)
        off = [block] if block else [path for path, _ in network.residual_blocks()]
        with torch.no_grad():
            *_, (_, lesioned) = rc_walk(network, picture, off)
        np.testing.assert_allclose(sweep.logits[1], lesioned[0].numpy(), atol=1e-4 * scale)


def rc_walk(model, x, off):
    from resnet_core.inference.explain.walk import walk

    return walk(model, x, off)


def test_zero_is_the_network_with_the_block_replaced_by_an_identity(classifier):
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    sweep = rc.branch_sweep(classifier, x, "layer2.1")
    assert sweep.alphas == ALPHAS
    assert sweep.logits.shape == (31, 10)
    assert sweep.alphas[10] == 0
    other = rc.build_model(classifier.model.spec, num_classes=10)
    other.load_state_dict(classifier.model.state_dict())
    other.layer2[1] = torch.nn.Identity()
    with torch.no_grad():
        expected = other.eval()(x)[0].numpy()
    np.testing.assert_allclose(sweep.logits[10], expected, atol=1e-4)
    np.testing.assert_allclose(sweep.logits[20], classifier.model(x)[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(sweep.probabilities.sum(1), 1, atol=1e-5)


def test_large_pictures_go_in_parts_and_progress_is_told(classifier, monkeypatch):
    x = torch.randn(1, 3, 32, 32)
    whole = rc.branch_sweep(classifier, x)
    monkeypatch.setattr("resnet_core.inference.explain.shortcut.sweep.MOST_PIXELS", 4 * 32 * 32)
    told = []
    parts = rc.branch_sweep(classifier, x, progress=told.append)
    np.testing.assert_allclose(parts.logits, whole.logits, atol=1e-4)
    assert told == sorted(told)
    assert told[-1] == 1
    assert MOST_PIXELS >= 31 * 224 * 224


def test_no_alpha_and_no_block_are_sentences(classifier):
    x = torch.zeros(3, 32, 32)
    with pytest.raises(rc.InvalidSpecError, match="at least one number"):
        rc.branch_sweep(classifier, x, alphas=())
    with pytest.raises(rc.InvalidSpecError, match="is no block"):
        rc.branch_sweep(classifier, x, "layer9.9")


@pytest.mark.parametrize("wrong", [("a",), (0.5, float("nan")), (float("inf"),), 0.5, None, "1"])
def test_what_is_no_number_is_refused_before_anything_runs(wrong):
    with pytest.raises(rc.InvalidSpecError, match=r"alphas=.* at least one number, and each of them finite"):
        rc.branch_sweep("cifar_resnet20", torch.zeros(3, 32, 32), alphas=wrong)
