"""lines_drawing(): what is named stands at the line's end, none over another, and larger on the wall."""

import itertools
import re

import plotly.graph_objects as go
import pytest

from resnet_core.figures.theme import LARGE, THEMES, style
from resnet_core.figures.training.lines import PAGE, Line, frame, lines_drawing

LINES = [
    Line(name="plain", kind="plain", points=[(0, 90), (10, 60)]),
    Line(name="residual", kind="residual", points=[(0, 90), (10, 2)]),
    Line(name="copy", kind="copy", points=[(0, 90), (10, 3)]),
]


def texts(svg):
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-size="([\d.]+)"[^>]*>([^<]+)<', svg)
    return {words: (float(x), float(y), float(size)) for x, y, size, words in found}


@pytest.mark.parametrize("theme", THEMES)
def test_each_line_is_named_with_its_last_value_and_no_name_covers_another(theme):
    svg = lines_drawing(LINES, theme, x="step", y="wrong", last=10)
    named = [texts(svg)[words] for words in ("plain 60.0 %", "residual 2.0 %", "copy 3.0 %")]
    heights = sorted(y for _, y, _ in named)
    assert all(below - above >= named[0][2] for above, below in itertools.pairwise(heights))
    width, height = frame(THEMES[theme])
    assert all(x < width and 0 < y < height for x, y, _ in texts(svg).values())


@pytest.mark.parametrize(("place", "pixels", "least"), [("half a page of 1280", 396, 15), ("a phone", 358, 14)])
def test_words_on_a_page_are_legible_where_it_is_drawn_small(place, pixels, least):
    sizes = [size for *_, size in texts(lines_drawing(LINES, x="s", y="w", last=10)).values()]
    assert min(sizes) * pixels / PAGE[0] >= least


def test_text_on_the_wall_is_larger_in_its_own_frame():
    sizes = [min(size for *_, size in texts(lines_drawing(LINES, t, x="s", y="w", last=10)).values()) for t in THEMES]
    assert sizes[:2] == [15.5, 15.5]
    assert sizes[2:] == [25, 25]


def test_without_lines_the_axes_wait_for_them():
    svg = lines_drawing([], x="step", y="wrong", last=10)
    assert "Nothing is drawn yet" in svg
    assert "100 %" in texts(svg)


def test_a_figure_on_the_wall_has_everything_twice():
    def made(theme):
        figure = go.Figure(go.Scatter(x=[1], y=[1], line={"width": 3}, marker={"size": 8}))
        figure.add_annotation(text="end", yshift=10, font={"size": 14}, showarrow=False)
        return style(figure, THEMES[theme], height=300)

    def sizes(figure):
        line, label = figure.data[0], figure.layout.annotations[0]
        layout = figure.layout
        return [
            layout.height, layout.font.size, line.line.width, line.marker.size, label.font.size, label.yshift,
            layout.xaxis.title.font.size,
        ]  # fmt: skip

    assert sizes(made("light large")) == [LARGE * size for size in sizes(made("light"))]
