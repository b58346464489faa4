import resnet_core as rc


def test_two_variants_stand_beside_each_other_with_their_difference(open_page, words):
    app = open_page("architecture", view="Compare", left="resnet50", right="resnet50_v1")
    assert "25,557,032 parameters" in words(app)
    assert "as many parameters as resnet50" in words(app)
    assert f"{4_089_184_256 - 3_857_973_248:,} fewer multiply-adds (−5.7 %)" in words(app)
    assert "3 of 6 stages differ" in words(app)
    rows = app.dataframe[0].value.set_index("stage")
    assert rows["differs in"]["stem"] == ""
    assert rows["differs in"]["conv3_x"] == "MACs"


def test_the_slider_reshapes_both(open_page):
    app = open_page("architecture", view="Compare", left="resnet18", right="resnet34", both="448")
    rows = app.dataframe[0].value.set_index("stage")
    assert rows["output, resnet18"]["conv2_x"] == rows["output, resnet34"]["conv2_x"] == "64×112×112"


def test_a_network_beside_itself_is_said_to_be_equal(open_page, words):
    assert "do the same in every stage" in words(
        open_page("architecture", view="Compare", left="resnet18", right="resnet18")
    )


def test_an_unknown_name_in_the_link_is_said(open_page, words):
    app = open_page("architecture", view="Compare", left="resnet51")
    assert "'resnet51'" in words(app)
    assert app.selectbox(key="left").value == "resnet34_a"
    assert "left='resnet51'" in app.warning[0].value
    assert "left=resnet34_a" in app.warning[0].value


def test_a_size_that_is_not_offered_is_said_too(open_page):
    app = open_page("architecture", view="Compare", both="abc")
    assert "both='abc'" in app.warning[0].value
    assert app.select_slider(key="both").value == 224


def test_one_press_sets_a_network_against_its_plain_twin(open_page, words):
    app = open_page("architecture", view="Compare", left="resnet18", right="resnet152")
    app.button(key="twin").click().run()
    assert "plain18 has 173,824 fewer parameters" in words(app)
    app.selectbox(key="left").set_value("resnet50").run()  # its twin has no name of its own in the catalogue
    assert "resnet50 without shortcuts has" in words(app)
    app.selectbox(key="left").set_value("plain34").run()
    assert app.button(key="twin").disabled
    assert "its own plain twin" in app.info[0].value


def test_what_differs_stands_on_a_tint_and_the_rest_does_not(open_page):
    proto = open_page("architecture", view="Compare", left="resnet50", right="resnet50_v1").dataframe[0].proto
    tinted = {rule.split("{")[0].strip() for rule in proto.arrow_data.styler.styles.split("}") if "#0072B2" in rule}
    assert tinted
    assert not any("row0_" in cell for cell in tinted)  # the stem is the same
    assert any("row2_col8" in cell for cell in tinted)  # MACs of conv3_x


def test_the_comparison_can_be_taken_away_in_four_formats(open_page):
    app = open_page("architecture", view="Compare", left="resnet34", right="plain34")
    names = [button.label for button in app.get("download_button")]
    tables = [f"stages.{suffix}" for suffix in ("csv", "md", "tex", "json")]
    assert names == [*tables, "This as a notebook"]


def test_the_page_opens_with_a_cure_that_costs_no_parameter(open_page, words):
    assert "plain34 has as many parameters as resnet34_a" in words(open_page("architecture", view="Compare"))


def test_a_network_at_a_size_that_it_was_not_made_for_is_remarked_on(open_page):
    app = open_page("architecture", view="Compare", left="resnet34", right="cifar_resnet56")
    assert [warning.value for warning in app.warning] == [
        "At 224×224 pixels this stem takes nothing off: the first stage works on 224×224 places a channel. "
        "It is made for pictures of at most 64 pixels a side."
    ]
    assert app.dataframe[0].proto.placeholder == ""  # conv5_x, which one of the two does not have


def test_nothing_is_walked_or_drawn_anew_at_a_rerun(open_page, monkeypatch):
    app = open_page("architecture", view="Compare")

    def again(*_, **__):
        raise AssertionError("It was computed once already.")

    monkeypatch.setattr(rc, "walk_spec", again)
    monkeypatch.setattr(rc.figures, "diagram_svg", again)
    assert not app.run().exception


def test_the_old_address_leads_to_the_view_with_all_that_it_asks_for(open_page):
    app = open_page("compare", left="resnet18", right="resnet34", size="448")
    assert app.title[0].value == "How do two variants differ?"
    assert app.selectbox(key="left").value == "resnet18"
    assert app.select_slider(key="both").value == 448
