import html
import re

import pytest


def printed(app):
    """Rows of the table of counts: its cells as words, without tags."""
    (table,) = app.get("html")
    rows = table.proto.body.split('<tr role="row">')[2:]
    return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in row.split("</td>")[:4]] for row in rows]


def test_the_papers_counts_stand_beside_ours_with_the_whole_reason(open_page):
    rows = {network: (here, why) for network, _, here, why in printed(open_page("published"))}
    assert rows["50-layer"][0] == "3,857,973,248"
    assert "the stride is on the first 1×1 convolution (the paper's)" in html.unescape(rows["50-layer"][1])
    assert "Table 1" in rows["50-layer"][1]
    assert rows["34-layer"][0] == "3,663,761,408"
    assert "cut off" in rows["34-layer"][1]
    assert rows["VGG-19"][0] == "19,632,062,464"


def test_a_count_that_its_reason_begins_with_is_not_said_twice_on_a_phone(open_page):
    (table,) = open_page("published").get("html")
    rows = table.proto.body.split('<tr role="row">')[2:]
    assert ["count again" in row for row in rows] == ["VGG-19" not in row for row in rows]


def test_keras_count_is_explained(open_page, words):
    assert "Keras" in words(open_page("published"))


@pytest.mark.parametrize(
    ("model", "seen", "answer"),
    [
        ("resnet50", "4.1 GFLOPs", "4,089,184,256"),
        ("resnet50", "123456789", "No rule"),
        ("resnet18", "11,689,512", "our own count"),
        ("resnet50", "lots", "lots"),
        ("resnet50", "", "number"),
    ],
)
def test_any_number_gets_an_answer_or_a_polite_sentence(open_page, words, model, seen, answer):
    app = open_page("published")
    app.selectbox(key="model").set_value(model).run()
    app.text_input(key="seen").set_value(seen).run()
    assert not app.exception
    assert answer in words(app)


def test_what_one_rule_adds_is_added_up(open_page, words):
    said = words(open_page("published"))
    assert "| our own count | 25,557,032 |" in said
    assert "| +79,680 |\n| together | **25,636,712** |" in said
    assert "| together |" not in words(open_page("published", seen="25,557,032"))


def test_further_explanations_come_with_their_strength(open_page):
    app = open_page("published", seen="23.5M")
    assert "By chance, one number in" in " ".join(element.value for element in app.markdown)
    (said,) = [one.value for one in app.caption if "It could also be" in one.value]
    assert said.startswith("It could also be, by the same chance: 23,528,522 parameters rounded: 10 classes")


def test_each_table_of_errors_can_be_chosen_and_a_link_to_one_opens_it(open_page):
    app = open_page("published", table="Table 3")
    table = app.dataframe[0].value
    assert "ResNet-152" in table["printed"].tolist()
    assert not {"source", "test"} & set(table), "what all rows have in common is said once, below"
    assert any("arXiv:1512.03385, Table 3. ImageNet validation, 10-crop." in one.value for one in app.caption)
    assert not any("VGG-19" in one.proto.body for one in app.get("html")), "the counts are drawn where they are seen"


def test_a_network_is_chosen_and_a_link_to_none_is_told_so(open_page, words):
    app = open_page("published", model="ResNet-50")
    assert "model='ResNet-50', which is not offered here. You see model=resnet50" in words(app)
    assert app.selectbox(key="model").value == "resnet50"
