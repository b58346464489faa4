import pytest

from resnet_core.anatomy.tables.formulas import Formula
from resnet_core.anatomy.tables.units import formula_in_unit, in_unit
from resnet_core.errors import InvalidSpecError


def test_a_mac_is_two_flops():
    assert (in_unit(21, "MACs"), in_unit(21, "FLOPs")) == (21, 42)


def test_only_the_formula_of_the_work_changes_its_unit():
    assert formula_in_unit(Formula("MACs", "3 × 7", 21), "FLOPs") == Formula("FLOPs", "2 × 3 × 7", 42)
    assert formula_in_unit(Formula("MACs", "3 × 7", 21), "MACs").line == "3 × 7 = 21"
    assert formula_in_unit(Formula("parameters", "3 × 7", 21), "FLOPs").line == "3 × 7 = 21"


def test_another_unit_is_refused():
    with pytest.raises(InvalidSpecError, match="MACs or FLOPs"):
        in_unit(1, "Joule")
