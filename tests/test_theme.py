"""The interface's theme is the figures' theme, and the server is as closed as we promise."""

import tomllib

import pytest

from resnet_core.figures.theme import THEMES


@pytest.fixture(scope="module")
def config(root):
    return tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_interface_and_figures_have_the_same_colours(config, name):
    interface, theme = config["theme"][name], THEMES[name]
    assert {key: value for key, value in interface.items() if isinstance(value, str)} == {
        "primaryColor": theme.residual,
        "backgroundColor": theme.page,
        "secondaryBackgroundColor": theme.surface,
        "textColor": theme.ink,
        "linkColor": theme.residual,
        "borderColor": theme.hairline,
        "dataframeBorderColor": theme.hairline,
        "dataframeHeaderBackgroundColor": theme.surface,
        "codeBackgroundColor": theme.surface,
        "redColor": theme.error,
        "yellowColor": theme.warning,
        "greenColor": theme.identity,
        "blueColor": theme.residual,
        "violetColor": theme.projection,
        "orangeColor": theme.plain,
    }
    assert interface["chartCategoricalColors"] == [
        theme.residual, theme.plain, theme.identity, theme.projection, theme.zero_pad,
    ]  # fmt: skip
    assert interface["sidebar"]["backgroundColor"] == theme.surface


def test_nothing_is_reported_to_anyone(config):
    assert config["browser"]["gatherUsageStats"] is False


def test_the_server_checks_where_requests_come_from(config):
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableCORS"] is True


def test_uploads_are_limited(config):
    assert 1 <= config["server"]["maxUploadSize"] <= 200  # MB: a network; each field has its own limit


def test_a_visitor_sees_no_traceback(config):
    assert config["client"]["showErrorDetails"] == "none"
