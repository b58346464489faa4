"""Published figures: complete, cited, and in agreement with what we can compute."""

import pytest

from resnet_core.anatomy.papers import accuracy, published
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.catalogue import CATALOGUE


def every_error():
    return [row for table in published.ERROR_TABLES.values() for row in table]


def test_every_figure_names_its_source_and_a_variant_that_exists():
    for row in (*every_error(), *published.PUBLISHED_COUNTS):
        assert row.source.startswith("He et al. 2015, arXiv:1512.03385, ")
        assert row.variant is None or row.variant in CATALOGUE
    for row in accuracy.TIMM_ACCURACIES:
        assert row.variant in CATALOGUE
        assert row.source == accuracy.TIMM_SOURCE


def test_errors_are_percentages_and_top5_is_below_top1():
    for row in every_error():
        given = [error for error in (row.top1, row.top5) if error is not None]
        assert given
        assert all(0 < error < 100 for error in given)
        assert given == sorted(given, reverse=True)


def test_the_papers_own_sentences_hold_for_the_table():
    top1 = {(row.source, row.variant): row.top1 for row in every_error()}
    table_2, table_3, table_6 = (f"{published.PAPER}, Table {n}" for n in (2, 3, 6))
    assert top1[table_2, "plain34"] > top1[table_2, "plain18"]  # degradation
    assert top1[table_2, "plain34"] - top1[table_2, "resnet34_a"] == pytest.approx(3.51)  # "reduces by 3.5 %"
    options = [top1[table_3, f"resnet34_{option}"] for option in "abc"]
    assert options == sorted(options, reverse=True)
    assert top1[table_6, "cifar_resnet1202"] > top1[table_6, "cifar_resnet110"]


@pytest.mark.parametrize("row", [c for c in published.PUBLISHED_COUNTS if c.quantity == "parameters"], ids=str)
def test_table_6_prints_our_parameters_rounded(row):
    digits = len(row.text.rstrip("M").split(".")[1])
    assert round(walk_spec(row.variant).total_params / 1e6, digits) == float(row.text.rstrip("M"))


@pytest.mark.parametrize(
    ("variant", "depth"),
    [
        ("resnet50", 50),
        ("resnet50_v1", 50),
        ("resnet34_b", 34),
        ("plain18", 18),
        ("resnet50_v2", None),
        ("resnet50d", None),
    ],
)
def test_a_variant_knows_its_column_of_table_1(variant, depth):
    assert published.paper_depth(variant) == depth


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("resnet18", [(69.758, 89.078)]),
        ("resnet50", [(76.130, 92.862), (80.858, 95.434)]),
        ("resnet152", [(78.312, 94.046), (82.284, 96.002)]),
    ],
)
def test_torchvisions_accuracies_come_from_its_own_metadata(variant, expected):
    found = accuracy.torchvision_accuracies(variant)
    assert [(a.top1, a.top5) for a in found] == expected
    assert {a.image_size for a in found} == {224}


def test_timms_accuracies_name_the_weights_of_their_variant():
    for row in accuracy.TIMM_ACCURACIES:
        timm_name = f"resnetv2_{row.variant[6:-3]}" if row.variant.endswith("_v2") else row.variant
        assert row.weights.split(".")[0] == timm_name
        assert row.top1 < row.top5 < 100


def test_what_nobody_has_trained_has_no_accuracy():
    assert accuracy.published_accuracies("skresnet50") == ()
    assert [a.weights for a in accuracy.published_accuracies("resnet50d")] == [
        "resnet50d.gluon_in1k",
        "resnet50d.ra2_in1k",
    ]
