import pytest

from resnet_core.models.listings.defects import DEFECTS
from resnet_core.models.listings.documents import DOCUMENTS

STATEMENTS = [defect for defect in DEFECTS if defect.kind == "statement"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_every_wrong_line_is_judged_and_an_old_link_to_it_leads_there(open_page, words, defect):
    app = open_page("bug_lab", defect=defect.name)
    assert app.segmented_control(key="document").value == DOCUMENTS[defect.document].kind
    assert f"Line {defect.line} is wrong." in words(app)
    assert app.code[0].value == defect.corrected
    assert DOCUMENTS[defect.document].title in words(app)


def test_before_a_click_nothing_names_a_bug(open_page, words):
    for document in DOCUMENTS.values():
        app = open_page("bug_lab", document=document.kind)
        assert app.segmented_control(key="document").value == document.kind
        said = words(app)
        assert "Try this" in said
        assert not app.code
        for defect in DEFECTS:
            assert defect.name not in said
            assert defect.effect not in said


def test_a_line_with_nothing_wrong_is_said_to_have_none(open_page, words):
    said = words(open_page("bug_lab", document="Blog post", line="243"))
    assert "Line 243: nothing is known to be wrong with it." in said.replace("**", "")
    assert "is wrong. Instead" not in said


def test_the_effect_comes_after_the_guess(open_page, words):
    app = open_page("bug_lab", document="Blog post", line="266")
    assert not app.dataframe
    app.segmented_control(key="guess_max_pool_padding").set_value("64×56×56").run()
    assert "You said 64×56×56. Measured: 64×55×55." in words(app)
    assert "64×55×55" in app.dataframe[0].value["as published"].tolist()


def test_the_detached_shortcut_shows_a_measured_zero_and_can_be_trained(open_page):
    app = open_page("bug_lab", document="Blog post", line="242")
    app.segmented_control(key="guess_detached_shortcut").set_value("0").run()
    assert app.markdown[1].value.startswith("**Right: 0.**")
    table = app.dataframe[0].value.set_index("measured")
    assert float(table.loc["through the shortcut alone", "as published"]) == 0
    assert float(table.loc["through the shortcut alone", "corrected"]) == 1
    assert any(button.label == "Train both for some seconds" for button in app.button)


@pytest.mark.parametrize("defect", STATEMENTS, ids=lambda defect: defect.name)
def test_a_sentence_is_explained_and_not_run(open_page, words, defect):
    said = words(open_page("bug_lab", document="Notes in Chinese", line=str(defect.line)))
    assert defect.effect in said
    assert "there is nothing to run" in said


def test_who_gives_up_is_shown_one_after_the_other(open_page, words):
    app = open_page("bug_lab", document="Notes in Chinese")
    for line in (7, 16):
        app.button(key="show_one").click().run()
        assert f"Line {line} is wrong." in words(app)
    assert not any(button.key == "show_one" for button in app.button)
    app.button(key="start_again").click().run()
    assert "is wrong." not in words(app)
    assert any(button.key == "show_one" for button in app.button)


def test_a_link_to_no_defect_no_document_or_no_line_says_so(open_page, words):
    assert "defect='typo', which is not offered here" in words(open_page("bug_lab", defect="typo"))
    assert "document='typo', which is not offered here" in words(open_page("bug_lab", document="typo"))
    assert "line 1, which is not shown" in words(open_page("bug_lab", line="1"))
    assert "line <b>, which is not shown" in words(open_page("bug_lab", line="<b>")).replace("\\", "")
