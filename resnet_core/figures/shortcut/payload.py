"""What the drawing of an addition gets: maps as whole numbers, blocks in figures, answers for each alpha."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_core.errors import InvalidSpecError
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.theme import LIGHT
from resnet_core.inference.explain.shortcut.addition import Addition, Transformation
from resnet_core.inference.explain.shortcut.flow import BlockFlow
from resnet_core.inference.explain.shortcut.sweep import BranchSweep

Map = npt.NDArray[np.float32]
MOST_BYTES = 180_000  # of the maps of one view, as they travel
MOST_PLACES = 9
LARGEST = 2**15 - 2  # of a whole number of 16 bits, with room for a rounding
# The scale of values, the same in both themes, as a photo has the same colours in both: below 0, 0, above 0.
SCALE = (LIGHT.plain, "#FFFFFF", LIGHT.residual)


def addition_payload(terms: Addition, first: int = 0, wanted: int | None = None) -> dict[str, Any]:
    """The maps of an addition, the channels that F changes most first, in whole numbers of 16 bits.

    A value is `number / 10**places`. Of x and the sum these are the values rounded; F is their difference, at most
    one in the last place from its own value, so that each sum adds up to the last digit.

    Args:
        terms: of `addition`.
        first: in the order of `order`, where the channels that are sent begin.
        wanted: a channel that is sent in any case.

    Raises:
        InvalidSpecError: if a value is infinite or no number.
    """
    order = [int(channel) for channel in np.argsort(-_lengths(terms.branch), kind="stable")]
    sent = _sent(order, first, wanted, terms.x.shape[1] * terms.x.shape[2], maps=2)
    places = _places(terms.block, terms.x, terms.branch, terms.sum)
    x, total = _whole(terms.x[sent], places), _whole(terms.sum[sent], places)
    return _common(terms.block, terms.sum.shape, order, sent, places) | {
        "plain": False,
        "rectified": terms.rectified,
        "x": _text(x),
        "f": _text(total - x),
        "bounds": [_bound(terms.x[one], terms.branch[one], terms.sum[one]) for one in sent],
        "fbound": _bound(terms.branch),
        "lengths": [_short(one) for one in _lengths(terms.branch)[sent]],
    }


def plain_payload(terms: Transformation, first: int = 0, wanted: int | None = None) -> dict[str, Any]:
    """The same of a block without an addition: H(x) stands where the sum would."""
    order = [int(channel) for channel in np.argsort(-_lengths(terms.h), kind="stable")]
    sent = _sent(order, first, wanted, terms.h.shape[1] * terms.h.shape[2], maps=1)
    places = _places(terms.block, terms.h)
    return _common(terms.block, terms.h.shape, order, sent, places) | {
        "plain": True,
        "rectified": True,
        "f": _text(_whole(terms.h[sent], places)),
        "bounds": [_bound(terms.h[one]) for one in sent],
        "fbound": _bound(terms.h),
        "lengths": [_short(one) for one in _lengths(terms.h)[sent]],
    }


def flow_payload(flow: Sequence[BlockFlow]) -> list[list[Any]]:
    """Each block's [path, name, shortcut, |F|/|x|, cosine, the shortcut's share of the gradient, what was stopped]."""
    return [
        [
            one.path, block_name(one.path), one.shortcut, *map(_short, (one.ratio, one.cosine)),
            *map(_short, (one.identity_share, one.stopped)),
        ]
        for one in flow
    ]  # fmt: skip


def sweep_payload(sweep: BranchSweep, classes: Sequence[str], rows: int = 4) -> dict[str, Any]:
    """The answers for each alpha: some classes followed all the way, and the likeliest one at each.

    Followed are the likeliest at alpha = 1, then those that reach the highest probability anywhere.
    """
    probabilities = sweep.probabilities
    usual = probabilities[int(np.abs(np.asarray(sweep.alphas) - 1).argmin())]
    likeliest, anywhere = int(usual.argmax()), np.argsort(-probabilities.max(axis=0), kind="stable")
    others = [int(one) for one in anywhere if one != likeliest][: rows - 1]
    chosen = [likeliest, *sorted(others, key=lambda one: -usual[one])]
    return {
        "alphas": list(sweep.alphas),
        "rows": [[classes[one], [_short(value) for value in probabilities[:, one]]] for one in chosen],
        "tops": [[classes[int(row.argmax())], _short(row.max())] for row in probabilities],
    }


def likest_channel(maps: Map, grey: Map) -> int:
    """The channel in which one recognises the picture: whose values go most with the picture's lightness.

    Args:
        maps: (C, H, W).
        grey: (H, W), the picture at the maps' size.
    """
    flat, light = maps.reshape(len(maps), -1).astype(np.float64), grey.reshape(-1).astype(np.float64)
    flat, light = flat - flat.mean(axis=1, keepdims=True), light - light.mean()
    lengths = np.linalg.norm(flat, axis=1) * np.linalg.norm(light)
    return int(np.abs(flat @ light / np.where(lengths > 0, lengths, np.inf)).argmax())


def _common(block: str, shape: tuple[int, ...], order: list[int], sent: list[int], places: int) -> dict[str, Any]:
    return {
        "path": block, "name": block_name(block), "channels": shape[0], "size": list(shape[1:]), "order": order,
        "sent": sent, "places": places,
    }  # fmt: skip


def _sent(order: list[int], first: int, wanted: int | None, pixels: int, maps: int) -> list[int]:
    """The channels that fit into a view, in their order; the wanted one among them."""
    count = max(1, int(MOST_BYTES // (pixels * maps * 2 * 4 / 3)))
    sent = order[first : first + count] or order[:count]
    if wanted in order and wanted not in sent:
        assert wanted is not None
        sent = [*sent[: count - 1], wanted]
    return sent


def _lengths(maps: Map) -> npt.NDArray[np.float64]:
    return np.linalg.norm(maps.reshape(len(maps), -1).astype(np.float64), axis=1)


def _places(block: str, *maps: Map) -> int:
    """Decimals that 16 bits have room for."""
    largest = max(float(np.abs(one).max(initial=0.0)) for one in maps)
    if not math.isfinite(largest):
        raise InvalidSpecError(f"In {block} some values are infinite or no numbers: there is nothing to draw.")
    if largest == 0:
        return 4
    return max(0, min(MOST_PLACES, math.floor(math.log10(LARGEST / largest))))


def _whole(maps: Map, places: int) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(maps.astype(np.float64) * 10.0**places), -LARGEST, LARGEST).astype(np.int16)


def _text(numbers: npt.NDArray[np.int16]) -> str:
    return b64encode(np.ascontiguousarray(numbers, "<i2").tobytes()).decode()


def _bound(*maps: Map) -> float:
    """The end of a scale: nearly all values lie within, a single far one does not bleach the rest."""
    return _short(max(float(np.quantile(np.abs(one), 0.995)) for one in maps)) or 1.0


def _short(value: float) -> float:
    """Four digits, and an infinite ratio as one that no axis shows."""
    return float(f"{min(float(value), 999.0):.4g}")
