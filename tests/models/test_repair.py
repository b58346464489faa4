import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.models.repair import nearest_spec

BASE = {"name": "yours", "family": "own", "block": "bottleneck", "depths": (3, 4, 6, 3)}


@pytest.mark.parametrize(
    ("choices", "changed"),
    [
        ({}, {}),
        ({"widths": (64, 128)}, {"widths": (64, 128, 256, 512)}),
        ({"depths": (1, 1), "widths": (64, 128, 256)}, {"widths": (64, 128)}),
        ({"block": "basic", "groups": 32, "width_per_group": 4}, {"groups": 1, "width_per_group": 64}),
        ({"block": "basic", "stride_on": "1x1"}, {"stride_on": "3x3"}),
        ({"widths": (256, 128, 64, 32), "shortcut": "zero_pad"}, {"shortcut": "projection"}),
        ({"stem": "deep", "widths": (33, 64, 128, 256)}, {"widths": (34, 64, 128, 256)}),
        ({"groups": 0}, {"groups": 1}),
        ({"width_per_group": 1, "widths": (16, 32, 64, 128)}, {"width_per_group": 4}),
        ({"block": "split_bottleneck", "radix": 3}, {"radix": 2}),
        ({"block": "preact_basic", "squeeze_excite": True}, {"squeeze_excite": False}),
    ],
)
def test_the_nearest_design_changes_the_named_fields_only(choices, changed):
    spec, changes = nearest_spec(BASE | choices)
    assert changes == changed
    assert spec.name == "yours"


def test_a_block_that_does_not_exist_has_no_nearest():
    with pytest.raises(InvalidSpecError, match="block="):
        nearest_spec(BASE | {"block": "triangle"})
