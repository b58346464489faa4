from torch import nn

import resnet_core as rc
from resnet_core.lab.recipe.table import recipe_table


def test_the_papers_recipes_stand_as_printed():
    """He et al. 2015, sections 3.4 and 4.2: batch 256 and 128, rate 0.1, momentum 0.9, decay 0.0001."""
    rows = recipe_table().set_index("recipe")
    assert rows.loc["paper-imagenet", ["batch", "rate", "momentum", "decay"]].tolist() == [256, 0.1, 0.9, "0.0001"]
    assert rows.loc["paper-cifar10", ["batch", "rate", "momentum", "decay"]].tolist() == [128, 0.1, 0.9, "0.0001"]


def test_no_network_has_dropout():
    for name in ("resnet50", "cifar_resnet20", "resnext50_32x4d"):
        assert not any(isinstance(m, nn.Dropout) for m in rc.build_model(name, device="meta").modules())
