"""CSV and JSON give back every digit; Markdown and LaTeX are tables that people read."""

from io import StringIO

import pandas as pd
import pytest

from resnet_core.anatomy.tables.as_text import FORMATS, SUFFIXES, export_table
from resnet_core.anatomy.tables.tables import layer_table, stage_table
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError

NUMBERS = ["index", "params", "macs", "activation_bytes"]


@pytest.fixture(scope="module")
def layers():
    return layer_table(walk_spec("resnet50"))


@pytest.fixture(scope="module")
def stages():
    return stage_table(walk_spec("resnet50"))


def test_csv_reads_back_equal(layers):
    read = pd.read_csv(StringIO(export_table(layers, "csv")), keep_default_na=False)
    for column in layers.columns:
        written = layers[column].astype(object).where(layers[column].notna(), "").astype(str)
        assert read[column].astype(str).tolist() == written.tolist(), column
    assert read[NUMBERS].sum().tolist() == layers[NUMBERS].sum().tolist()


def test_json_reads_back_equal(layers):
    read = pd.read_json(StringIO(export_table(layers, "json")), orient="records", dtype=False)
    assert read["output_shape"][0] == [1, 64, 112, 112]
    for column in ("input_shape", "output_shape"):
        read[column] = [str(tuple(shape)) if len(shape) > 1 else f"({shape[0]})" for shape in read[column]]
    read = read.astype({"block": "Int64", "groups": "Int64"})
    pd.testing.assert_frame_equal(read, layers, check_dtype=False)


def test_markdown_is_a_table_with_grouped_digits_and_without_nan(stages):
    text = export_table(stages, "markdown")
    lines = text.splitlines()
    assert text.endswith("|\n")
    assert len(lines) == len(stages) + 2
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(stages.columns)
    assert {line.count("|") for line in lines} == {len(stages.columns) + 1}
    assert "25,557,032" in lines[-1]
    assert "4,089,184,256" in lines[-1]
    assert not any(word in text for word in ("nan", "NaN", "<NA>", "None"))


def test_a_bar_in_a_name_does_not_break_the_markdown_table():
    table = pd.DataFrame({"path": ["a|b"], "params": [3]})
    assert "a\\|b" in export_table(table, "markdown")


def test_numbers_stand_on_the_right_in_latex(layers):
    columns = export_table(layers[["index", "path", "kind", "block", "params"]], "latex").splitlines()[0]
    assert columns == r"\begin{tabular}{rllrr}"


def test_latex_is_a_tabular_with_escaped_names(stages):
    text = export_table(stages, "latex")
    assert text.startswith(r"\begin{tabular}")
    assert text.rstrip().endswith(r"\end{tabular}")
    assert r"conv2\_x" in text
    assert text.count(r"\\") == len(stages) + 1
    assert "25557032" in text
    assert not any(word in text for word in ("nan", "NaN", "<NA>", "None"))


def test_every_format_has_a_file_suffix(layers):
    assert set(SUFFIXES) == set(FORMATS) == {"csv", "markdown", "latex", "json"}
    assert all(export_table(layers, form).endswith("\n") for form in FORMATS)


def test_an_unknown_format_is_answered_with_those_that_exist(layers):
    with pytest.raises(InvalidSpecError, match=r"'xlsx' is no table format.*csv, markdown, latex, json"):
        export_table(layers, "xlsx")
