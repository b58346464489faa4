"""preparation(): what pictures go through before a network, from its note, and what had to be assumed."""

from __future__ import annotations

from statistics import fmean

from resnet_core.errors import WeightsError
from resnet_core.models.spec import ModelSpec
from resnet_core.weights.note import Note
from resnet_core.weights.record import Preprocessing

IMAGENET = Preprocessing()


def preparation(note: Note, spec: ModelSpec, file: str) -> tuple[Preprocessing, tuple[str, ...]]:
    """How pictures are resized, cropped and normalised for this network, and a remark on what no note says.

    `image_size` alone means the whole picture at that size. Neither size means the network's usual ones: ImageNet's
    256 and 224, or the whole picture where the stem has no max-pool, as in the CIFAR networks.

    Raises:
        WeightsError: where mean and std do not fit the network's channels, or the crop is larger than the picture.
    """
    crop, resize = _sizes(note, spec)
    if resize < crop:
        raise WeightsError(
            f"The note of {file} can't be used: resize_size={resize} is less than the crop of {crop}. Give image_size."
        )
    mean = note.mean or _of_channels(IMAGENET.mean, spec, file)
    std = note.std or _of_channels(IMAGENET.std, spec, file)
    for key, values in (("mean", mean), ("std", std)):
        if len(values) != spec.in_channels:
            raise WeightsError(
                f"The note of {file} can't be used: {key} has {len(values)} values for {spec.in_channels} channels."
            )
    prepared = Preprocessing(
        resize_size=resize, crop_size=crop, mean=mean, std=std,
        interpolation=note.interpolation or IMAGENET.interpolation,
    )  # fmt: skip
    return prepared, tuple(_assumed(note, prepared))


def _sizes(note: Note, spec: ModelSpec) -> tuple[int, int]:
    """Crop and shorter side before it, in pixels."""
    crop = min(note.image_size or spec.input_size)
    if note.resize_size:
        return crop, note.resize_size
    whole = note.image_size is not None or not spec.stem_pools
    return crop, crop if whole else round(crop * IMAGENET.resize_size / IMAGENET.crop_size)


def _of_channels(values: tuple[float, ...], spec: ModelSpec, file: str) -> tuple[float, ...]:
    if spec.in_channels not in (1, len(values)):
        raise WeightsError(f"{file} takes {spec.in_channels} channels; pictures here have 3, or 1 where they are grey.")
    return values if spec.in_channels == len(values) else (fmean(values),)


def _assumed(note: Note, prepared: Preprocessing) -> list[str]:
    sizes = note.image_size is None and note.resize_size is None
    silent = [key for key, given in (("mean", note.mean), ("std", note.std)) if given is None]
    remarks = []
    if sizes:
        remarks.append(
            f"No note gives image_size: pictures are resized to {prepared.resize_size} and cropped to "
            f"{prepared.crop_size} pixels."
        )
    if silent:
        remarks.append(f"No note gives {' and '.join(silent)}: ImageNet's are assumed.")
    if note.image_size and len(set(note.image_size)) > 1:
        remarks.append(
            f"image_size is {list(note.image_size)}; the square of {prepared.crop_size} pixels in the middle is taken."
        )
    return remarks
