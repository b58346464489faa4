"""build_listing(): the four documents' own networks as published, defects included, each fixable one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import torch
from torch import nn

from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.models.catalogue import BASIC_DEPTHS, BOTTLENECK_DEPTHS
from resnet_core.models.listings.classic import ClassicResNet
from resnet_core.models.listings.d2l import D2LResNet
from resnet_core.models.listings.defects import check_fixes
from resnet_core.models.listings.hook_blog import BlogResNet

Builder = Callable[[int, Collection[str]], nn.Module]
_DEPTHS = {depth: BASIC_DEPTHS.get(depth) or BOTTLENECK_DEPTHS[depth] for depth in (18, 34, 50, 101, 152)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A published network.

    Attributes:
        name: as in `build_listing(name)`.
        document: number of the document that prints it.
        title: what it is.
        depth: the one that the document builds.
        depths: all that its code names or is written for.
        input_size: (N, C, H, W) that the document feeds it.
        builder: depth and names of the repaired defects -> network.
    """

    name: str
    document: str
    title: str
    depth: int
    depths: tuple[int, ...]
    input_size: tuple[int, int, int, int]
    builder: Builder


_ROWS = (
    Listing(
        name="listing_hook_blog", document="000", title="ResNet-50 by hand, with hooks that print each shape",
        depth=50, depths=(18, 34, 50, 101, 152), input_size=(1, 3, 224, 224),
        builder=lambda depth, fix: BlogResNet(_DEPTHS[depth], depth < 50, fix),
    ),
    Listing(
        name="listing_notes", document="001", title="Torchvision's listing with notes in Chinese",
        depth=18, depths=(18, 34, 50, 101, 152), input_size=(1, 3, 224, 224),
        builder=lambda depth, _: ClassicResNet(_DEPTHS[depth], depth < 50, he_weights=True),
    ),
    Listing(
        name="listing_d2l", document="002", title="Dive into Deep Learning's ResNet-18 for Fashion-MNIST",
        depth=18, depths=(18, 34), input_size=(1, 1, 96, 96),
        builder=lambda depth, fix: D2LResNet(_DEPTHS[depth], fix),
    ),
    Listing(
        name="listing_handbook", document="004", title="A handbook page's ResNet-50",
        depth=50, depths=(18, 34, 50, 101, 152), input_size=(1, 3, 224, 224),
        builder=lambda depth, fix: ClassicResNet(_DEPTHS[depth], depth < 50, he_weights="no_initialisation" in fix),
    ),
)  # fmt: skip

LISTINGS: dict[str, Listing] = {listing.name: listing for listing in _ROWS}


def get_listing(name: str) -> Listing:
    """The record of one listing.

    Raises:
        UnknownModelError: if no listing has that name.
    """
    if name not in LISTINGS:
        raise UnknownModelError(f"No listing is named {name!r}. The listings are: {', '.join(LISTINGS)}.")
    return LISTINGS[name]


def build_listing(
    name: str,
    *,
    fix: Collection[str] = (),
    depth: int | None = None,
    device: str | torch.device | None = None,
    seed: int = 0,
) -> nn.Module:
    """Build a network as a document prints it. Trace it with `trace_model(build_listing(name, device="meta"), size)`.

    Args:
        name: "listing_hook_blog", "listing_notes", "listing_d2l" or "listing_handbook".
        fix: defects to repair, by the names in `defects_of(name)`.
        depth: layers asked for; by default the document's own.
        device: where to build it; "meta" gives the structure without weights.
        seed: of the weights; other draws are left alone.

    Raises:
        UnknownModelError: if no listing has that name.
        InvalidSpecError: for a depth that the listing can't be asked for, or a defect that it does not have.
    """
    listing = get_listing(name)
    check_fixes(name, tuple(fix))
    depth = listing.depth if depth is None else depth
    if depth not in listing.depths:
        allowed = ", ".join(map(str, listing.depths))
        raise InvalidSpecError(f"depth={depth} does not work: {name} can be asked for {allowed}.")
    with torch.random.fork_rng(devices=[]), torch.device(device or "cpu"):
        torch.manual_seed(seed)
        return listing.builder(depth, fix)
