import random

import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.models.repair import COUNTS, MOST_BLOCKS, WIDEST, check_design, nearest_spec

BASE = {"name": "yours", "family": "own", "block": "bottleneck", "depths": (3, 4, 6, 3)}
FOUR = (64, 128, 256, 512)


@pytest.mark.parametrize(
    ("choices", "changed"),
    [
        ({}, {}),
        ({"widths": (64, 128)}, {"widths": FOUR}),
        ({"depths": (1, 1), "widths": (64, 128, 256)}, {"widths": (64, 128)}),
        ({"block": "basic", "groups": 32, "width_per_group": 4}, {"groups": 1, "width_per_group": 64}),
        ({"block": "basic", "stride_on": "1x1"}, {"stride_on": "3x3"}),
        ({"widths": (256, 128, 64, 32), "shortcut": "zero_pad"}, {"shortcut": "projection"}),
        ({"stem": "deep", "widths": (33, 64, 128, 256)}, {"widths": (34, 64, 128, 256)}),
        ({"groups": 0}, {"groups": 1}),
        ({"groups": 5000}, {"groups": 1024}),
        ({"width_per_group": 1, "widths": (16, 32, 64, 128)}, {"width_per_group": 4}),
        ({"block": "split_bottleneck", "radix": 3}, {"radix": 2}),
        ({"block": "sk_bottleneck", "width_per_group": 1}, {"width_per_group": 2}),
        ({"block": "preact_basic", "squeeze_excite": True}, {"squeeze_excite": False}),
        ({"depths": (3, 4, 9999, 3)}, {"depths": (3, 4, 390, 3)}),
        ({"depths": (0, 4, 6, 3)}, {"depths": (1, 4, 6, 3)}),
        ({"widths": (64, 128, 9999, 512)}, {"widths": (64, 128, 4096, 512)}),
        ({"depths": (1,) * 9, "widths": (8,) * 9}, {"depths": (1,) * 8, "widths": (8,) * 8}),
        ({"num_classes": 0, "in_channels": 99}, {"num_classes": 1, "in_channels": 64}),
    ],
)
def test_the_nearest_design_changes_the_named_fields_only(choices, changed):
    spec, changes = nearest_spec(BASE | choices)
    assert changes == changed
    assert spec.name == "yours"


@pytest.mark.parametrize(
    ("choices", "place", "field"),
    [
        ({"widths": (64, 128)}, "stage 3 (conv4_x)", "widths"),
        ({"widths": (*FOUR, 1024)}, "stage 5 (conv6_x)", "widths"),
        ({"depths": (3, 0, 6, 3)}, "stage 2 (conv3_x)", "depths"),
        ({"depths": (), "widths": ()}, "stage 1 (conv2_x)", "depths"),
        ({"depths": (3, 4, 6, 999)}, "stage 4 (conv5_x)", "depths"),
        ({"depths": (1,) * 9, "widths": (8,) * 9}, "stage 9 (conv10_x)", "depths"),
        ({"widths": (64, 9999, 256, 512)}, "stage 2 (conv3_x)", "widths"),
        ({"widths": (64, 128, 16, 512), "width_per_group": 3}, "stage 3 (conv4_x)", "width_per_group"),
        ({"widths": (64, 128, 96, 512), "shortcut": "zero_pad"}, "stage 3 (conv4_x)", "shortcut"),
        ({"widths": (33, 65, 128, 256), "stem": "deep"}, "stage 1 (conv2_x)", "widths"),
        (
            {"block": "sk_bottleneck", "widths": (64, 128, 66, 512), "groups": 2, "width_per_group": 32},
            "stage 3 (conv4_x)",
            "groups",
        ),
        ({"block": "sk_bottleneck", "squeeze_excite": True}, "every stage", "squeeze_excite"),
        ({"block": "split_bottleneck", "radix": 2, "widths": (64, 128, 255, 512)}, "stage 3 (conv4_x)", "radix"),
        ({"block": "basic", "groups": 2}, "every stage", "groups"),
        ({"block": "preact_basic", "stride_on": "1x1"}, "every stage", "stride_on"),
        ({"in_channels": 0}, "the stem", "in_channels"),
        ({"num_classes": 200_000}, "the head", "num_classes"),
        ({"input_size": (0, 8)}, "the input", "input_size"),
    ],
)
def test_a_refusal_says_which_stage_breaks(choices, place, field):
    with pytest.raises(InvalidSpecError) as refusal:
        check_design(BASE | choices)
    assert str(refusal.value).startswith(f"In {place}: {field}=")


def test_a_design_that_works_is_the_spec():
    assert check_design(BASE).depths == (3, 4, 6, 3)


def test_a_block_that_does_not_exist_has_no_nearest():
    with pytest.raises(InvalidSpecError, match="block="):
        nearest_spec(BASE | {"block": "triangle"})


def any_design(draw):
    stages = draw.randint(0, 10)
    return {
        "name": "yours", "family": "own", "stem": draw.choice(("imagenet", "half", "cifar", "deep", "deep_wide")),
        "block": draw.choice(
            ("basic", "bottleneck", "preact_basic", "preact_bottleneck", "sk_bottleneck", "split_bottleneck")
        ),
        "depths": tuple(draw.choice((0, 1, 2, 3, 500)) for _ in range(stages)),
        "widths": tuple(draw.choice((0, 1, 7, 33, 64, 256, 9000)) for _ in range(draw.choice((stages, 4)))),
        "shortcut": draw.choice(("projection", "projection_all", "pooled_projection", "zero_pad", "none")),
        "stride_on": draw.choice(("3x3", "1x1")), "norm": draw.choice(("batch", "none")),
        "squeeze_excite": draw.random() < 0.3,
        **{name: draw.choice((1, 2, 3, 7, 32, draw.randint(0, most))) for name, most in COUNTS.items()},
    }  # fmt: skip


def test_for_whatever_a_form_can_say_there_is_a_design_that_works():
    draw = random.Random(0)
    for _ in range(40):
        choices = any_design(draw)
        spec, changes = nearest_spec(choices)
        assert check_design(choices | changes) == spec
        assert sum(spec.depths) <= MOST_BLOCKS
        assert max(spec.widths) <= WIDEST
