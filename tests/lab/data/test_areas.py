"""Random parts, and whole pictures as Classify sees them."""

import json
import math

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.lab.data.areas import Area, cut_areas, draw_areas, resize
from resnet_core.lab.data.batches import training_batch, validation_batch
from resnet_core.lab.data.sets import load_data, make_data_set
from resnet_core.lab.training.checkpoints import train_and_save


def drawn(count, size=(64, 48), least=0.35, seed=5):
    return draw_areas(count, size, least, torch.Generator().manual_seed(seed))


def test_parts_have_the_areas_and_aspects_that_were_asked_for_and_lie_inside():
    areas = drawn(4000)
    shares = [area.width * area.height / 3072 for area in areas]
    aspects = [area.width / area.height for area in areas]
    inside = [
        area.left >= 0 <= area.top and area.left + area.width <= 64 + 1e-9 and area.top + area.height <= 48 + 1e-9
        for area in areas
    ]
    assert all(inside)
    assert 0.35 <= min(shares) < 0.36
    assert 0.74 < min(aspects) < max(aspects) < 1.34
    assert 0.98 < sum(area.mirrored for area in areas) / 2000 < 1.02


def test_squares_are_drawn_as_evenly_as_torchvision_draws_them():
    """The same rule, another generator: means agree within four standard errors of 4,000 draws."""
    from torchvision.transforms import RandomResizedCrop

    torch.manual_seed(0)
    picture = torch.zeros(3, 64, 64)
    theirs = torch.tensor([RandomResizedCrop.get_params(picture, (0.35, 1.0), (3 / 4, 4 / 3)) for _ in range(4000)])
    ours = torch.tensor([(a.top, a.left, a.height, a.width) for a in drawn(4000, (64, 64))])
    error = 4 * (theirs.double().var(0) * 2 / 4000).sqrt() + 0.5  # theirs are whole pixels, rounded
    assert ((theirs.double().mean(0) - ours.mean(0)).abs() < error).all()


def test_a_picture_in_which_no_part_fits_is_taken_whole():
    assert {(a.left, a.top, a.width, a.height) for a in drawn(20, (1000, 10), 0.9)} == {(0, 0, 1000, 10)}


def test_a_part_is_what_pillow_cuts_and_a_mirrored_one_its_mirror_image():
    pixels = np.random.default_rng(0).integers(0, 256, (2, 20, 30, 3), dtype=np.uint8)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    cut = cut_areas(images, [Area(2.5, 1, 20, 15.25, False), Area(0, 0, 30, 20, True)], 8).permute(0, 2, 3, 1).numpy()
    first = Image.fromarray(pixels[0]).resize((8, 8), Image.Resampling.BILINEAR, box=(2.5, 1, 22.5, 16.25))
    whole = Image.fromarray(pixels[1]).resize((8, 8), Image.Resampling.BILINEAR)
    assert np.array_equal(cut[0], np.asarray(first))
    assert np.array_equal(cut[1], np.asarray(whole)[:, ::-1])


@pytest.mark.parametrize("size", [(40, 30), (12, 31), (16, 16)])
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_in_memory_are_resized_as_classify_resizes_them(channels, size, tiny_config, tmp_path):
    """To the byte: a run's record leads a Classifier to the very tensor that the run was validated on."""
    pixels = np.random.default_rng(1).integers(0, 256, (4, size[1], size[0], channels), dtype=np.uint8)
    data = in_memory(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    config = tiny_config.override(image_size=20, epochs=1, batch_size=4)
    list(train_and_save(config, data, tmp_path, device="cpu"))
    recorded = Classifier.load(tmp_path / "cifar_resnet20.safetensors").weights.preprocessing
    assert (recorded.resize_size, recorded.crop_size, recorded.interpolation) == (20, 20, "bilinear")
    photos = [Image.fromarray(one.squeeze()).convert("RGB") for one in pixels]
    seen = to_batch([seen_image(photo, recorded) for photo in photos], recorded)
    torch.testing.assert_close(validation_batch(data, 0, 4, image_size=20)[0], seen, atol=1e-5, rtol=0)
    trained, _ = training_batch(data, 0, batch_size=4, seed=0, augment=False, image_size=20)
    torch.testing.assert_close(trained.sum((1, 2, 3)).sort()[0], seen.sum((1, 2, 3)).sort()[0], atol=0.05, rtol=0)
    levels = resize(data.validation_images, 20)
    assert levels.dtype == torch.uint8
    assert torch.equal(levels, torch.stack([levels_of(seen_image(photo, recorded)) for photo in photos]))


def in_memory(images):
    part = images, torch.arange(4) % 2
    return make_data_set("noise", ("a", "b"), part, part, "held out")


def levels_of(picture):
    pixels = np.asarray(picture)
    return torch.from_numpy(pixels.copy()).view(*pixels.shape[:2], -1).permute(2, 0, 1)


def test_the_note_of_a_run_without_image_size_asks_for_no_resize(trained):
    note = json.loads((trained / "cifar_plain20.json").read_text())
    assert "resize_size" not in note
    digits = load_data("digits").validation_images
    assert resize(digits, None) is digits
    assert resize(digits, 8) is digits
    assert math.prod(resize(digits[:2], 4).shape) == 2 * 16
