"""Each figure shows what its record holds; small networks, so that each takes a moment."""

from itertools import pairwise
from math import dist

import pytest

import resnet_core as rc
from resnet_core.figures.theory.classes import DRIFTING, NESTED, TARGETS, nearest_in
from resnet_core.lab.theory.growing import Growing, Grown

THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_the_flow_has_a_line_of_norms_for_each_network(theme):
    grid = rc.theory.gradient_grid((8,), ("plain", "detached"), ("batch",))
    figure = rc.figures.gradient_flow_figure(grid, 8, theme=theme)
    assert [tuple(trace.customdata) for trace in figure.data] == [flow.norms for flow in grid.flows]
    assert [note.text for note in figure.layout.annotations] == ["<b>plain</b>", "<b>detached</b>"]


@pytest.mark.parametrize("theme", THEMES)
def test_the_probe_has_a_line_for_each_network_and_says_what_guessing_errs(theme):
    found = {
        kind: rc.theory.forgetting(f"cifar_{name}20") for kind, name in (("plain", "plain"), ("residual", "resnet"))
    }
    figure = rc.figures.forgetting_figure(found, theme)
    assert [tuple(trace.y) for trace in figure.data] == [one.errors for one in found.values()]
    assert figure.layout.shapes[0].y0 == 90
    assert {note.text for note in figure.layout.annotations} == {"guessing", "<b>plain</b>", "<b>residual</b>"}


def test_the_noise_has_a_row_for_each_network_with_its_correlation():
    found = rc.theory.shattering((8,), points=64)
    figure = rc.figures.shattering_figure(found, 8)
    assert [len(trace.y) for trace in figure.data] == [64, 64]
    assert f"{found.networks[0].neighbours:.2f}" in figure.layout.annotations[0].text


def test_growth_shows_the_grown_networks_beside_their_controls():
    one = Grown(
        arm="plain", difference=0, error_before=5, losses=(0.1, 0.5), control_losses=(0.1, 0.1), error_after=50,
        control_error=6,
    )  # fmt: skip
    figure = rc.figures.growing_figure(Growing(from_depth=8, to_depth=14, networks=(one,)))
    assert [tuple(trace.customdata) for trace in figure.data] == [one.losses, one.control_losses]
    assert figure.data[0].y[1] == pytest.approx(0.2)  # a quarter of 0.5 and three of 0.1


def test_paths_show_the_gradient_beside_the_number_of_paths():
    found = rc.theory.GradientPaths(blocks=2, shares=(0.5, 0.4, 0.1), lengths=(1, 1, 1), counts=(1, 2, 1), error=0)
    figure = rc.figures.paths_figure(found)
    assert tuple(figure.data[0].y) == (50, 40, 10)
    assert tuple(figure.data[1].y) == (25, 50, 25)


def test_lesions_show_only_the_changes_that_are_asked_for():
    found = rc.theory.recorded_lesions("cifar_resnet20")
    figure = rc.figures.lesions_figure(found, ("nothing", "noise"))
    assert [trace.name for trace in figure.data] == ["nothing in place of F", "noise in place of F"]
    assert figure.data[0].y[0] == found.error("layer1.0")
    assert figure.layout.shapes[0].y0 == 100 * found.wrong / found.pictures


@pytest.mark.parametrize("theme", THEMES)
def test_nested_classes_come_nearer_and_drifting_ones_need_not(theme):
    drawing = rc.figures.function_classes_drawing(theme)
    assert drawing.count("<title>") == drawing.count("nearest to f*.") == 2
    drifting, nested = (
        [dist(nearest_in(one, target), target) for one in classes]
        for classes, target in zip((DRIFTING, NESTED), TARGETS, strict=True)
    )
    assert drifting[2] > drifting[1]
    assert nested == sorted(nested, reverse=True)
    for small, large in pairwise(NESTED):
        x, y, rx, ry = large
        corners = [(small[0] + a * small[2], small[1] + b * small[3]) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        assert all(((px - x) / rx) ** 2 + ((py - y) / ry) ** 2 < 1 for px, py in corners)


def test_shares_are_those_of_the_flow():
    from resnet_core.inference.explain.shortcut.flow import BlockFlow

    flow = [
        BlockFlow(path="layer1.0", shortcut="identity", ratio=1, cosine=0, identity_share=share, stopped=0)
        for share in (0.9, 0.4)
    ]
    figure = rc.figures.identity_share_figure(flow, flow[:1])
    assert tuple(figure.data[0].y) == (90, 40)
    assert [note.text for note in figure.layout.annotations] == ["<b>trained</b>", "<b>untrained</b>"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_cell_shows_its_losses_beside_what_was_recorded(theme):
    figure = rc.figures.cure_figure([2.4, 2.2, 1.9], "plain", 120, 2.26, theme)
    assert tuple(figure.data[0].y) == (2.4, 2.2, 1.9)
    assert [shape.y0 for shape in figure.layout.shapes] == [2.26, pytest.approx(2.303, abs=0.001)]
    diverged = rc.figures.cure_figure([2.4, float("nan")], "residual", 120, float("nan"), theme)
    assert len(diverged.layout.shapes) == 1


@pytest.mark.parametrize(("last", "ticks"), [(3, [1, 2, 3]), (27, [5, 10, 15, 20, 25]), (54, [10, 20, 30, 40, 50])])
def test_no_tick_stands_under_the_names_of_lines(last, ticks):
    from resnet_core.figures.theory.lines import ticks_to

    assert ticks_to(last) == ticks
