"""An open block in the drawing: the gradient's widths, ways and signs as measured, and the pictures at its plus."""

import numpy as np
import pytest

import resnet_core as rc
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.data.component import component

pytestmark = pytest.mark.slow
DRAW = """async ([data, frame, script]) => {
  document.body.innerHTML = `<div id="here" style="width: ${data.wide}px">${frame}</div>`;
  const { default: draw } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  draw({ data, parentElement: document.querySelector("#here"), setStateValue: () => {} });
  const width = (one) => Number(one.getAttribute("stroke-width"));
  const tip = (head) => {
    const { a, b } = head.transform.baseVal.consolidate().matrix;
    return [Math.round(a), Math.round(b)];
  };
  const middle = (one) => { const { x, y, width } = one.getBoundingClientRect(); return [x + width / 2, y]; };
  const sides = (one) => ["x", "y", "width", "height"].map((name) => one[name].baseVal.value);
  const meet = (one, other) => {
    const [[x, y, w, h], [left, top, wide, high]] = [sides(one), sides(other)];
    return x < left + wide && left < x + w && y < top + high && top < y + h;
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  return {
    arcs: all(".end path:not(.hit)").map(width), trunks: all(".trunk").map(width),
    heads: all(".head").map(tip), minus: all(".minus").length,
    terms: all(".sum svg").map((one, index) => [
      all(".sum text")[index].textContent, one.viewBox.baseVal.x / one.width.baseVal.value, ...middle(one),
    ]),
    covered: all(".part rect:not(.area)").filter((box) => all(".sum svg").some((one) => meet(box, one))).length,
    plus: all(".part circle").map(middle),
  };
}"""


@pytest.fixture
def drawn(browser, request):
    """What block 1 of a stage shows for a share that came back through its shortcut; or another network's block."""
    name, block = getattr(request, "param", ("cifar_resnet20", "layer2.1"))
    trace = walk_spec(name)
    cuts = {"names": {block: "a block"}, "cut": [], "off": [], "turn": 0}
    cuts |= {"said": ["", ""], "answers": [], "note": ""}
    still = {
        "diagram": rc.figures.diagram_payload(trace), "way": rc.figures.journey_payload(trace), "picture": "",
        "colours": rc.figures.palette("light"), "proposal": "", "open": block, "layer": "", "stop": "", "turn": 1,
    }  # fmt: skip
    explorer, page = component("explorer", "app"), browser.new_page()

    def draw(share, wide=900, plus=None):
        alive = {"parts": {}, "seen": "", "cuts": cuts, "plus": plus}
        alive |= {} if share is None else {"back": {"layer2.1": share}}
        return page.evaluate(DRAW, [still | {"alive": alive, "wide": wide}, explorer.html, explorer.js])

    yield draw
    page.close()


@pytest.mark.parametrize("wide", [900, 360])
@pytest.mark.parametrize(("share", "minus"), [(0.7, 0), (-0.2, 1), (1.3, 1)])
def test_arc_and_trunk_are_as_wide_as_their_shares_and_point_back(drawn, share, minus, wide):
    found = drawn(share, wide)
    assert found["arcs"] == pytest.approx([1 + 9 * min(1, abs(share))])
    assert found["trunks"] == pytest.approx([1 + 9 * min(1, abs(1 - share))])
    assert len(found["heads"]) == 2
    assert found["heads"][1] == ([-1, 0] if wide > 640 else [0, -1])  # against the way of the picture
    assert found["minus"] == minus


def test_without_the_gradient_nothing_is_weighed(drawn):
    found = drawn(None)
    assert (found["arcs"], found["trunks"], found["heads"], found["minus"]) == ([2.5], [], [], 0)


def test_x_lies_on_the_arc_its_branch_before_the_plus_and_the_sum_behind(drawn):
    uri = rc.figures.strip_uri(np.arange(12.0).reshape(3, 2, 2))
    given = {"path": "layer2.1.add", "names": ["x", "F(x)", "x + F(x)"], "channel": 3, "uri": uri}
    found = drawn(None, plus=given)
    (name_x, at_x, left_x, top_x), (name_f, at_f, left_f, top_f), (name_sum, at_sum, left_sum, top_sum) = found["terms"]
    assert (name_x, name_f, name_sum) == ("x", "F(x)", "x + F(x)")
    assert (at_x, at_f, at_sum) == (0, 1, 2), "each is its own square of the strip"
    plus, top_plus = next(at for at in found["plus"] if left_f < at[0] < left_sum)
    assert left_x < left_f < plus < left_sum
    assert top_x < top_plus < top_f == top_sum
    assert drawn(None)["terms"] == []
    assert drawn(None, 360, given)["terms"] == [], "a phone has no room"


@pytest.mark.parametrize(
    "drawn",
    [(name, block) for name in ("resnet18", "resnet50", "cifar_resnet20") for block in ("layer2.0", "layer2.1")],
    indirect=True,
)
def test_the_pictures_cover_no_layer_on_the_shortcut_and_none_below_it(drawn, request):
    uri = rc.figures.strip_uri(np.arange(12.0).reshape(3, 2, 2))
    block = request.node.callspec.params["drawn"][1]
    found = drawn(None, plus={"path": f"{block}.add", "names": ["x", "F(x)", "x + F(x)"], "channel": 3, "uri": uri})
    assert len(found["terms"]) == 3
    assert found["covered"] == 0
