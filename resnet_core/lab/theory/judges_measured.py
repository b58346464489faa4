"""Judges that measure: gradients, copies, lesions and first steps."""

from __future__ import annotations

from statistics import median

import torch
import torch.nn.functional as F
from torch import nn

from resnet_core.lab.theory.first_steps import recorded_first_steps
from resnet_core.lab.theory.gradient_grid import gradient_grid
from resnet_core.lab.theory.growing import grow
from resnet_core.lab.theory.judgement import Judgement
from resnet_core.lab.theory.record import recorded_lesions
from resnet_core.lab.theory.sensitivity import sensitivity
from resnet_core.lab.theory.start import Progress, calibrated, first_batch, nobody, untrained


def at_least_as_good(progress: Progress = nobody) -> Judgement:
    """The loss of both before training, without batch norm."""
    grid = gradient_grid((56,), ("plain", "residual"), progress=progress)
    losses = {norm: [grid.flow(arm, 56, norm).loss for arm in ("plain", "residual")] for norm in ("batch", "none")}
    worse = losses["none"][1] > 2 * losses["none"][0]
    return Judgement(
        answer="depends" if worse else "true",
        sentence="What a network can compute is not what it does. Untrained, at 56 layers without batch norm, the "
        f"plain one's loss is {losses['none'][0]:.2f}, the residual one's {losses['none'][1]:.1f}: it starts worse, "
        "and its rate must be smaller.",
    )


def unread() -> Judgement:
    """Pixels that a strided 1×1 convolution never reads."""
    x = torch.ones(1, 1, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(nn.Conv2d(1, 1, 1, stride=2, bias=False)(x).sum(), x)
    share = float((gradient == 0).double().mean())
    return Judgement(
        answer="true" if share == 0.75 else "false",
        sentence=f"Of the pixels before a 1×1 convolution with stride 2, {100 * share:.0f} % are read by nothing: "
        "no gradient comes back to them.",
    )


def sensitive() -> Judgement:
    """The first gradient of one weight, with and without a shortcut."""
    plain, residual, *_ = sensitivity().descents
    equal = abs(plain.first_gradient - residual.first_gradient) < 1e-9
    return Judgement(
        answer="false" if equal else "true",
        sentence=f"With equal outputs, dL/dw is {plain.first_gradient:.2f} in the plain layer and "
        f"{residual.first_gradient:.2f} in the residual one. What differs is where a weight of zero begins.",
    )


def vanishing(progress: Progress = nobody) -> Judgement:
    """The gradient at both ends of a plain network before training."""
    grid = gradient_grid((56,), ("plain", "residual"), ("batch",), progress=progress)
    plain, residual = (grid.flow(arm, 56).ratio for arm in ("plain", "residual"))
    return Judgement(
        answer="false" if plain > 1 else "true",
        sentence=f"At 56 layers with batch norm, before training, the first convolution's gradient is {plain:,.0f} "
        f"times the last one's in the plain network and {residual:.0f} times in the residual one: it explodes.",
    )


def identity_is_hard() -> Judgement:
    """Whether both networks hold a copy."""
    images, _ = first_batch()
    changes = {}
    for arm in ("plain", "residual"):
        model = calibrated(untrained(arm, 8), images)
        with torch.no_grad():
            changes[arm] = float((grow(model, 32)(images) - model(images)).abs().max())
    return Judgement(
        answer="depends" if changes["plain"] == 0 else "true",
        sentence=f"Both hold the copy: 12 blocks that copy change the plain network's logits by "
        f"{changes['plain']:.1g} and the residual one's by {changes['residual']:.1g}. From random weights the copy is "
        "far away for the plain one alone (views Grow and Copy).",
    )


def lesion() -> Judgement:
    """What the median block is worth, at two depths."""
    costs = {name: median(recorded_lesions(name).costs().values()) for name in ("cifar_resnet56", "cifar_resnet20")}
    small = [cost < 3 for cost in costs.values()]
    return Judgement(
        answer="true" if all(small) else "depends" if any(small) else "false",
        sentence="More wrong answers without the median block: "
        + ", ".join(f"{name} {cost:.1f} points" for name, cost in costs.items()) + ".",
    )  # fmt: skip


def googlenet() -> Judgement:
    """First steps of GoogLeNet, a residual network and its plain twin: how much the skips have to do with it."""
    found = recorded_first_steps()
    losses = {name: found.mean_loss(name) for name in dict.fromkeys(one.network for one in found.found)}
    residual, plain = losses["resnet18"], losses["plain18"]
    published, with_norm = losses["GoogLeNet"], losses["GoogLeNet, batch norm"]
    norm_alone = published - with_norm > with_norm - residual
    told = ", ".join(f"{name} {loss:.2f}" for name, loss in losses.items())
    return Judgement(
        answer="false" if residual > published else "depends" if norm_alone else "true",
        sentence=f"Recorded: loss after {found.steps} steps on digits of 32 pixels, mean of three seeds (a guess has "
        f"2.30): {told}. Easier it is. But most of the way from GoogLeNet is batch norm, and plain18, which has no "
        f"skip connection, comes to {plain:.2f}.",
    )


def fits_both() -> Judgement:
    """Widen a block for H(x) until it is one for H(x) - x, and compare."""
    torch.manual_seed(0)
    x, first, second = torch.rand(256, 16), torch.randn(16, 16) / 4, torch.randn(16, 16) / 4
    whole = torch.relu(x @ first) @ second
    wider = torch.cat((first, torch.eye(16)), 1), torch.cat((second, -torch.eye(16)))
    difference = float((torch.relu(x @ wider[0]) @ wider[1] + x - whole).abs().max())
    return Judgement(
        answer="depends" if difference < 1e-5 else "false",
        sentence=f"A block of 16 hidden units computes some H(x). One that computes F(x) = H(x) − x is built of it: "
        "behind a "
        f"ReLU, {wider[0].shape[1]} hidden units give it, up to {difference:.0e}. So yes, if the block may be wider; "
        "with as many units nobody has shown it.",
    )


def pixel_by_pixel() -> Judgement:
    """A 1×1 convolution beside one linear layer for each pixel."""
    torch.manual_seed(0)
    conv, x = nn.Conv2d(256, 64, 1, bias=False), torch.randn(1, 256, 14, 14)
    with torch.no_grad():
        map_of, each = conv(x), F.linear(x.permute(0, 2, 3, 1), conv.weight.flatten(1)).permute(0, 3, 1, 2)
    difference = float((map_of - each).abs().max())
    return Judgement(
        answer="true" if map_of.shape[2:] == x.shape[2:] and difference < 1e-4 else "false",
        sentence=f"256 channels of 14×14 pixels become 64 of 14×14: one and the same linear map for each pixel, which "
        f"sees no neighbour. Done with a linear layer, pixel by pixel, it differs by {difference:.0e}.",
    )


def add_or_concatenate() -> Judgement:
    """ResNeXt's block as a sum of paths, and with its paths concatenated before the last convolution."""
    torch.manual_seed(0)
    groups, x = 32, torch.randn(1, 128, 14, 14)
    grouped, last = nn.Conv2d(128, 128, 3, padding=1, groups=groups), nn.Conv2d(128, 256, 1, bias=False)
    with torch.no_grad():
        paths = grouped(x).chunk(groups, 1)
        weights = last.weight.chunk(groups, 1)
        summed = torch.stack([F.conv2d(path, weight) for path, weight in zip(paths, weights, strict=True)]).sum(0)
        difference = float((summed - last(torch.cat(paths, 1))).abs().max())
    return Judgement(
        answer="depends" if difference < 1e-4 else "true",
        sentence=f"ResNeXt's formula adds {groups} paths. Concatenated before the last 1×1 convolution, as its code "
        "does it, "
        f"they give the same, up to {difference:.0e}: that convolution adds. What ResNeSt concatenates has been "
        "weighed by an attention first.",
    )
