import hashlib
import json

import pytest
import torch
from safetensors.torch import save_file

from resnet_core import build_model
from resnet_core.inference.classifier import Classifier

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """A cifar_resnet20 with random weights and lively batch-norm statistics, as a training run exports it."""
    folder = tmp_path_factory.mktemp("checkpoint")
    model = build_model("cifar_resnet20", seed=0)
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    path = folder / "mine.safetensors"
    save_file(model.state_dict(), path)
    note = {
        "model": "cifar_resnet20",
        "recipe": {"model": "cifar_resnet20", "overrides": [], "data": "cifar10"},
        "classes": CLASSES,
        "image_size": [32, 32],
        "mean": [0.49, 0.48, 0.45],
        "std": [0.25, 0.24, 0.26],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "history": [{"epoch": 1, "validation_error": 0.5}, {"epoch": 2, "validation_error": 0.125}],
    }
    path.with_suffix(".json").write_text(json.dumps(note))
    return path


@pytest.fixture(scope="session")
def classifier(checkpoint):
    loaded = Classifier.load(checkpoint, device="cpu", precision="fp32")
    loaded.engine.wait()  # however busy the machine is
    return loaded


class LookedInto(Classifier):
    """A classifier as the explanations need it: a network and how its pictures are prepared, without an engine."""

    model = None

    def __init__(self, model, weights):
        self.model, self.weights = model.eval().requires_grad_(False), weights


@pytest.fixture(scope="session")
def looked_into(classifier):
    """looked_into(model): explains another network of ten classes, on the pictures of `classifier`."""
    return lambda model: LookedInto(model, classifier.weights)
