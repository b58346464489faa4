"""A table on paper: every row, as its columns are written on screen."""

import re
from html import unescape

import pandas as pd
import pytest
import streamlit as st

from pages.frame.whole import MOST_ROWS, printed_html, written


def cells(html, tag="td"):
    return [unescape(cell) for cell in re.findall(rf"<{tag}(?: [^>]*)?>([^<]*)<", html)]


def test_every_row_is_there_and_numbers_stand_on_the_right():
    html = printed_html({"name": ["a", "b & c"], "weights": [1179648, None]}, {})
    assert cells(html) == ["a", "1,179,648", "b & c", ""]
    assert html.count("class='number'") == 3


def test_columns_are_named_ordered_and_left_out_as_on_screen():
    config = {"top1": st.column_config.NumberColumn("top-1 error", format="%.2f %%"), "hidden": None}
    html = printed_html({"top1": [27.9], "hidden": [1], "name": ["x"]}, config, ["name", "hidden", "top1"])
    assert cells(html, "th") == ["name", "top-1 error"]
    assert cells(html) == ["x", "27.90\u00a0%"]


def test_a_styled_table_is_read_through_its_style():
    assert cells(printed_html(pd.DataFrame({"a": [1]}).style, {})) == ["1"]


def test_a_very_long_table_says_what_is_left_out():
    assert f"{5} rows more" in printed_html({"a": range(MOST_ROWS + 5)}, {})


def test_what_a_table_holds_is_no_markup():
    assert "<b>" not in printed_html({"<b>": ["<b>"]}, {})


@pytest.mark.parametrize(("value", "words"), [(True, "True"), (0.12345, "0.1235"), (12.0, "12"), (float("nan"), "")])
def test_values(value, words):
    assert written(value) == words


def test_a_number_is_rounded_as_a_browser_rounds_it():
    share = st.column_config.NumberColumn(format="%.1f %%")
    assert [written(value, share) for value in (6.25, -6.25, 6.24)] == ["6.3 %", "-6.3 %", "6.2 %"]


def test_a_phone_has_the_columns_that_fit_it():
    html = printed_html({"name": ["x"], "weights": [3], "source": ["a paper"]}, {}, None, ("name", "weights"))
    assert "<td class='number'>3</td><td class='rest'>a paper</td>" in html
    assert "on-phone" in html
    assert "on-phone" not in printed_html({"name": ["x"]}, {})
