import pytest


def test_the_papers_counts_stand_beside_ours_with_the_reason(open_page):
    table = open_page("published").dataframe[0].value.set_index("network")
    assert table.loc["50-layer", "counted here"] == 3_857_973_248
    assert "1x1" in table.loc["50-layer", "why"]
    assert table.loc["34-layer", "counted here"] == 3_663_761_408
    assert "cut off" in table.loc["34-layer", "why"]


def test_keras_count_is_explained(open_page, words):
    assert "Keras" in words(open_page("published"))


@pytest.mark.parametrize(
    ("model", "seen", "answer"),
    [
        ("resnet50", "4.1 GFLOPs", "4,089,184,256"),
        ("resnet50", "123456789", "No rule"),
        ("resnet5000", "1", "No model is named"),
        ("resnet50", "lots", "lots"),
        ("resnet50", "", "number"),
    ],
)
def test_any_number_gets_an_answer_or_a_polite_sentence(open_page, words, model, seen, answer):
    app = open_page("published")
    app.text_input(key="model").set_value(model).run()
    app.text_input(key="seen").set_value(seen).run()
    assert not app.exception
    assert answer in words(app)


def test_further_explanations_come_with_their_strength(open_page):
    app = open_page("published", seen="23.5M")
    assert "By chance, one number in" in " ".join(element.value for element in app.markdown)
    (said,) = [one.value for one in app.caption if "It could also be" in one.value]
    assert said.startswith("It could also be, by the same chance: 23,528,522 parameters rounded: 10 classes")


def test_each_table_of_errors_can_be_chosen(open_page):
    app = open_page("published", table="Table 3")
    assert "ResNet-152" in app.dataframe[1].value["printed"].tolist()
