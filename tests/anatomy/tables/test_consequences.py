"""The numbers written here follow from the documents; the code measures them on the rebuilt listings."""

import pytest

from resnet_core.anatomy.tables.consequences import consequence
from resnet_core.errors import InvalidSpecError
from resnet_core.models.listings.defects import DEFECTS


def column(result, name):
    return dict(zip(result.table["measured"], result.table[name], strict=True))


def test_every_defect_of_code_is_measured_and_its_answer_is_an_option():
    for defect in DEFECTS:
        if defect.kind != "code":
            continue
        result = consequence(defect.name)
        assert result.answer in result.options
        assert len(set(result.options)) == len(result.options) >= 2
        assert list(result.table.columns[:3]) == ["measured", "as published", "corrected"]


def test_the_unpadded_max_pool_loses_a_pixel():
    result = consequence("max_pool_padding")
    assert result.answer == "64×55×55"
    assert column(result, "corrected")["max-pool"] == "64×56×56"
    assert column(result, "corrected")["conv5_x"] == column(result, "as published")["conv5_x"] == "2048×7×7"


def test_no_gradient_passes_the_detached_shortcut():
    result = consequence("detached_shortcut")
    assert result.answer == "0"
    published, corrected = column(result, "as published"), column(result, "corrected")
    assert published["through the shortcut alone"] == 0
    assert corrected["through the shortcut alone"] == 1
    assert 0 < published["stem, first layer"] < corrected["stem, first layer"]


@pytest.mark.parametrize(("name", "idle"), [("idle_stem_bias", 64), ("idle_biases", 3_904)])
def test_idle_biases_are_the_parameters_that_the_corrected_listing_lacks(name, idle):
    result = consequence(name)
    published, corrected = column(result, "as published"), column(result, "corrected")
    assert published["idle biases, all"] == idle
    assert corrected["idle biases, all"] == 0
    assert published["parameters"] - corrected["parameters"] == idle


def test_the_ignored_block_argument_builds_26_layers():
    result = consequence("ignored_block")
    assert result.answer == "26"
    assert column(result, "corrected")["layers with weights"] == 18


def test_basic_blocks_fail_at_the_fixed_classifier():
    result = consequence("fixed_classifier")
    assert result.answer == "it fails at the classifier"
    assert "classifiers.2" in column(result, "as published")["one picture"]
    assert column(result, "corrected")["one picture"] == "runs: 1000"


def test_a_listing_has_one_relu_less_and_starts_too_small():
    assert consequence("stem_without_relu").answer == "48"
    assert consequence("no_initialisation").answer == "smaller"


def test_what_can_not_be_measured_is_refused_with_what_can():
    with pytest.raises(InvalidSpecError, match="max_pool_padding"):
        consequence("vanishing_gradients")
