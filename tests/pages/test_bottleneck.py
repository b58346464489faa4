import re

import pytest


def table(app):
    return app.dataframe[0].value.set_index("stack")


def test_the_page_opens_with_the_two_numbers_of_its_title(open_page, words):
    app = open_page("bottleneck")
    assert "69,632" in app.title[0].value
    assert "1,179,648" in app.title[0].value
    assert "5.9 %" in words(app)
    assert table(app).loc["1×1, 3×3, 1×1", "weights"] == 69_632
    assert table(app).loc["Two 3×3, full width", "weights"] == 1_179_648


def test_a_slider_changes_every_number(open_page):
    app = open_page("bottleneck")
    app.select_slider(key="width").set_value(128).run()
    assert table(app).loc["1×1, 3×3, 1×1", "weights"] == 2 * 256 * 128 + 9 * 128 * 128
    app.select_slider(key="map_size").set_value(28).run()
    assert table(app).loc["1×1, 3×3, 1×1", "MACs at 28×28"] == (2 * 256 * 128 + 9 * 128 * 128) * 28 * 28


def test_groups_that_do_not_divide_the_width_are_one_sentence(open_page, words):
    app = open_page("bottleneck")
    app.select_slider(key="width").set_value(32).run()
    app.select_slider(key="cardinality").set_value(64).run()
    assert not app.exception
    assert "groups=64 does not divide width=32" in words(app)
    assert app.select_slider(key="width").value == 32


def test_a_real_module_agrees(open_page, words):
    app = open_page("bottleneck")
    app.toggle(key="check").set_value(True).run()
    assert "agrees to the digit" in words(app)
    assert "1,179,648" in app.success[0].value


@pytest.mark.parametrize(
    ("name", "value"), [("width", "17"), ("channels", "-3"), ("cardinality", "x"), ("map_size", "1e9")]
)
def test_nonsense_in_the_link_falls_back_to_the_default(open_page, name, value):
    app = open_page("bottleneck", **{name: value})
    assert f"The link asks for {name}={value!r}, which is not offered here. You see {name}=" in app.warning[0].value
    assert table(app).loc["1×1, 3×3, 1×1", "weights"] == 69_632


def test_the_state_comes_from_the_link(open_page):
    app = open_page("bottleneck", channels="512", width="128")
    assert table(app).loc["1×1, 3×3, 1×1", "weights"] == 2 * 512 * 128 + 9 * 128 * 128


def test_every_share_names_the_settings_it_belongs_to(open_page, words):
    said = words(open_page("bottleneck", channels="64", width="256", cardinality="64"))
    said = re.sub(r"<dfn[^>]*>(.*?)</dfn><span.*?</span>", r"\1", said)  # words are explained where they stand
    assert "From 256 channels to 64 and back, input and output keep their shapes, with **5.9 %** of the weights" in said
    assert "With these settings 41,984 weights stand against 73,728: 56.9 %." in said
