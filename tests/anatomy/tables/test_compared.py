"""compare(): calls of two networks beside each other."""

import pytest
import timm
import torch
import torchvision
from torch import nn

import resnet_core as rc

SIZE = (1, 3, 64, 64)


def test_a_network_beside_itself_is_the_same_in_all_calls():
    same = rc.compare("resnet18", "resnet18", SIZE)
    assert same.differing == ()
    assert same.sentence == "resnet18 and resnet18 do the same in all 69 calls."
    assert same.to_frame(only_differing=True).empty


def test_ours_beside_torchvisions_differs_in_flatten_alone():
    with torch.device("meta"):
        theirs = torchvision.models.resnet50()
    found = rc.compare("resnet50", theirs)
    assert [(pair.left.path, pair.right, pair.differs) for pair in found.differing] == [("flatten", None, ("missing",))]
    assert (found.added_params, found.added_macs) == (0, 0)
    adds = [(pair.left.kind, pair.right.kind) for pair in found.pairs if pair.left and pair.left.kind == "ShortcutAdd"]
    assert adds == [("ShortcutAdd", "add")] * 16


def test_other_names_are_aligned_by_the_order_of_kinds():
    class Renamed(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3)

        def forward(self, x):
            return self.c(self.b(self.a(x)))

    wide = nn.Sequential(nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 8, 3))
    rows = [
        (pair.left and pair.left.path, pair.right and pair.right.path, pair.differs)
        for pair in rc.compare(Renamed(), wide, (1, 3, 8, 8)).pairs
    ]
    assert rows == [
        ("a", "0", ("output", "parameters", "MACs")), (None, "1", ("missing",)), ("b", "2", ("output",)),
        ("c", "3", ("parameters", "MACs")),
    ]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), [("resnet18", "resnet34"), ("resnet50", "resnet50_v1")])
def test_all_calls_of_both_stand_there_once_and_differences_add_up(left, right):
    found = rc.compare(left, right, SIZE)
    assert [pair.left for pair in found.pairs if pair.left] == list(found.left.calls)
    assert [pair.right for pair in found.pairs if pair.right] == list(found.right.calls)
    table = found.to_frame()
    assert table["added params"].sum() == found.added_params == found.right.total_params - found.left.total_params
    assert table["added macs"].sum() == found.added_macs
    assert table["left params"].sum() == found.left.total_params
    assert set(found.to_frame(only_differing=True)["differs in"]) - {""} == set(table["differs in"]) - {""}


def test_where_the_stride_stands_is_a_difference_of_windows():
    moved = [pair for pair in rc.compare("resnet50", "resnet50_v1").pairs if "window" in pair.differs]
    assert [pair.left.path for pair in moved] == [f"layer{n}.0.conv{k}" for n in (2, 3, 4) for k in (1, 2)]


def test_the_sentence_gives_the_totals_with_signs():
    found = rc.compare("resnet34", "resnet18", SIZE)
    assert found.sentence.startswith("resnet18 beside resnet34: \N{MINUS SIGN}10,108,160 parameters and \N{MINUS SIGN}")
    assert f"{len(found.differing)} of {len(found.pairs)} calls differ." in found.sentence


@pytest.mark.slow
def test_timms_network_stands_beside_torchvisions():
    found = rc.compare(torchvision.models.resnet18(), timm.create_model("resnet18"), SIZE)
    assert found.added_params == found.added_macs == 0
    assert all(pair.left and pair.right for pair in found.pairs if "Conv2d" in (pair.left or pair.right).kind)


def test_traces_are_taken_as_they_are():
    trace = rc.walk_spec("resnet18")
    assert rc.compare(trace, trace).left is trace
