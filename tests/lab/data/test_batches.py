from dataclasses import replace

import pytest
import torch

from resnet_core.lab.data.areas import resize
from resnet_core.lab.data.batches import PAD, crop_and_flip, normalise, steps_per_epoch, training_batch


def batch(data, step, **changes):
    return training_batch(data, step, **{"batch_size": 16, "seed": 3, "augment": True} | changes)


def same(one, other):
    return torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_a_batch_depends_on_seed_and_step_alone(tiny_data):
    first = batch(tiny_data, 5)
    torch.rand(3)
    assert same(first, batch(tiny_data, 5))
    assert not same(first, batch(tiny_data, 5, seed=4))
    assert not same(first, batch(tiny_data, 4))


def test_drawing_a_batch_leaves_the_global_generator_alone(tiny_data):
    before = torch.get_rng_state()
    batch(tiny_data, 1000)
    assert torch.equal(before, torch.get_rng_state())


def test_an_epoch_shows_every_picture_once_and_the_next_in_another_order(tiny_data):
    numbered = replace(tiny_data, train_labels=torch.arange(48))
    orders = [
        torch.cat([batch(numbered, epoch * 3 + position)[1] for position in range(3)]).tolist() for epoch in range(2)
    ]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(48))
    assert orders[0] != orders[1]


def test_each_step_draws_its_own_augmentation(tiny_data):
    alike = replace(tiny_data, train_images=tiny_data.train_images[:1].expand(48, -1, -1, -1))
    assert len({batch(alike, step)[0].sum().item() for step in range(6)}) == 6


def test_a_batch_without_augmentation_is_the_normalised_pictures(tiny_data):
    numbered = replace(tiny_data, train_labels=torch.arange(48))
    images, index = batch(numbered, 2, augment=False)
    expected = (tiny_data.train_images[index] / 255 - torch.tensor(tiny_data.mean).view(3, 1, 1)) / torch.tensor(
        tiny_data.std
    ).view(3, 1, 1)
    torch.testing.assert_close(images, expected.contiguous(memory_format=torch.channels_last))
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_the_training_set_is_normalised_to_mean_0_and_deviation_1(tiny_data):
    whole = normalise(tiny_data.train_images, tiny_data).double()
    torch.testing.assert_close(whole.mean((0, 2, 3)), torch.zeros(3).double(), atol=1e-5, rtol=0)
    torch.testing.assert_close(whole.std((0, 2, 3)), torch.ones(3).double(), atol=1e-5, rtol=0)


def test_steps_per_epoch_leaves_the_rest_out_but_never_is_zero(tiny_data):
    assert [steps_per_epoch(tiny_data, size) for size in (16, 20, 48, 100)] == [3, 2, 1, 1]
    assert len(batch(tiny_data, 0, batch_size=100)[1]) == 48


def test_augmentation_equals_cropping_and_mirroring_one_picture_at_a_time():
    images = torch.arange(40 * 2 * 7 * 5).reshape(40, 2, 7, 5)
    generator = torch.Generator().manual_seed(11)
    top, left, flip = (torch.randint(high, (40, 1), generator=generator) for high in (2 * PAD + 1, 2 * PAD + 1, 2))
    expected = []
    for image, y, x, mirrored in zip(images, top, left, flip, strict=True):
        padded = torch.zeros(2, 7 + 2 * PAD, 5 + 2 * PAD, dtype=images.dtype)
        padded[:, PAD:-PAD, PAD:-PAD] = image
        cut = padded[:, y : y + 7, x : x + 5]
        expected.append(cut.flip(2) if mirrored else cut)
    assert torch.equal(crop_and_flip(images, top, left, flip), torch.stack(expected))
    assert 0 < flip.sum() < 40  # both kinds occurred
    assert {0, 2 * PAD} <= set(top.flatten().tolist())  # both ends of the range too


@pytest.mark.parametrize("augment", [True, False])
def test_the_shares_of_a_team_are_the_batch_of_one_process(augment, tiny_data):
    whole = batch(tiny_data, 4, augment=augment)
    shares = [batch(tiny_data, 4, augment=augment, share=(rank, 4)) for rank in range(4)]
    assert [len(labels) for _, labels in shares] == [4, 4, 4, 4]
    assert same(whole, tuple(map(torch.cat, zip(*shares, strict=True))))


def test_pictures_are_resized_to_the_side_that_is_asked_for(tiny_data):
    larger, _ = batch(tiny_data, 0, augment=False, image_size=16)
    assert larger.shape == (16, 3, 16, 16)
    own, _ = batch(tiny_data, 0, augment=False, image_size=8)
    assert torch.equal(own, batch(tiny_data, 0, augment=False)[0])
    grey = torch.full((2, 1, 4, 4), 70, dtype=torch.uint8)
    assert resize(grey, 9).unique().tolist() == [70]


def test_no_seed_repeats_what_another_seed_drew_a_step_or_an_epoch_later(tiny_data):
    alike = replace(tiny_data, train_images=tiny_data.train_images[:1].expand(48, -1, -1, -1))
    numbered = replace(tiny_data, train_labels=torch.arange(48))
    moments = [(seed, counter) for seed in range(4) for counter in range(4)]
    crops = {batch(alike, step, seed=seed)[0].numpy().tobytes() for seed, step in moments}
    orders = {tuple(batch(numbered, 3 * epoch, seed=seed)[1].tolist()) for seed, epoch in moments}
    assert len(crops) == len(orders) == len(moments)


def test_crops_lie_anywhere_from_edge_to_edge_of_the_padding(tiny_data):
    """Each of the 8 rows and columns has its number, the padding 0; so two neighbours say where a crop lies."""
    numbers = torch.arange(1, 9, dtype=torch.uint8).expand(48, 8, 8)
    images = torch.stack((numbers.mT, numbers, numbers), 1)
    numbered = replace(tiny_data, train_images=images, mean=(0, 0, 0), std=(1 / 255,) * 3)
    seen = torch.cat([batch(numbered, step)[0] for step in range(12)]).round().int()
    down, across = (
        {tuple(pair) for pair in seen[:, channel].amax(2 - channel)[:, PAD - 1 : PAD + 1].tolist()}
        for channel in (0, 1)
    )
    anywhere = {(at, (at + 1) % 9) for at in range(2 * PAD + 1)}
    assert down == anywhere
    assert across == anywhere | {(second, first) for first, second in anywhere}  # mirrored ones too


@pytest.mark.parametrize("size", [5, 8, 16])
def test_random_parts_come_at_the_size_of_the_step_and_in_the_slices_of_a_team(size, tiny_data):
    whole = batch(tiny_data, 4, image_size=size, least_area=0.35)
    assert whole[0].shape == (16, 3, size, size)
    assert whole[0].is_contiguous(memory_format=torch.channels_last)
    shares = [batch(tiny_data, 4, image_size=size, least_area=0.35, share=(rank, 4)) for rank in range(4)]
    assert same(whole, tuple(map(torch.cat, zip(*shares, strict=True))))
    assert torch.equal(whole[1], batch(tiny_data, 4)[1]), "the same pictures as any other augmentation sees"
    plain = batch(tiny_data, 4, augment=False, image_size=size)
    assert same(plain, batch(tiny_data, 4, augment=False, image_size=size, least_area=0.35))
    assert not same(plain, whole)
