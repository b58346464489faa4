def test_the_form_starts_as_resnet50(open_page, words):
    said = words(open_page("build"))
    assert "25,557,032" in said
    assert "4,089,184,256" in said


def test_a_link_holds_a_whole_design(open_page, words):
    app = open_page("build", block="basic", depths="2, 2, 2, 2", shortcut="none")
    assert f"{11_689_512 - 173_824:,}" in words(app)  # resnet18 without its three projections


def test_a_design_that_cannot_work_names_its_field_and_offers_the_nearest(open_page, words):
    app = open_page("build", widths="64, 128")
    assert "widths=(64, 128) does not work" in app.error[0].value
    assert "64, 128, 256, 512" in words(app)
    app.button(key="take_nearest").click().run()
    assert not app.error
    assert app.text_input(key="widths").value == "64, 128, 256, 512"


def test_what_is_no_number_is_a_sentence_and_not_a_crash(open_page):
    for depths in ("", "many", "0", "-3, 0", "9" * 40, "1, " * 50):
        app = open_page("build", depths=depths)
        assert app.error, depths


def test_a_design_without_code_says_so(open_page, words):
    assert "can't be written" in words(open_page("build", block="sk_bottleneck"))
