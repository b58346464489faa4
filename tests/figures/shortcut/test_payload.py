"""What the drawing of an addition gets: whole numbers that add up, within the bytes of a view, true to the tensors."""

import json
from base64 import b64decode

import numpy as np
import pytest

import resnet_core as rc
from resnet_core.figures.shortcut.payload import MOST_BYTES
from resnet_core.inference.explain.shortcut.addition import Addition, Transformation
from resnet_core.inference.explain.shortcut.flow import BlockFlow
from resnet_core.inference.explain.shortcut.sweep import BranchSweep


def terms(channels=5, side=6, scale=1.0, seed=0):
    generator = np.random.default_rng(seed)
    x, branch = (generator.normal(0, scale, (channels, side, side)).astype(np.float32) for _ in range(2))
    total = x + branch
    return Addition(block="layer1.0", x=x, branch=branch, sum=total, out=np.maximum(total, 0), rectified=True)


def numbers(payload, key):
    whole = np.frombuffer(b64decode(payload[key]), "<i2").reshape(len(payload["sent"]), *payload["size"])
    return whole.astype(np.int64)


@pytest.mark.parametrize("scale", [1e-6, 0.01, 1, 30, 3000])
def test_each_value_is_true_to_the_last_place_and_each_sum_adds_up(scale):
    given = terms(scale=scale)
    sent = rc.figures.addition_payload(given)
    unit = 10.0 ** -sent["places"]
    x, f = numbers(sent, "x"), numbers(sent, "f")
    order = sent["sent"]
    assert np.abs(x * unit - given.x[order]).max() <= 0.5001 * unit
    assert np.abs((x + f) * unit - given.sum[order]).max() <= 0.5001 * unit
    assert np.abs(f * unit - given.branch[order]).max() <= 1.0001 * unit
    assert unit <= 4e-4 * np.abs(given.sum).max()  # at least three digits of what is large


def test_the_channels_that_f_changes_most_come_first():
    given = terms()
    given.branch[3] *= 100
    sent = rc.figures.addition_payload(given)
    assert sent["order"][0] == 3
    lengths = [np.linalg.norm(given.branch[one]) for one in sent["order"]]
    assert lengths == sorted(lengths, reverse=True)
    assert sent["lengths"] == pytest.approx(lengths, rel=1e-3)


def test_a_view_stays_within_its_bytes_and_has_what_is_wanted():
    given = terms(channels=64, side=56)
    last = rc.figures.addition_payload(given)["order"][-1]
    sent = rc.figures.addition_payload(given, wanted=last)
    assert len(json.dumps(sent)) < MOST_BYTES + 2_000 < 200_000
    assert last in sent["sent"]
    assert len(sent["sent"]) < 64
    more = rc.figures.addition_payload(given, first=len(sent["sent"]))
    assert more["sent"] == more["order"][len(sent["sent"]) : 2 * len(sent["sent"])]


def test_one_value_zeros_and_infinity():
    assert rc.figures.addition_payload(terms(channels=3, side=1))["size"] == [1, 1]
    zeros = terms(scale=0.0)
    assert not numbers(rc.figures.addition_payload(zeros), "f").any()
    endless = terms()
    endless.branch[0, 0, 0] = np.inf
    with pytest.raises(rc.InvalidSpecError, match=r"layer1\.0"):
        rc.figures.addition_payload(endless)


def test_a_block_without_an_addition_has_h_alone():
    h = terms().sum
    bare = Transformation(block="layer2.1", x=h[:2], h=h, out=np.maximum(h, 0))
    sent = rc.figures.plain_payload(bare)
    assert sent["plain"]
    assert sent["name"] == "conv3_x.1"
    assert "x" not in sent
    assert (
        np.abs(numbers(sent, "f") * 10.0 ** -sent["places"] - h[sent["sent"]]).max() <= 0.51 * 10.0 ** -sent["places"]
    )


def test_the_likeliest_class_leads_and_each_alpha_has_its_answer():
    logits = np.zeros((31, 5), np.float32)
    logits[:, 2] = 3
    logits[:5, 4] = 9
    sweep = BranchSweep(block=None, alphas=tuple(a / 10 for a in range(-10, 21)), logits=logits)
    sent = rc.figures.sweep_payload(sweep, list("abcde"), rows=3)
    assert sent["rows"][0][0] == "c"
    assert "e" in [name for name, _ in sent["rows"]]
    assert [name for name, _ in sent["tops"]] == ["e"] * 5 + ["c"] * 26
    assert all(len(values) == 31 for _, values in sent["rows"])


def test_blocks_in_figures_have_no_infinity():
    flow = BlockFlow(
        path="layer1.0", shortcut="zero_pad", ratio=float("inf"), cosine=0.12345678, identity_share=-0.5, stopped=0.25
    )
    assert rc.figures.flow_payload([flow]) == [["layer1.0", "conv2_x.0", "zero_pad", 999.0, 0.1235, -0.5, 0.25]]


def test_the_channel_that_looks_like_the_picture():
    grey = np.random.default_rng(0).random((6, 6)).astype(np.float32)
    maps = np.random.default_rng(1).random((4, 6, 6)).astype(np.float32)
    maps[2] = 5 - 3 * grey
    assert rc.figures.likest_channel(maps, grey) == 2
    assert rc.figures.likest_channel(np.zeros((3, 1, 1), np.float32), np.ones((1, 1), np.float32)) == 0
