"""How numbers are written, and that every page writes them so."""

import pytest

from resnet_core import notation
from resnet_core.notation import megabytes, milliseconds, of_one, percent, short, sides, times, unbroken


def plain(text):
    assert " " not in text, "a line could end there"
    return text.replace(notation.SPACE, " ")


def test_each_kind_is_written_in_one_way():
    assert sides(3, 224, 224) == "3×224×224"
    assert (of_one((1, 256, 56, 56)), of_one((1,))) == ("256×56×56", "1")
    assert [plain(percent(share)) for share in (0.698, 1, 0.00049)] == ["69.8 %", "100.0 %", "0.0 %"]
    assert plain(percent(0.698, 0)) == "70 %"
    assert [plain(megabytes(n)) for n in (150_200_000, 99_999, 1_090_000)] == ["150.2 MB", "99,999 B", "1.1 MB"]
    assert [plain(milliseconds(ms)) for ms in (12.43, 1, 0.0321)] == ["12.4 ms", "1.0 ms", "0.032 ms"]


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10.0 k"), (99_950, "100 k"), (999_600, "1.00 M"), (4_089_184_256, "4.09 G")],
)
def test_a_count_has_three_digits_and_never_a_thousand_of_its_unit(count, shown):
    assert plain(short(count)) == shown


def test_a_sign_between_numbers_is_a_times_sign_and_names_stay():
    assert times("[1x1, 64; 3x3, 64] x 3, 224x224") == "[1×1, 64; 3×3, 64] × 3, 224×224"
    assert times("resnext50_32x4d has 32x4d, and 0x10 or 3.5x2 are none") == (
        "resnext50_32x4d has 32x4d, and 0×10 or 3.5x2 are none"
    )
    assert unbroken("5 % of 3 MB in 2 ms, 4 G MACs and 7 of them").count(notation.SPACE) == 4
    assert plain(unbroken("128 × 28 × 28")) == "128 × 28 × 28"
