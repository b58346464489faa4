"""An explanation that fills the GPU is made on the CPU, with a note; where that can't be, a sentence says so."""

from dataclasses import replace

import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.features import feature_maps
from resnet_core.inference.explain.grad_cam import grad_cam
from resnet_core.inference.explain.lesion import answer_without, block_parts
from resnet_core.inference.explain.occlusion import occlude
from resnet_core.inference.explain.sanity import sanity_check
from resnet_core.inference.explain.timing import layer_times

EXPLANATIONS = {
    "grad_cam": grad_cam,
    "grad_cam by name": lambda c, image: grad_cam(image=image, classifier=c),
    "occlude": lambda c, image: occlude(c, image, cells=2),
    "sanity_check": lambda c, image: sanity_check(c, image, "layer1", draws=1),
    "feature_maps": lambda c, image: feature_maps(c, image, "layer1"),
    "block_parts": block_parts,
    "answer_without": lambda c, image: answer_without(c, image, ["layer2.0"]),
}


class FullGpu(torch.nn.Conv2d):
    """A first layer for which there is no memory."""

    def forward(self, _):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


@pytest.fixture
def full(classifier):
    """A classifier that believes to be on a GPU, where its network runs out of memory."""
    model = rc.build_model("cifar_resnet20", depths=(1, 1, 1), seed=0)
    loaded = Classifier(model, classifier.weights, "cpu", "fp32", "eager")
    loaded.engine.wait()
    model.conv1.__class__ = FullGpu
    loaded.engine._state = (loaded.engine._state[0], replace(loaded.engine.choice, device="cuda"))
    return loaded


@pytest.fixture
def image():
    return Image.new("RGB", (32, 32), "orange")


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_the_cpu_explains_when_the_gpu_is_full_and_a_note_says_so(full, image, name):
    assert full.engine.note == ""
    assert EXPLANATIONS[name](full, image)
    assert full.engine.note == "The GPU is out of memory, so the CPU answers."
    assert full.engine.choice.device == "cpu"


def test_a_network_that_fits_nowhere_is_refused_in_a_sentence(full, image):
    full.engine._state = (full.engine._state[0], replace(full.engine.choice, device="cpu"))  # so it does not move
    with pytest.raises(rc.QueueFullError, match="no memory left to look into this network"):
        grad_cam(full, image)


def test_a_bare_network_that_fills_its_gpu_is_refused_in_a_sentence(full):
    with pytest.raises(rc.QueueFullError, match="no memory left to look into this network"):
        layer_times(full.model)


def test_what_else_goes_wrong_is_not_taken_for_a_full_gpu(full, image):
    with pytest.raises(rc.InvalidSpecError):
        grad_cam(full, image, class_index=10)
    assert full.engine.note == ""
