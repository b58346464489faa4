"""A residual block that a reader wrote: right ones of several styles, and each usual mistake."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import resnet_core as rc


class Right(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)

    def branch(self, x):
        return self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))

    def forward(self, x):
        return F.relu(x + self.branch(x))


class InPlace(Right):
    def forward(self, x):
        identity = x
        x = self.branch(x)
        x += identity
        return F.relu(x, inplace=True)


class WithBiasesAndNoNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1)
        )

    def forward(self, x):
        return torch.relu(x + self.layers(x))


def wrong(forward):
    """A block like the right one, with another forward."""
    return type("Wrong", (Right,), {"forward": forward})


class NoPadding(Right):
    def __init__(self, channels):
        super().__init__(channels)
        self.conv1.padding = (0, 0)


class OneConvolution(Right):
    def __init__(self, channels):
        super().__init__(channels)
        self.conv2 = nn.Identity()


class NoArgument(nn.Module):
    pass


@pytest.mark.parametrize("block", [Right, InPlace, WithBiasesAndNoNorm])
def test_a_right_block_is_found_right(block):
    assert rc.check("residual-block", block).state == "right"


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (wrong(lambda self, x: F.relu(self.branch(x))), "x is not added"),
        (wrong(lambda self, x: F.relu(x.detach() + self.branch(x))), "it was detached"),
        (wrong(lambda self, x: F.relu(x + x + self.branch(x))), "once too often"),
        (wrong(lambda self, x: x + F.relu(self.branch(x))), "the last ReLU is missing, or stands before"),
        (wrong(lambda self, x: x + self.branch(x)), "the last ReLU is missing"),
        (wrong(lambda self, x: F.relu(x + self.bn2(self.conv2(self.bn1(self.conv1(x)))))), "one linear map"),
        (wrong(lambda self, x: F.relu(0.5 * x + self.branch(x))), "something else than x"),
        (wrong(lambda self, x: None), "Is there a return?"),
        (NoPadding, "It fails: RuntimeError"),
        (OneConvolution, "has 1 convolutions"),
        (NoArgument, "It fails: TypeError"),
        (3, "It fails: TypeError"),
    ],
)
def test_a_usual_mistake_is_recognised(block, said):
    verdict = rc.check("residual-block", block)
    assert verdict.state == "not yet"
    assert said in verdict.text


def test_no_random_number_of_the_reader_is_taken():
    torch.manual_seed(1)
    wanted = torch.rand(1)
    torch.manual_seed(1)
    rc.check("residual-block", Right)
    assert torch.equal(torch.rand(1), wanted)
