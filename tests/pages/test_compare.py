def test_two_variants_stand_beside_each_other_with_their_difference(open_page, words):
    app = open_page("compare", left="resnet50", right="resnet50_v1")
    assert "25,557,032 parameters" in words(app)
    assert "+0" in words(app)
    assert f"{3_857_973_248 - 4_089_184_256:+,}" in words(app)
    rows = app.dataframe[0].value.set_index("stage")
    assert rows["differs in"]["stem"] == ""
    assert rows["differs in"]["conv3_x"] == "MACs"


def test_the_slider_reshapes_both(open_page):
    app = open_page("compare", left="resnet18", right="resnet34", size="448")
    rows = app.dataframe[0].value.set_index("stage")
    assert rows["output, resnet18"]["conv2_x"] == rows["output, resnet34"]["conv2_x"] == "64×112×112"


def test_a_network_beside_itself_is_said_to_be_equal(open_page, words):
    assert "do the same in every stage" in words(open_page("compare", left="resnet18", right="resnet18"))


def test_an_unknown_name_in_the_link_is_said(open_page, words):
    app = open_page("compare", left="resnet51")
    assert "'resnet51'" in words(app)
    assert app.selectbox(key="left").value == "resnet34"
