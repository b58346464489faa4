"""Visitors share one network and must never see each other's activations; and nothing of a visit may stay.

The network in these tests makes all threads meet twice on their way through it: each is in the middle before one goes
on, and all are at the end before one returns. So whatever they share is shared at the worst moment, every time.
"""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import numpy as np
import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.inference.explain.features import feature_maps
from resnet_core.inference.explain.grad_cam import grad_cam
from resnet_core.inference.explain.lesion import answer_without, block_parts
from resnet_core.inference.explain.occlusion import occlude
from resnet_core.inference.explain.walk import batch_of

VISITORS = 4


class MeetingReLU(torch.nn.ReLU):
    """A ReLU where threads wait for each other, as long as there is someone to wait for."""

    barrier = None

    def forward(self, x):
        if self.barrier:
            self.barrier.wait(timeout=60)
        return super().forward(x)


@pytest.fixture(scope="module")
def shared(looked_into):
    """A small network with the meeting places, and the classifier that all visitors use."""
    model = rc.build_model("cifar_resnet20", depths=(1, 1, 1), seed=0)
    model.layer1[0].relu, model.layer3[0].relu = MeetingReLU(), MeetingReLU()
    return looked_into(model)


def picture(visitor):
    pixels = np.random.default_rng(visitor).integers(0, 256, size=(32, 32, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


class ByHook:
    """How it must not be done: a hook on the shared network writes down what passes, and each visitor reads it."""

    def __init__(self, model):
        self.seen = None
        self.hook = model.layer2.register_forward_hook(self.write)

    def write(self, _module, _inputs, output):
        self.seen = output.clone()

    def __call__(self, classifier, image):
        with torch.no_grad():
            classifier.model(batch_of(classifier, image))
        return self.seen.numpy()


EXPLANATIONS = {
    "grad_cam": lambda c, image: grad_cam(c, image).maps,
    "hires_cam": lambda c, image: grad_cam(c, image, method="hires_cam").maps,
    "feature_maps": lambda c, image: asdict(feature_maps(c, image, "layer2", k=3)),
    "block_parts": lambda c, image: [asdict(part) for part in block_parts(c, image)],
    "answer_without": lambda c, image: answer_without(c, image, ["layer2.0"]),
    "occlude": lambda c, image: asdict(occlude(c, image, cells=3)),
}


def visitors_with_a_wrong_answer(explain, classifier, monkeypatch):
    """Who got something else, all visitors at once, than when they came one after the other."""
    alone = [explain(classifier, picture(visitor)) for visitor in range(VISITORS)]
    monkeypatch.setattr(MeetingReLU, "barrier", threading.Barrier(VISITORS))
    with ThreadPoolExecutor(VISITORS) as pool:
        together = list(pool.map(lambda visitor: explain(classifier, picture(visitor)), range(VISITORS)))
    pairs = enumerate(zip(alone, together, strict=True))
    return [visitor for visitor, (expected, got) in pairs if not same(expected, got)]


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_visitors_at_the_same_time_each_get_exactly_their_own(shared, monkeypatch, name):
    assert visitors_with_a_wrong_answer(EXPLANATIONS[name], shared, monkeypatch) == []


def test_a_hook_on_the_shared_network_would_be_caught(shared, monkeypatch):
    """All visitors but one go home with the activations of whoever came last."""
    by_hook = ByHook(shared.model)
    wrong = visitors_with_a_wrong_answer(by_hook, shared, monkeypatch)
    by_hook.hook.remove()
    assert len(wrong) == VISITORS - 1


@pytest.fixture
def written(shared, monkeypatch):
    """What is written on the shared network from now on, though only for one statement: attributes and hooks."""
    theirs, noted = {id(module): name for name, module in shared.model.named_modules()}, []

    def noting(method):
        original = getattr(torch.nn.Module, method)

        def call(module, *given, **named):
            if id(module) in theirs:
                noted.append((theirs[id(module)], method))
            return original(module, *given, **named)

        monkeypatch.setattr(torch.nn.Module, method, call)

    for method in (
        "__setattr__", "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
        "register_full_backward_pre_hook",
    ):  # fmt: skip
        noting(method)
    return noted


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_nothing_is_written_on_the_shared_network_even_for_a_moment(shared, written, name):
    EXPLANATIONS[name](shared, picture(0))
    assert written == []


def test_what_is_written_for_a_moment_would_be_caught(shared, written):
    shared.model.layer1.training = shared.model.layer1.training
    ByHook(shared.model).hook.remove()
    assert written == [("layer1", "__setattr__"), ("layer2", "register_forward_hook")]


def test_explaining_needs_no_gradient_of_a_weight_and_leaves_none(shared):
    for explain in EXPLANATIONS.values():
        explain(shared, picture(0))
    assert all(weight.grad is None and not weight.requires_grad for weight in shared.model.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in shared.model.modules())


def tensors():
    gc.collect()
    return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())


def test_sixty_explanations_keep_no_tensor(shared):
    for explain in EXPLANATIONS.values():
        explain(shared, picture(0))
    before = tensors()
    for visit in range(60):
        list(EXPLANATIONS.values())[visit % len(EXPLANATIONS)](shared, picture(visit))
    assert tensors() == before
