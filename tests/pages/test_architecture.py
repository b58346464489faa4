import pytest

import resnet_core as rc


def test_resnet50_shows_its_exact_totals(open_page, words):
    said = words(open_page("architecture"))
    assert "25,557,032" in said
    assert "4,089,184,256" in said
    said = words(open_page("architecture", view="Layers"))
    assert "3,857,973,248" in said  # the paper's place of the stride, told apart


def test_another_variant_starts_at_its_own_size(open_page, words):
    app = open_page("architecture")
    app.selectbox(key="model").set_value("cifar_resnet20").run()
    assert app.select_slider(key="size").value == 32
    assert "269,722" in words(app)


def test_a_family_narrows_the_variants(open_page):
    app = open_page("architecture")
    app.selectbox(key="family").set_value("plain").run()
    assert app.selectbox(key="model").options == ["plain18", "plain34"]
    assert app.selectbox(key="model").value == "plain18"


def test_what_is_chosen_rarely_folds_into_words_that_say_it(open_page):
    def fold(**query):
        return next(app.proto.popover.label for app in open_page("architecture", **query).get("popover"))

    assert fold() == "3 channels, MACs"
    assert fold(view="Layers", in_channels="1", unit="FLOPs", family="plain") == "1 channel, FLOPs, plain"


def test_flops_are_twice_the_macs(open_page, words):
    app = open_page("architecture", unit="FLOPs")
    assert f"{2 * 4_089_184_256:,}" in words(app)


def test_filters_keep_the_rows_they_name(open_page):
    app = open_page("architecture", model="resnet18", below="Layers")
    app.pills(key="kinds").set_value(["ShortcutAdd"]).run()
    rows = app.dataframe[0].value
    assert list(rows["kind"].unique()) == ["ShortcutAdd"]
    assert len(rows) == 8
    app.pills(key="stages").set_value(["stem"]).run()
    assert "No layer that is open is of this kind" in app.info[0].value


def test_a_layer_shows_its_arithmetic(open_page, words, layer_list):
    app = open_page("architecture", below="Layers")
    layer_list(app).set_value("layer1.0.conv2").run()
    assert "36,864" in words(app)
    assert "115,605,504" in words(app)


def test_a_link_to_an_unknown_variant_says_so(open_page, words):
    app = open_page("architecture", model="resnet51")
    assert "'resnet51'" in words(app)
    assert app.selectbox(key="model").value == "resnet50"


@pytest.mark.parametrize(("name", "value"), [("size", "0"), ("size", "99999"), ("in_channels", "x"), ("unit", "Joule")])
def test_nonsense_in_the_link_falls_back_to_the_default(open_page, words, name, value):
    app = open_page("architecture", **{name: value})
    assert "4,089,184,256" in words(app)
    assert f"{name}={value!r}" in app.warning[0].value


def test_a_layer_that_is_not_there_is_said(open_page):
    app = open_page("architecture", model="resnet18", layer="layer9.0.conv1")
    assert "layer='layer9.0.conv1'" in app.warning[0].value
    assert len(app.warning) == 1


def test_an_imagenet_stem_on_tiny_pictures_is_warned_about(open_page, words):
    app = open_page("architecture", size="32")
    assert "throws most of the picture away" in words(app)


def test_a_number_from_another_tool_is_explained(open_page, words):
    assert "Keras" in words(open_page("architecture"))


def test_the_layers_are_listed_whole_at_any_batch_height_and_width(open_page, words):
    app = open_page("architecture", view="Layers", model="resnet18", images="8", height_px="192", width_px="256")
    rows = app.dataframe[0].value
    trace = rc.trace_model("resnet18", (8, 3, 192, 256))
    assert len(rows) == len(trace.calls)
    assert rows["input_shape"].iloc[0] == "(8, 3, 192, 256)"
    assert {"input_shape", "padding", "groups"} <= set(app.dataframe[0].proto.column_order)
    assert f"{trace.total_macs:,} of {trace.total_macs:,} MACs" in words(app)
    app.pills(key="kinds").set_value(["Linear"]).run()
    assert f"1 of {len(trace.calls)} calls" in words(app)
    assert f"513,000 of {trace.total_params:,} parameters" in words(app)
    app.pills(key="stages").set_value(["stem"]).run()
    assert "Clear a filter" in app.info[0].value


def test_an_input_that_is_not_offered_is_said(open_page):
    app = open_page("architecture", view="Layers", height_px="0")
    assert "height_px='0'" in app.warning[0].value
    assert app.number_input(key="height_px").value == 224


def test_what_is_chosen_goes_along_from_view_to_view(open_page):
    app = open_page("architecture", model="resnet101")
    app.segmented_control(key="view").set_value("Layers").run()
    assert app.selectbox(key="model").value == "resnet101"
    app.segmented_control(key="view").set_value("Explore").run()
    assert app.selectbox(key="model").value == "resnet101"


def test_a_view_that_is_not_there_is_said(open_page):
    app = open_page("architecture", view="Xray")
    assert "view='Xray'" in app.warning[0].value
    assert app.title[0].value == "What is inside a ResNet, layer by layer?"
    app.switch_page("pages/race.py").run()
    assert not app.warning


def test_what_the_tables_leave_out_is_said_beside_them(open_page, words, monkeypatch):
    monkeypatch.setattr("pages.network.view_layers.left_out", lambda trace: f"{trace.name} leaves out 3.")
    assert "resnet50 leaves out 3." in words(open_page("architecture", view="Layers"))
