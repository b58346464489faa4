import re

from resnet_core.figures.shapes import shapes_drawing

HOW = ("128 filters 3×3", "stride 2, padding 1")


def fronts(svg):
    return [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', svg)]


def test_slabs_are_in_proportion_and_name_their_shapes():
    svg = shapes_drawing((64, 56, 56), (128, 28, 28), HOW)
    before, after = fronts(svg)
    assert before == 2 * after
    assert "128 × 28 × 28 comes out" in svg
    assert svg.count(">128 × 28 × 28<") == svg.count(">64 × 56 × 56<") == 1


def test_what_is_asked_is_not_told():
    svg = shapes_drawing((64, 56, 56), (128, 28, 28), HOW, "dark large", told=False)
    assert len(re.findall(r">[^<]*28[^<]*<", svg)) == 2, "the title and the filters, no shape"
    assert "? × ? × ?" in svg
