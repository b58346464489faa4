"""Names of files that say another network than the shapes in them: shapes decide, and that is said."""

import pytest
import torch

from resnet_core.models.catalogue import get_spec
from resnet_core.models.network import build_model
from resnet_core.weights.files import name_contradicts
from resnet_core.weights.library import find_weights

RESNET18 = (get_spec("resnet18").override(num_classes=5),)
CIFAR56 = (get_spec("cifar_resnet56"), get_spec("cifar_resnet56").override(shortcut="zero_pad_both"))


@pytest.mark.parametrize(
    ("name", "fitting", "said"),
    [
        ("resnet50", RESNET18, "resnet50"),
        ("resnet50-flowers", RESNET18, "resnet50"),
        ("resnet18d-x", RESNET18, "resnet18d"),
        ("best_ResNet-50", RESNET18, "50 layers"),
        ("my_resnext101_32x8d", RESNET18, "101 layers"),
        ("resnet20-12fca82f", CIFAR56, "20 layers"),
    ],
)
def test_another_network_in_the_name_is_said(name, fitting, said):
    (remark,) = name_contradicts(name, fitting)
    assert remark.startswith(f"Its name says {said}, but its shapes are those of {fitting[0].name}")
    assert remark.endswith("and shapes decide.")


@pytest.mark.parametrize(
    ("name", "fitting"),
    [
        ("resnet18", RESNET18),
        ("resnet18-f37072fd", RESNET18),
        ("resnet18_flowers", RESNET18),
        ("ResNet18-best", RESNET18),
        ("preact_resnet18", RESNET18),
        ("resnet_2024", RESNET18),
        ("model_best", RESNET18),
        ("resnet56", CIFAR56),
        ("cifar_resnet56", CIFAR56),
    ],
)
def test_a_name_that_says_the_same_or_nothing_is_no_contradiction(name, fitting):
    assert name_contradicts(name, fitting) == ()


def test_a_file_of_another_networks_name_is_read_by_its_shapes_and_says_so(tmp_path):
    torch.save(build_model("resnet18", num_classes=3, seed=0).state_dict(), tmp_path / "resnet50.pth")
    weights = find_weights(tmp_path / "resnet50.pth")
    assert weights.spec.name == "resnet18"
    assert any(remark.startswith("Its name says resnet50,") for remark in weights.remarks)
