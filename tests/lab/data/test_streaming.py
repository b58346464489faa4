import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.inference.classifier import read_image
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.lab.data.batches import training_batch, validation_batch
from resnet_core.lab.data.sets import load_data
from resnet_core.lab.data.sources import load_for
from resnet_core.lab.data.streaming import StreamedSet, View, centre_view, draw_views, read_view
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.checkpoints import train_and_save
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.train import train
from resnet_core.weights.record import Preprocessing

CONFIG = TrainConfig(
    overrides=(("depths", (1, 1, 1)), ("widths", (4, 4, 4))), data="folder", crop="scale", image_size=28, epochs=2,
    batch_size=4, precision="fp32",
)  # fmt: skip
PARTS = {"train": {"cat": 6, "dog": 4}, "val": {"cat": 2, "dog": 1}}


@pytest.fixture
def folder(write_pictures):
    """Pictures of 40x32 pixels, and one that is upright."""
    root = write_pictures(PARTS, size=(40, 32))
    Image.fromarray(np.full((50, 30, 3), 200, np.uint8)).save(root / "train" / "dog" / "1.png")
    return root


def batch(data, step, **changes):
    return training_batch(data, step, **{"batch_size": 4, "seed": 3, "augment": True} | changes)


def same(one, other):
    return torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_pictures_of_any_size_come_as_squares_with_the_folders_classes(folder):
    data = load_for(CONFIG, folder)
    assert isinstance(data, StreamedSet)
    assert (data.classes, data.channels, data.image_size) == (("cat", "dog"), 3, (28, 28))
    assert (len(data.train_labels), data.validation_split) == (10, "val")
    images, labels = batch(data, 0)
    assert images.shape == (4, 3, 28, 28)
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert labels.shape == (4,)


def test_mean_and_deviation_are_of_the_training_pictures(folder):
    shades = [*(10 * i + 3 for i in range(6)), *(10 * i + 3 for i in (0, 2, 3)), 200]  # each picture has one shade
    pixels = np.repeat(shades, 28 * 28) / 255
    data = load_for(CONFIG, folder)
    assert data.mean == pytest.approx([pixels.mean()] * 3)
    assert data.std == pytest.approx([pixels.std(ddof=1)] * 3)


def test_a_batch_depends_on_seed_and_step_alone_however_often_and_in_which_order(folder):
    data, again = load_for(CONFIG, folder), load_for(CONFIG, folder)
    batches = {step: batch(data, step) for step in (0, 1, 2, 5)}
    for step in (5, 1, 1, 0, 2):
        assert same(batches[step], batch(again, step))
    assert not same(batches[1], batch(data, 1, seed=4))


def test_the_shares_of_a_team_are_the_batch_of_one_process(folder):
    data = load_for(CONFIG, folder)
    shares = [batch(data, 1, share=(rank, 2)) for rank in range(2)]
    assert same(batch(data, 1), tuple(map(torch.cat, zip(*shares, strict=True))))


def test_a_run_on_streamed_pictures_goes_from_start_to_end(folder):
    data = load_for(CONFIG, folder)
    curves = [[m.loss for m in train(CONFIG, data=data, device="cpu") if hasattr(m, "loss")] for _ in range(2)]
    assert len(curves[0]) == 4
    assert curves[0] == curves[1]


def test_views_lie_between_the_papers_bounds():
    """Section 3.4: the shorter side from 256 to 480 for a crop of 224."""
    views = draw_views(4000, 224, torch.Generator().manual_seed(0))
    shorter = {view.shorter for view in views}
    assert (min(shorter), max(shorter)) == (256, 480)
    assert 0 <= min(view.top for view in views) < 0.01 < 0.99 < max(view.left for view in views) < 1
    assert sum(view.mirrored for view in views) == pytest.approx(2000, abs=130)
    assert centre_view(224) == View(256, 0.5, 0.5, False)


def test_a_view_is_resized_cut_and_mirrored(tmp_path):
    ramp = np.tile(np.arange(0, 240, 4, dtype=np.uint8)[None, :, None], (30, 1, 3))  # 60x30, brighter to the right
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    same_size = torch.from_numpy(ramp).permute(2, 0, 1)
    path = tmp_path / "ramp.png"
    assert torch.equal(read_view(path, View(30, 0.0, 0.0, False), 30), same_size[:, :, :30])
    assert torch.equal(read_view(path, View(30, 0.0, 0.9999, False), 30), same_size[:, :, 30:])
    assert torch.equal(read_view(path, View(30, 0.0, 0.0, True), 30), same_size[:, :, :30].flip(2))
    doubled = read_view(path, View(60, 0.0, 0.5, False), 30)
    assert doubled.shape == (3, 30, 30)
    assert doubled[0, 0, :].float().diff().mean() == pytest.approx(2, abs=0.1)  # half as steep
    assert doubled[0, 0, 0].item() == pytest.approx(int(ramp[0, 22, 0]), abs=3)  # column 45 of 120


def test_validation_sees_the_middle_of_every_picture_in_order(folder):
    data = load_for(CONFIG, folder)
    images, labels = validation_batch(data, 0, 2)
    rest, _ = validation_batch(data, 2, 4)
    assert (len(images), len(rest), labels.tolist()) == (2, 1, [0, 0])
    middle = read_view(data.validation_files[0], centre_view(28), 28)
    assert images[0, 0, 0, 0] == pytest.approx((middle[0, 0, 0] / 255 - data.mean[0]).item() / data.std[0], abs=1e-4)


def test_an_unreadable_picture_is_named_when_its_turn_comes(folder):
    data = load_for(CONFIG, folder)
    (folder / "train" / "cat" / "3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"cat/3\.png can't be read as a picture"):
        list(train(CONFIG, data=data, device="cpu"))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"train": {"cat": 2}, "val": {"cat": 1}}, "1 class"),
        ({"train": {"cat": 1, "dog": 0}, "val": {"cat": 1}}, "too few to train on"),
        ({"train": {"cat": 0, "dog": 0}, "val": {"cat": 1}}, "holds no pictures"),
        ({"val": {"cat": 1}}, r"has no train/ in it\. Pass a folder"),
    ],
)
def test_a_folder_that_can_not_be_trained_on_says_why(parts, sentence, write_pictures):
    with pytest.raises(DataError, match=sentence):
        load_for(CONFIG, write_pictures(parts))
    with pytest.raises(DataError, match="no folder has no train/"):
        load_for(CONFIG)


def test_crops_by_scale_are_refused_for_pictures_in_memory():
    with pytest.raises(InvalidSpecError, match="crop='scale' does not work: it must be pad"):
        Learner(CONFIG, load_data("digits"), torch.device("cpu"))


@pytest.mark.parametrize("size", [(300, 200), (31, 77), (28, 28), (640, 30)])
def test_what_is_held_out_is_seen_as_classify_sees_it_with_what_the_run_records(size, folder, tmp_path):
    """The record beside the weights holds the whole view: resize_size, image_size, mean and std."""
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    for path in (folder / "val").rglob("*.png"):
        Image.fromarray(pixels).save(path)
    data = load_for(CONFIG, folder)
    list(train_and_save(replace(CONFIG, epochs=1), data, tmp_path / "run", device="cpu"))
    note = json.loads((tmp_path / "run" / f"{CONFIG.model}.json").read_text())
    recorded = Preprocessing(
        resize_size=note["resize_size"], crop_size=min(note["image_size"]), mean=tuple(note["mean"]),
        std=tuple(note["std"]), interpolation=note["interpolation"],
    )  # fmt: skip
    assert (recorded.resize_size, recorded.crop_size) == (32, 28)
    seen = to_batch([seen_image(read_image(data.validation_files[0]), recorded)], recorded)
    assert torch.allclose(validation_batch(data, 0, 1)[0], seen, atol=1e-5)
