import numpy as np
import pytest

from resnet_core import InvalidSpecError
from resnet_core.inference.explain.grad_cam import grad_cam
from resnet_core.inference.explain.sanity import rank_correlation, sanity_check
from resnet_core.inference.explain.twin import twin
from resnet_core.inference.explain.walk import batch_of
from resnet_core.inference.samples import load_sample


def test_the_head_is_randomised_first_and_then_the_last_stage_too(classifier):
    ship = load_sample("ship")
    rows = sanity_check(classifier, ship, "layer3", draws=2)
    assert [row.fresh for row in rows] == [("fc",), ("layer3", "fc")]
    original = grad_cam(classifier, ship).maps["layer3"]
    for row in rows:
        assert len(row.correlations) == 2
        assert len(set(row.correlations)) == 2  # each draw has weights of its own
        assert row.map.shape == original.shape
        assert row.correlations[0] == pytest.approx(rank_correlation(original, row.map))
        assert row.correlations[0] < 0.99


def test_the_check_would_notice_a_map_that_ignores_the_weights(classifier, monkeypatch):
    monkeypatch.setattr("resnet_core.inference.explain.sanity.twin", lambda model, fresh, seed: model)
    rows = sanity_check(classifier, load_sample("ship"), "layer2", draws=1)
    assert [row.correlations for row in rows] == [pytest.approx((1.0,))] * 2


def test_a_twin_reads_the_same_tensors_and_its_fresh_parts_are_its_own(classifier):
    model, x = classifier.model, batch_of(classifier, load_sample("ship"))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    own = twin(model, {"layer3", "fc"}, seed=1)
    assert own.layer1[0] is not model.layer1[0]
    assert own.layer1[0].conv1.weight is model.layer1[0].conv1.weight
    assert own.layer1[0].bn1.running_mean is model.layer1[0].bn1.running_mean
    assert not np.allclose(own(x), model(x))
    assert not np.array_equal(own.fc.weight, model.fc.weight)
    assert not own.layer3[0].bn1.running_mean.any()
    assert not any(weight.requires_grad for weight in own.parameters())
    assert np.array_equal(twin(model)(x), model(x))
    after = model.state_dict()
    assert all(np.array_equal(after[name], value) for name, value in before.items())


def test_what_does_not_exist_is_refused(classifier):
    ship = load_sample("ship")
    with pytest.raises(InvalidSpecError, match="stage='layer7'"):
        sanity_check(classifier, ship, "layer7")
    with pytest.raises(InvalidSpecError, match="draws=0"):
        sanity_check(classifier, ship, "layer1", draws=0)
    with pytest.raises(InvalidSpecError, match="fresh='head'"):
        twin(classifier.model, {"head"})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 99], 1.0),  # ranks, not values
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233),  # SciPy's documentation of spearmanr
        ([1, 1, 1, 1], [1, 2, 3, 4], 0.0),
    ],
)
def test_rank_correlation(one, other, expected):
    assert rank_correlation(np.array(one, np.float32), np.array(other, np.float32)) == pytest.approx(expected)
