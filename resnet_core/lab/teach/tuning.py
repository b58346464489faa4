"""fine_tune(): a few steps of gradient descent on the end of a network, from the head that its frozen features gave."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from resnet_core.anatomy.tables.tables import display_stage
from resnet_core.errors import DataError, ImageError, require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.features import with_head
from resnet_core.lab.teach.groups import group_photos
from resnet_core.lab.teach.head import Features, Head, Labels, fit_head
from resnet_core.lab.teach.held_out import HeldOut, ask_in_turn, judge
from resnet_core.lab.teach.looking import AT_ONCE as IN_BATCH
from resnet_core.lab.teach.looking import Looked, batches
from resnet_core.lab.teach.photos import Photos, read_photo
from resnet_core.lab.theory.start import Progress, nobody
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet
from resnet_core.notation import megabytes
from resnet_core.weights.numbers import all_finite

NONE, LAST_STAGE, ALL = WAYS = ("none", "last-stage", "all")
FOLDS = 3  # each costs as much as the fine-tuning itself
STEPS, BATCH = 12, 16
RATE, MOMENTUM, DECAY = 0.01, 0.9, 1e-3  # the rate falls to 0 along half a cosine
LONGEST_GRADIENT = 5.0
AT_ONCE = 8  # photos on their way through the network
MOST_BYTES = 128_000_000  # of what the frozen part puts out, for all photos: it is computed once


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A network whose end was fine-tuned.

    Attributes:
        network: whole, on the CPU; its frozen part is shared with the network that it was.
        features: (N, features) what its last layer reads of each photo that it has learnt.
        held_out: how networks do that were fine-tuned without the photos they are asked.
        frozen: the same photos in the same parts, asked of heads on the frozen features.
        part: what was trained, in words.
    """

    network: ResNet
    features: Features
    held_out: HeldOut
    frozen: HeldOut
    part: str

    @property
    def head(self) -> Head:
        """Its last layer."""
        state = self.network.state_dict()
        return Head(state["fc.weight"].double(), state["fc.bias"].double())


def fine_tune(
    known: Classifier,
    photos: Photos,
    looked: Looked,
    classes: tuple[str, ...],
    way: str = LAST_STAGE,
    asked: tuple[Photos, Looked] | None = None,
    seed: int = 0,
    progress: Progress = nobody,
) -> Tuned:
    """Train the end of a network on photos, a few steps from where the linear head on frozen features is best.

    First the head, then the features under it: a fresh head's large gradients would spoil features that are good
    already (Kumar et al. 2022, arXiv:2202.10054). Batch norm keeps its means, since a batch of a few photos has none to
    rely on. What the frozen part puts out is computed once. Everything runs on one core.

    Args:
        looked: the photos, and their features in `known`.
        way: "last-stage", or "all" with the stem.
        asked: photos to measure with, and their features. Without them up to three folds measure: each part of the
            photos is asked of a network that was fine-tuned on the others alone, from a head that has learnt from those
            alone. That is three times the work, and each learns from two thirds, so it is on the careful side.
        seed: of the folds and the order of the photos.
        progress: is told the share that is done, 0 to 1; what it raises cancels.

    Raises:
        InvalidSpecError: for another way.
        DataError: if it would take too much memory, if a photo can no longer be read, or if it diverges.
    """
    require(way in (LAST_STAGE, ALL), "fine_tune", way, f"{LAST_STAGE} or {ALL}")
    start = _first_trained(known.model, way)
    labels, groups = looked.labels, group_photos(looked.photos)
    work = _Work(progress, len(looked.photos), STEPS * (1 if asked else 1 + FOLDS))
    maps = _maps(known, start, photos, len(looked.photos), work.step)

    def tuned_on(rows: npt.NDArray[np.bool_]) -> ResNet:
        head = fit_head(looked.features[rows], labels[rows], len(classes))
        return _trained(
            with_head(known.model, head), start, maps[torch.from_numpy(rows)], labels[rows], seed, work.step
        )

    def answer(learnt: npt.NDArray[np.bool_]) -> Labels:
        return _answers(tuned_on(learnt), start, maps[torch.from_numpy(~learnt)])

    def frozen_answer(learnt: npt.NDArray[np.bool_]) -> Labels:
        return fit_head(looked.features[learnt], labels[learnt], len(classes)).answers(looked.features[~learnt])

    everything = np.ones(len(labels), bool)
    network = tuned_on(everything)
    if asked is None:
        held_out = ask_in_turn(answer, labels, groups, classes, seed, FOLDS)
        frozen = ask_in_turn(frozen_answer, labels, groups, classes, seed, FOLDS)
    else:
        theirs = _maps(known, start, asked[0], len(asked[1].photos))
        told = asked[1].labels, group_photos(asked[1].photos), classes
        head = fit_head(looked.features, labels, len(classes))
        held_out = judge(_answers(network, start, theirs), *told)
        frozen = judge(head.answers(asked[1].features), *told)
    features = _forward(nn.Sequential(*list(network.children())[start:-1]), maps).numpy()
    return Tuned(network, features, held_out, frozen, _in_words(known.model, way))


class _Work:
    """Tells the share that is done: a batch of photos that is read counts as a step."""

    def __init__(self, progress: Progress, photos: int, steps: int) -> None:
        self._progress, self._done, self._total = progress, 0, steps + math.ceil(photos / IN_BATCH)

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        self._progress(min(1.0, self._done / self._total))


def _first_trained(model: ResNet, way: str) -> int:
    """The number of the first part that is trained."""
    names = [name for name, _ in model.named_children()]
    return 0 if way == ALL else max(at for at, name in enumerate(names) if name.startswith("layer"))


def _in_words(model: ResNet, way: str) -> str:
    if way == ALL:
        return "all of it"
    return display_stage([name for name, _ in model.named_children() if name.startswith("layer")][-1])


def _maps(known: Classifier, start: int, photos: Photos, total: int, step: Callable[[], None] = lambda: None) -> Tensor:
    """(N, C, H, W): what the frozen part puts out for each photo."""
    preparation = known.weights.preprocessing
    front, device = nn.Sequential(*list(known.model.children())[:start]), known.device
    parts: list[Tensor] = []
    for batch in batches(photos):
        seen = []
        for label, name, shot in batch:
            try:
                seen.append(read_photo(shot, label, name, preparation)[1])
            except ImageError:
                continue  # was left out when it was looked at
        if seen:
            parts.append(_forward(front, to_batch(seen, preparation).to(device)).cpu())
            _check_memory(parts[0][0].nbytes, total)
        step()
    if sum(map(len, parts)) != total:
        raise DataError("A photo has changed or gone while it was learnt from. Start again.")
    return torch.cat(parts)


def _check_memory(each: int, photos: int) -> None:
    if each * photos > MOST_BYTES:
        raise DataError(
            f"Fine-tuning {photos:,} photos would hold {megabytes(each * photos)} of what this network makes of them; "
            f"at most {megabytes(MOST_BYTES)} are held. Take at most {MOST_BYTES // each:,} photos, a smaller "
            "network, or leave the features frozen."
        )


def _trained(network: ResNet, start: int, maps: Tensor, labels: Labels, seed: int, step: Callable[[], None]) -> ResNet:
    """The network with its end trained, and the head with it; no tensor of that end is shared with another one."""
    first = list(dict(network.named_children()))[start:]
    state = network.state_dict()
    own = {key: value.clone() if key.split(".")[0] in first else value for key, value in state.items()}
    network.load_state_dict(own, assign=True)
    end = nn.Sequential(*list(network.children())[start:]).requires_grad_(True)
    optimiser = torch.optim.SGD(end.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY)
    random, y, order = torch.Generator().manual_seed(seed), torch.from_numpy(labels), torch.empty(0, dtype=torch.long)
    for number in range(STEPS):
        while len(order) < min(BATCH, len(y)):
            order = torch.cat([order, torch.randperm(len(y), generator=random)])
        rows, order = order[:BATCH], order[BATCH:]
        optimiser.param_groups[0]["lr"] = RATE * (1 + math.cos(math.pi * number / STEPS)) / 2
        with one_thread(), torch.enable_grad():
            optimiser.zero_grad()
            cross_entropy(end(maps[rows]), y[rows]).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(end.parameters(), LONGEST_GRADIENT)
            optimiser.step()
        step()
    optimiser.zero_grad()
    if not all_finite(end.state_dict()):
        raise DataError("Fine-tuning this network on these photos diverges. Leave its features frozen.")
    return network.eval().requires_grad_(False)


def _answers(network: ResNet, start: int, maps: Tensor) -> Labels:
    chosen: Labels = _forward(nn.Sequential(*list(network.children())[start:]), maps).argmax(1).numpy()
    return chosen


def _forward(part: nn.Sequential, x: Tensor) -> Tensor:
    """What a part of a network makes of (N, ...), some at a time; its modules stay as they are."""
    if not len(part):
        return x
    with one_thread(), torch.no_grad():
        return torch.cat([part(some) for some in torch.split(x, AT_ONCE)])
