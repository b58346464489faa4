"""SVG drawings: well-formed, named, escaped, and true to scale."""

from math import sqrt
from xml.etree import ElementTree

import pytest

import resnet_core as rc
from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_6
from resnet_core.anatomy.tables.block_steps import compare_block
from resnet_core.figures.svg import drawing, tag, text
from resnet_core.figures.theme import THEMES
from resnet_core.lab.runs.recorded import recorded_runs

SVG = "{http://www.w3.org/2000/svg}"
STACKS = ("bottleneck", "basic", "equal_cost")


def every_drawing(theme):
    comparison = rc.compare_bottleneck()
    drawn = {stack: rc.figures.stack_drawing(comparison, stack, theme) for stack in STACKS}
    drawn["stage bars"] = rc.figures.stage_bars_drawing(rc.stage_table(rc.walk_spec("resnet18")), "macs", "MACs", theme)
    drawn["blocks"] = rc.figures.blocks_drawing(theme)
    drawn["degradation"] = rc.figures.degradation_drawing(FIGURE_6, TABLE_6, theme)
    for name in ("resnet50", "resnet50d", "seresnet50"):
        drawn[name] = rc.figures.change_drawing(compare_block(rc.get_spec(name)), name, theme)
    return drawn


def words(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def squares(svg):
    """Side of each square that stands for a convolution's weights."""
    groups = [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "term"]
    rects = [rect for group in groups for rect in group.iter(f"{SVG}rect")]
    assert all(rect.get("width") == rect.get("height") for rect in rects)
    return [float(rect.get("width")) for rect in rects]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_drawing_is_well_formed_named_and_inside_its_frame(theme):
    for name, svg in every_drawing(theme).items():
        assert svg._repr_html_() == svg, name  # a notebook shows it as a picture
        root = ElementTree.fromstring(svg)
        assert root.tag == f"{SVG}svg", name
        assert root.get("role") == "img", name
        assert root[0].tag == f"{SVG}title", name
        assert len(root[0].text) > 10, name
        _, _, width, height = map(float, root.get("viewBox").split())
        for rect in root.iter(f"{SVG}rect"):
            x, y, w, h = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= width, name
            assert 0 <= y <= y + h <= height, name
        for label in root.iter(f"{SVG}text"):
            assert 0 <= float(label.get("x")) <= width, name
            assert 0 <= float(label.get("y")) <= height, name


def test_a_drawing_takes_its_colours_from_the_theme_alone():
    for name in ("light", "dark"):
        tokens = {value for value in vars_of(THEMES[name]) if value.startswith("#")} | {"none"}
        for title, svg in every_drawing(name).items():
            used = {e.get(key) for e in ElementTree.fromstring(svg).iter() for key in ("fill", "stroke")} - {None}
            assert used <= tokens, title


def vars_of(theme):
    for field in theme.__dataclass_fields__:
        value = getattr(theme, field)
        if field != "scale":
            yield from value if isinstance(value, tuple) else (value,)


def test_text_attributes_and_title_are_escaped():
    hostile = "<script>\"&'"
    svg = drawing(10, 10, text(1, 2, hostile, '"><b/>'), tag("g", id=hostile), title=hostile)
    root = ElementTree.fromstring(svg)
    assert [element.tag for element in root] == [f"{SVG}title", f"{SVG}text", f"{SVG}g"]
    assert (root[0].text, root[1].text, root[2].get("id")) == (hostile, hostile, hostile)
    assert root[1].get("fill") == '"><b/>'


def test_a_variants_name_is_escaped():
    steps = compare_block(rc.get_spec("resnet50"))
    assert "<b>" not in rc.figures.change_drawing(steps, "<b>mine</b>")


def test_left_out_attributes_and_numbers_are_written_short():
    assert tag("path", d="M0", stroke_dasharray=None, stroke_width=2.50) == '<path d="M0" stroke-width="2.5"></path>'


@pytest.mark.parametrize("arguments", [(), (512, 128, 32), (64, 64), (1024, 256, 1, 14)])
def test_areas_are_proportional_to_weights_across_all_stacks(arguments):
    comparison = rc.compare_bottleneck(*arguments)
    largest = max(term.params for term in comparison.terms)
    sides = {stack: squares(rc.figures.stack_drawing(comparison, stack)) for stack in STACKS}
    scale = max(side for stack in sides.values() for side in stack) / sqrt(largest)
    for stack in STACKS:
        for side, term in zip(sides[stack], comparison.of(stack), strict=True):
            # 0.02: sides are written with two digits; squares below 3 units are drawn as 3, to be seen at all
            assert side == pytest.approx(max(sqrt(term.params) * scale, 3.0), abs=0.02)


def test_a_stack_names_its_products_and_its_sum():
    said = words(rc.figures.stack_drawing(rc.compare_bottleneck(), "bottleneck"))
    for expected in ("69,632", "1×1×256×64", "3×3×64×64", "= 36,864", "16,384 + 36,864 + 16,384"):
        assert expected in said


def test_only_the_residual_block_adds_its_input():
    svg = rc.figures.blocks_drawing()
    assert {"y = F(x) + x", "y = H(x)"} <= set(words(svg))
    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))) == 1


def test_the_two_blocks_are_legible_on_a_phone():
    root = ElementTree.fromstring(rc.figures.blocks_drawing())
    pixels = 358 / float(root.get("viewBox").split()[2])
    assert min(float(one.get("font-size")) for one in root.iter(f"{SVG}text")) * pixels >= 14


def test_the_degradation_is_drawn_from_the_published_rows():
    svg = rc.figures.degradation_drawing(FIGURE_6, TABLE_6)
    said = words(svg)
    assert {"8.75", "7.51", "7.17", "6.97", "6.43"} <= set(said)  # Table 6
    assert "over 60 % at 110 layers" in said
    assert "1202" not in said
    ticks = [int(word.removesuffix(" %")) for word in said if word.endswith(" %") and word[0].isdigit()]
    assert ticks[0] == 0
    heights = [float(dot.get("cy")) for dot in ElementTree.fromstring(svg).iter(f"{SVG}circle")]
    assert heights == sorted(heights)  # residual error falls with depth, and down is more in SVG
    errors = [8.75, 7.51, 7.17, 6.97, 6.43]
    per_percent = [(274 - y) / error for y, error in zip(heights, errors, strict=True)]  # 274: the line of 0 %
    assert per_percent == pytest.approx([per_percent[0]] * 5, rel=1e-3)


def test_training_errors_stand_beside_test_errors():
    """Only the training error tells degradation from overfitting."""
    said = words(rc.figures.degradation_drawing(FIGURE_6, TABLE_6, "light", recorded_runs().values()))
    lines = {line for line in said if " to " in line}
    assert lines == {
        "plain, training: 10.4 to 17.3 %", "residual, training: 7.5 to 4.4 %",
        "plain, test: 14.7 to 19.7 %", "residual, test: 13.0 to 11.5 %",
    }  # fmt: skip
    assert {"Error in training and in test, recorded here", "Test error, published"} <= set(said)


@pytest.fixture(scope="module")
def stages():
    return rc.stage_table(rc.walk_spec("resnet50"))


def test_a_stage_that_is_called_like_an_element_is_text(stages):
    foreign = stages.assign(stage=stages["stage"].replace("stem", "<img src=x onerror=alert(1)>"))
    root = ElementTree.fromstring(rc.figures.stage_bars_drawing(foreign, "params", "<b>units</b>"))
    assert not [element for element in root.iter() if element.tag.endswith(("img", "b"))]
    assert "<img src=x onerror=alert(1)>" in words(ElementTree.tostring(root))


@pytest.mark.parametrize(("column", "factor"), [("params", 1), ("macs", 2), ("activation_bytes", 1)])
def test_stage_bars_are_the_tables_numbers_from_zero(stages, column, factor):
    root = ElementTree.fromstring(rc.figures.stage_bars_drawing(stages, column, "units", factor=factor))
    bars = [g for g in root.iter(f"{SVG}g") if g.get("class") == "bar"]
    values = [factor * value for value in stages[column].tolist()[:-1]]
    assert [bar[0].text for bar in bars] == [
        f"{stage}: {value:,} units" for stage, value in zip(stages["stage"], values, strict=False)
    ]
    boxes = [next(bar.iter(f"{SVG}rect")) for bar in bars]
    assert len({box.get("x") for box in boxes}) == 1
    widest = max(float(box.get("width")) for box in boxes)
    for box, value in zip(boxes, values, strict=True):
        assert float(box.get("width")) == pytest.approx(max(widest * value / max(values), 1), abs=0.02)
    assert sum(float(word.removesuffix(" %")) for word in words(ElementTree.tostring(root)) if "%" in word) == (
        pytest.approx(100, abs=0.3)
    )
