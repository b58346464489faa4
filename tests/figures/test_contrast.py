"""Text at least 4.5:1 and marks at least 3:1 (WCAG 2.2, success criteria 1.4.3 and 1.4.11), in both themes."""

import pytest

from resnet_core.figures.theme import THEMES, stage_colour

TEXT, MARK = 4.5, 3.0


def luminance(colour):
    """Relative luminance of "#RRGGBB", 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return THEMES[request.param]


def test_the_formula_gives_the_known_values():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("token", ["ink", "muted", "error", "warning", "residual"])
def test_text_is_legible_on_the_page_and_on_raised_surfaces(theme, token):
    for background in (theme.page, theme.surface):
        assert contrast(getattr(theme, token), background) >= TEXT


def test_words_are_legible_on_each_stage(theme):
    for stage, ink in zip(theme.stages, theme.on_stages, strict=True):
        assert contrast(ink, stage) >= TEXT, stage


@pytest.mark.parametrize("token", ["residual", "plain", "identity", "projection", "zero_pad"])
def test_marks_stand_out_from_the_page(theme, token):
    for background in (theme.page, theme.surface):
        assert contrast(getattr(theme, token), background) >= MARK


def test_every_colour_that_labels_text_is_legible(theme):
    for token in ("plain", "identity", "residual"):  # names beside curves and arcs
        assert contrast(getattr(theme, token), theme.page) >= TEXT


def test_stages_go_from_light_to_dark_or_back_without_a_turn(theme):
    steps = [luminance(colour) for colour in theme.stages[:-1]]
    assert steps in (sorted(steps), sorted(steps, reverse=True))
    assert len(set(theme.stages)) == 6


def test_each_display_name_has_its_own_colour(theme):
    names = ("stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head")
    assert [stage_colour(theme, name)[0] for name in names] == list(theme.stages)
