"""The head is scikit-learn's: the loss has one optimum, and it is reached."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from resnet_core.lab.teach.head import fit_head


@pytest.fixture(scope="module")
def points():
    """60 points of 20 features in three classes that overlap; one feature is always the same."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    features = random.normal(0, 1, (60, 20)) + labels[:, None] * 0.3
    features[:, 7] = 2.5
    return features.astype(np.float32), labels


@pytest.mark.parametrize("strength", [0.01, 1.0])
def test_it_is_the_optimum_that_scikit_learn_finds(points, strength):
    features, labels = points
    head = fit_head(features, labels, 3, strength)
    exact = features.astype(float)
    mean, scale = exact.mean(0), exact.std(0).mean()
    oracle = LogisticRegression(C=strength, tol=1e-9, max_iter=2000).fit((exact - mean) / scale, labels)
    ours = head.weight.numpy() * scale
    assert np.abs(ours - ours.mean(0) - oracle.coef_).max() < 2e-4, "softmax leaves the mean over the classes free"
    logits = head.logits(features)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert np.abs(shares - oracle.predict_proba((exact - mean) / scale)).max() < 1e-4


def test_a_thousandfold_larger_features_give_the_same_answers(points):
    features, labels = points
    small, large = fit_head(features, labels, 3), fit_head(features * 1000, labels, 3)
    assert small.logits(features) == pytest.approx(large.logits(features * 1000), abs=1e-3)


def test_features_that_say_nothing_give_no_answer():
    labels = np.array([0, 0, 1, 1])
    logits = fit_head(np.ones((4, 5), np.float32), labels, 2).logits(np.ones((1, 5), np.float32))
    assert logits[0, 0] == pytest.approx(logits[0, 1], abs=1e-6)
