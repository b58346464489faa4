import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import TenCrop, v2
from torchvision.transforms._presets import ImageClassification

from resnet_core.inference.preprocessing import seen_image, ten_crops, to_batch
from resnet_core.weights.library import Preprocessing

SIZES = [(640, 427), (427, 640), (225, 225), (31, 57), (1, 1), (3, 40), (501, 500)]


def noise(size, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, size=(size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("resize", "crop", "how"), [(256, 224, "bilinear"), (232, 224, "bilinear"), (64, 64, "bicubic")]
)
def test_a_batch_equals_torchvisions_own_transform(size, resize, crop, how):
    preprocessing = Preprocessing(resize_size=resize, crop_size=crop, interpolation=how)
    oracle = ImageClassification(resize_size=resize, crop_size=crop, interpolation=v2.InterpolationMode(how))
    image = noise(size)
    ours = to_batch([seen_image(image, preprocessing)], preprocessing)
    assert torch.allclose(ours[0], oracle(image), atol=1e-6)


def test_ten_crops_are_torchvisions_ten_crops():
    preprocessing = Preprocessing(resize_size=256, crop_size=224)
    image = noise((320, 256))
    ours, theirs = ten_crops(image, preprocessing), TenCrop(224)(image)
    assert {crop.tobytes() for crop in ours} == {crop.tobytes() for crop in theirs}  # mirrored in another order
    assert len({crop.tobytes() for crop in ours}) == 10


def test_ten_crops_of_weights_without_a_margin_still_differ():
    preprocessing = Preprocessing(resize_size=32, crop_size=32)
    crops = ten_crops(noise((64, 64)), preprocessing)
    assert {crop.size for crop in crops} == {(32, 32)}
    assert len({crop.tobytes() for crop in crops}) == 10


@pytest.mark.parametrize("size", [(1, 20_000), (20_000, 1), (2, 4096)])
def test_an_extreme_shape_is_cut_to_its_middle_before_it_is_enlarged(size, monkeypatch):
    areas, resize = [], Image.Image.resize
    monkeypatch.setattr(
        Image.Image,
        "resize",
        lambda self, to, *rest, **more: areas.append(to[0] * to[1]) or resize(self, to, *rest, **more),
    )
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2 - 5, size[1] // 2 - 5, size[0] // 2 + 5, size[1] // 2 + 5))
    seen = seen_image(image, Preprocessing())
    assert seen.size == (224, 224)
    assert seen.getpixel((112, 112)) == (0, 0, 255)
    assert max(areas) <= 20 * 256 * 256


def test_weights_for_grey_pictures_get_one_channel():
    preprocessing = Preprocessing(resize_size=8, crop_size=8, mean=(0.5,), std=(0.25,))
    batch = to_batch([seen_image(Image.new("RGB", (30, 20), "white"), preprocessing)], preprocessing)
    assert batch.shape == (1, 1, 8, 8)
    assert torch.all(batch == 2)
