"""teach_lesson(): what a network has learnt from photos, with all that is needed to ask it and to measure it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.inference.classifier import Classifier, ScoredClass, rank_classes
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.explain.grad_cam import Map, stage_maps
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.feature_store import Store
from resnet_core.lab.teach.features import feature_engine, with_head
from resnet_core.lab.teach.groups import group_photos
from resnet_core.lab.teach.head import Head
from resnet_core.lab.teach.held_out import HeldOut, judge
from resnet_core.lab.teach.looking import Looked, Progress, look
from resnet_core.lab.teach.nearest import nearest, nearest_in_others
from resnet_core.lab.teach.photos import Photos, Shot, check_classes, read_photo
from resnet_core.lab.teach.saving import taught_bytes, taught_onnx
from resnet_core.lab.teach.teach import learn, taught_weights
from resnet_core.lab.teach.tuning import LAST_STAGE, fine_tune
from resnet_core.lab.theory.start import Progress as Share
from resnet_core.lab.theory.start import nobody
from resnet_core.models.network import ResNet
from resnet_core.weights.record import Weights


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The answer to a new photo.

    Attributes:
        seen: what the network sees of it.
        top: every class with its probability, likeliest first.
        heat: (height, width) where the last stage finds what speaks for the answer, by Grad-CAM.
        nearest: the number of the photo that it looks most like, among those that were learnt.
    """

    seen: Image.Image
    top: tuple[ScoredClass, ...]
    heat: Map
    nearest: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """What has been learnt. Threads may share it.

    Attributes:
        known: the network whose features are used; `engine` computes them.
        classes: their names.
        looked: the photos and their features.
        head: the new last layer, which has learnt from all of them.
        held_out: how heads do that have not learnt from the photos they are asked.
        network: the whole network with the new head. It shares the rest with `known`.
        look_s, fit_s: seconds for the features, and for what was trained with all that measures it.
        part: of the network that was fine-tuned; "" where all but the head stayed as it was.
        frozen: after fine-tuning, how heads on frozen features do in the same parts.
    """

    known: Classifier
    engine: Engine
    classes: tuple[str, ...]
    looked: Looked
    head: Head
    held_out: HeldOut
    network: ResNet
    look_s: float
    fit_s: float
    part: str = ""
    frozen: HeldOut | None = None

    @property
    def weights(self) -> Weights:
        """The record of the network that has learnt them."""
        return taught_weights(self.known.weights, self.classes, self.held_out, part=self.part)

    def ask(self, shot: Shot) -> Asked:
        """What it says of a new photo, where it looked, and which photo is most like it.

        Raises:
            ImageError: if the photo can't be read.
        """
        preparation = self.known.weights.preprocessing
        _, seen = read_photo(shot, 0, shot.name or "The new photo", preparation)
        x = to_batch([seen], preparation)
        features = self.engine.run(x)[0].numpy()
        top = rank_classes(self.head.logits(features)[0].tolist(), self.classes, len(self.classes))
        last = f"layer{len(self.network.spec.depths)}"
        heat = stage_maps(self.network, x, top[0].index, "grad_cam", [last]).maps[last]
        return Asked(seen, top, heat, int(nearest(features, self.looked.features)[0]))

    def judge(self, photos: Photos) -> HeldOut | None:
        """How it does on photos that nothing was learnt from: those of the same classes, taken elsewhere.

        Args:
            photos: class name -> photos; a class may have none.

        Raises:
            ImageError: for a photo that can't be read, by its name.
        """
        in_order = {name: photos.get(name, ()) for name in self.classes}
        if not any(in_order.values()):
            return None
        asked = look(in_order, self.known, self.engine)
        answers = self.head.answers(asked.features)
        return judge(answers, asked.labels, group_photos(asked.photos), self.classes)

    def neighbours(self) -> npt.NDArray[np.int64]:
        """(N,) for each photo the one of another group that looks most like it to the network."""
        return nearest_in_others(self.looked.features, group_photos(self.looked.photos))

    def as_safetensors(self) -> bytes:
        """The network as a file, with its note inside."""
        return taught_bytes(self.network, self.weights, self.held_out)

    def as_onnx(self) -> bytes:
        """The same network in ONNX, for normalised pictures (N, C, H, W), with the same note.

        Raises:
            DataError: without the packages onnx and onnxscript.
        """
        return taught_onnx(self.network, self.weights, self.held_out)


def teach_lesson(
    photos: Photos,
    known: Classifier,
    engine: Engine,
    progress: Progress = lambda _: None,
    store: Store | None = None,
    seed: int = 0,
) -> Lesson:
    """As `teach`, and keep the features. Nothing of the network is copied, so that it costs a moment.

    Args:
        engine: of `feature_engine(known)`.
        progress: is told how many photos have been seen; what it raises cancels.

    Raises:
        DataError, ImageError: as `teach`.
    """
    photos = check_classes(photos)
    classes = tuple(photos)
    begun = time.perf_counter()
    looked = look(photos, known, engine, progress, store)
    seen = time.perf_counter()
    head, held_out = learn(looked, classes, seed=seed)
    network = with_head(known.model, head)
    return Lesson(
        known=known, engine=engine, classes=classes, looked=looked, head=head, held_out=held_out, network=network,
        look_s=seen - begun, fit_s=time.perf_counter() - seen,
    )  # fmt: skip


def tuned_lesson(lesson: Lesson, photos: Photos, seed: int = 0, progress: Share = nobody) -> Lesson:
    """The same with the network's last stage fine-tuned: a lesson like any other, of a network of its own.

    Args:
        photos: those that the lesson was learnt from.
        progress: is told the share that is done, 0 to 1; what it raises cancels.

    Raises:
        DataError: as `fine_tune`.
    """
    begun = time.perf_counter()
    found = fine_tune(lesson.known, photos, lesson.looked, lesson.classes, LAST_STAGE, None, seed, progress)
    return replace(
        lesson, engine=feature_engine(lesson.known, found.network), head=found.head, held_out=found.held_out,
        looked=replace(lesson.looked, features=found.features), network=found.network,
        fit_s=time.perf_counter() - begun, part=found.part, frozen=found.frozen,
    )  # fmt: skip
