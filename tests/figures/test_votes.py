import re

from resnet_core.figures.theme import DARK, LIGHT
from resnet_core.figures.votes import spread_html, votes_html


def widths(html):
    return [float(width) for width in re.findall(r"width:([\d.]+)%;min-width", html)]


def test_bars_share_one_scale_over_both_rounds():
    html = votes_html(["yes", "no"], [(30, 10), (15, 60)])
    assert widths(html) == [50.0, 16.7, 25.0, 100.0]
    assert html.count("first vote: ") == 2
    assert html.index(">10<") < html.index(">60<")


def test_what_is_right_has_a_tick_and_the_second_colour():
    html = votes_html(["yes", "no"], [(1,), (3,)], [False, True], "dark")
    assert html.count("✓ no") == html.count(DARK.identity) == 1
    assert "✓" not in votes_html(["yes", "no"], [(1,), (3,)])
    assert LIGHT.identity not in votes_html(["yes", "no"], [(1,), (3,)])


def test_nobody_has_no_bar_and_text_is_text():
    html = votes_html(["<b>", "no"], [(0,), (0,)])
    assert widths(html) == [0.0, 0.0]
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_numbers_are_spread_over_columns_with_their_edges_below():
    html = spread_html([0, 50, 100], [(1, 2), (0, 8)], [False, True])
    heights = [float(height) for height in re.findall(r"6rem\)\*([\d.]+)", html)]
    assert heights == [0.125, 0.25, 0.0, 1.0]
    assert re.findall(r">(\d+)</span>", html) == ["0", "50", "100"]
    assert html.count("✓ 8") == html.count("first vote: 0") == 1
