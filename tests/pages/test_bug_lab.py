import pytest

from resnet_core.models.listings.defects import DEFECTS


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_every_defect_opens(open_page, name):
    app = open_page("bug_lab", defect=name)
    assert app.selectbox(key="defect").value == name
    assert len(app.code) >= 1


def test_the_answer_comes_after_the_guess(open_page, words):
    app = open_page("bug_lab", defect="max_pool_padding")
    assert not app.dataframe
    app.segmented_control(key="guess_max_pool_padding").set_value("(1, 64, 56, 56)").run()
    assert "You said (1, 64, 56, 56). Measured: (1, 64, 55, 55)" in words(app)
    assert "(1, 64, 55, 55)" in app.dataframe[0].value["as published"].tolist()


def test_the_detached_shortcut_shows_a_measured_zero(open_page):
    app = open_page("bug_lab", defect="detached_shortcut")
    app.segmented_control(key="guess_detached_shortcut").set_value("0").run()
    assert app.success[0].value.startswith("Right: 0.")
    table = app.dataframe[0].value.set_index("measured")
    assert float(table.loc["through the shortcut alone", "as published"]) == 0
    assert float(table.loc["through the shortcut alone", "corrected"]) == 1


def test_a_link_to_no_defect_says_so(open_page, words):
    assert "defect='typo', which is not offered here" in words(open_page("bug_lab", defect="typo"))


def test_an_exhibit_in_another_language_is_translated_and_each_document_has_a_title(open_page, words):
    said = words(open_page("bug_lab", defect="vanishing_gradients"))
    assert "In English: vanishing gradients" in said
    assert "As published**: notes on ResNet in Chinese (001), line 7" in said
    for defect in DEFECTS:
        assert defect.translation or defect.published.isascii() or defect.published.replace("\u2019", "'").isascii()
