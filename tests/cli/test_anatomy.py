import json
from io import StringIO

import pandas as pd
import pytest

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.models.catalogue import list_models


@pytest.mark.parametrize(
    ("model", "totals"),
    [
        ("resnet50", "25,557,032 parameters, 4,089,184,256 MACs"),
        ("resnet50_v1", "25,557,032 parameters, 3,857,973,248 MACs"),
    ],
)
def test_layers_prints_the_totals_to_the_digit(model, totals, run):
    result = run("layers", model, "--input", 224)
    assert result.exit_code == 0
    assert totals in result.stdout
    assert result.stdout.count("Conv2d") == 53


def test_a_table_keeps_every_digit_where_the_terminal_is_narrow(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert "3,857,973,248" in run("layers", "resnet50_v1", "--stages").stdout.split("total", 1)[1].splitlines()[0]


READERS = {
    "csv": lambda text: pd.read_csv(StringIO(text))["params"].sum(),
    "json": lambda text: sum(row["params"] for row in json.loads(text)),
    "markdown": lambda text: sum(int(line.split("|")[12].replace(",", "")) for line in text.splitlines()[2:]),
    "latex": lambda text: sum(int(line.split("&")[11]) for line in text.splitlines()[4:] if "&" in line),
}  # fmt: skip


@pytest.mark.parametrize("form", READERS)
def test_every_format_holds_all_layers_and_nothing_else(form, run):
    text = run("layers", "resnet18", "--format", form).stdout
    assert READERS[form](text) == 11_689_512


def test_an_input_that_is_not_square_is_height_by_width(run):
    first = json.loads(run("layers", "resnet18", "--input", "192x256", "--format", "json").stdout)[0]
    assert first["input_shape"] == [1, 3, 192, 256]


def test_stages_are_the_rows_of_the_papers_table(run):
    rows = json.loads(run("layers", "resnet34", "--stages", "--format", "json").stdout)
    assert [row["stage"] for row in rows] == ["stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head", "total"]


@pytest.mark.parametrize("size", ["0", "224x", "axb", "1x2x3", "9999", "-5"])
def test_a_size_that_is_none_is_refused_with_one_that_works(size, refuse):
    assert "192x256" in refuse("layers", "resnet18", f"--input={size}")


def test_an_unknown_model_is_refused_with_the_closest_names(refuse):
    assert "resnet50" in refuse("layers", "resnet5O")


def test_list_has_every_variant_with_the_counts_of_its_trace(run):
    rows = pd.read_csv(StringIO(run("list", "--format", "csv").stdout)).set_index("model")
    assert list(rows.index) == list_models()
    trace = trace_model("resnext50_32x4d")
    assert tuple(rows.loc["resnext50_32x4d", ["params", "macs"]]) == (trace.total_params, trace.total_macs)


def test_list_can_be_narrowed_to_a_family(run, refuse):
    assert "resnet18" not in run("list", "--family", "resnext").stdout
    assert refuse("list", "--family", "vgg")


def test_bottleneck_prints_each_product_and_both_sums(run):
    text = run("bottleneck").stdout
    for part in ("16,384 + 36,864 + 16,384 = 69,632", "589,824 + 589,824 = 1,179,648", "5.9 %", "16.94 times"):
        assert part in text


def test_bottleneck_refuses_groups_that_do_not_divide_the_width(refuse):
    assert refuse("bottleneck", "--groups", 3).startswith("groups=3 does not divide width=64.")


def test_explain_count_finds_keras_rules(run):
    text = run("explain-count", "resnet50", "--seen", "25,636,712").stdout
    assert text.startswith("25,636,712 parameters exactly: Keras")


def test_explain_count_takes_another_size_into_account(run):
    macs = trace_model("resnet18", (1, 3, 128, 96)).total_macs
    text = run("explain-count", "resnet18", "--seen", f"{macs} MACs", "--input", "128x96").stdout
    assert "our own count" in text


def test_explain_count_refuses_what_is_no_number(refuse):
    assert "is no count" in refuse("explain-count", "resnet50", "--seen", "many")


def test_the_published_listings_are_listed_and_their_layers_printed(run):
    table = pd.read_csv(StringIO(run("list", "--family", "listing", "--format", "csv").stdout)).set_index("model")
    assert list(table.index) == ["listing_hook_blog", "listing_notes", "listing_d2l", "listing_handbook"]
    assert table.loc["listing_hook_blog", "params"] == 25_557_032 + 64
    assert "(1, 64, 55, 55)" in run("layers", "listing_hook_blog").stdout
    assert "(1, 64, 24, 24)" in run("layers", "listing_d2l", "--input", 96).stdout


def test_what_the_layers_leave_out_is_said_to_people_alone(run, monkeypatch):
    monkeypatch.setattr("resnet_core.anatomy.tables.remarks.left_out", lambda trace: f"{trace.name} leaves out 3.")
    assert "resnet18 leaves out 3." in run("layers", "resnet18").stdout
    assert "leaves out" not in run("layers", "resnet18", "--format", "csv").stdout


def test_further_explanations_are_as_strong_as_the_first(run):
    said = run("explain-count", "resnet50", "--seen", "23.5M").stdout
    assert said.count("By chance, one number in") == 1
    assert "\nIt could also be, by the same chance:\n  23,528,522 parameters rounded: 10 classes" in said
