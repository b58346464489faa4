"""The explorer as a widget: what Python sets moves the drawing, what the reader does is read, and neither echoes."""

from dataclasses import replace

import pytest
from torch import nn

import resnet_core as rc
from resnet_core.notebook.explorer import Explorer


@pytest.fixture(scope="module")
def trace():
    return rc.walk_spec("resnet152")


@pytest.fixture
def widget(trace):
    return Explorer(trace)


def read(widget):
    return widget.opened, widget.layer, widget.stop


def moved(widget, **at):
    """The reader's move, as the browser tells it."""
    turn = widget._moving["turn"]
    widget.set_state({"at": {"name": "resnet152", "open": "", "layer": "", "stop": "", "turn": turn, "time": 1, **at}})


def test_what_the_reader_chooses_is_read_as_the_row_of_the_layer_table(widget, trace):
    sent = dict(widget._moving)
    moved(widget, open="layer3.20", layer="layer3.20.conv2", stop="layer3.20.conv2")
    assert read(widget) == ("layer3.20", "layer3.20.conv2", "layer3.20.conv2")
    table = rc.layer_table(trace)
    assert widget.selected.equals(table[table["path"] == "layer3.20.conv2"].iloc[0])
    assert (widget.selected["macs"], widget.selected["params"]) == (115_605_504, 589_824)
    assert widget._moving == sent  # the drawing is there already


def test_what_the_reader_did_before_python_moved_the_drawing_comes_too_late(widget):
    widget.opened = "layer2"
    moved(widget, open="layer4", turn=widget._moving["turn"] - 1)
    assert widget.opened == "layer2"


@pytest.mark.parametrize("given", ["layer3.20.conv2", "row", "number"])
def test_a_row_set_in_python_takes_the_drawing_there(widget, given):
    row = widget.table[widget.table["path"] == "layer3.20.conv2"].iloc[0]
    widget.selected = {"row": row, "number": int(row["index"])}.get(given, given)
    assert read(widget) == ("layer3.20", "layer3.20.conv2", "layer3.20.conv2")
    assert widget.selected["path"] == "layer3.20.conv2"
    sent = {"open": "layer3.20", "layer": "layer3.20.conv2", "stop": "layer3.20.conv2", "turn": 1}
    assert widget._moving == sent
    widget.selected = None
    assert (widget.layer, widget.selected) == ("", None)


def test_layer_part_and_stop_can_be_set_and_watched(widget):
    heard = []
    widget.observe(lambda change: heard.append(change["new"]), "opened")
    widget.layer = "layer4.2.conv1"
    widget.stop = "layer3.20"  # a block is seen in its stage
    widget.opened = "layer3.20"
    assert heard == ["layer4.2", "layer3", "layer3.20"]
    assert widget._moving["turn"] == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("opened", "layer9", "opened='layer9' does not work: it must be a part that opens of resnet152"),
        ("layer", "layer3.20", "layer='layer3.20' does not work: it must be a layer of resnet152"),
        ("stop", "nowhere", "a layer or a block on the way of resnet152"),
        ("selected", 515, "its number from 0 to 514"),
        ("selected", True, "selected=True does not work"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence_and_changes_nothing(widget, name, value, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        setattr(widget, name, value)
    assert (*read(widget), widget.selected) == ("", "", "", None)


def test_a_name_a_spec_a_trace_and_any_module_can_be_explored(trace):
    spec = rc.get_spec("resnet50").override(groups=2)
    foreign = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    foreign(foreign[0].weight.new_zeros(1, 3, 16, 16))
    ours = rc.build_model("cifar_resnet20", device="meta")
    assert rc.explore("resnet50").trace.total_params == 25_557_032
    assert rc.explore(spec).trace == rc.walk_spec(spec)
    assert rc.explore(trace).trace is trace
    assert rc.explore(foreign, (1, 3, 16, 16)).trace.input_shape == (1, 3, 16, 16)
    assert rc.explore(ours).trace.input_shape == (1, 3, 32, 32)
    assert rc.explore("listing_hook_blog").trace.name == "listing_hook_blog"
    assert rc.explore("resnet50", (1, 3, 64, 64), layer="layer1.0.conv2").opened == "layer1.0"


def test_what_cannot_be_drawn_is_refused(trace):
    with pytest.raises(rc.InvalidSpecError, match="calls no layer that can be drawn"):
        Explorer(replace(trace, calls=()))
    with pytest.raises(rc.UnknownModelError):
        rc.explore("resnet9000")
    with pytest.raises(rc.InvalidSpecError, match="unit="):
        rc.explore("resnet50", unit="watts")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: rc.explore("resnet18", 64), r"input_size=64 does not work: give \(N, C, H, W\)"),
        (lambda: rc.explore(nn.Conv2d(3, 4, 3), 64), "input_size=64 does not work: give one size of whole numbers"),
        (
            lambda: rc.explore("resnet18", opened="conv4_x"),
            "opened='conv4_x' .* of resnet18: stem, layer1, layer2, layer3, layer4, head, or what opens inside them",
        ),
    ],
)
def test_what_is_no_size_or_no_part_is_answered_with_what_is(ask, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        ask()


def test_where_no_widget_runs_a_picture_of_what_is_open_stands(widget):
    widget.layer = "layer3.20.conv2"
    shown, _ = widget._repr_mimebundle_()
    assert "conv2" in shown["text/html"]
    assert "<svg" in shown["text/html"]
    assert "<script" not in shown["text/html"]
    assert shown["text/plain"] == "Explorer(resnet152, opened='layer3.20', layer='layer3.20.conv2')"
    assert "application/vnd.jupyter.widget-view+json" in shown
