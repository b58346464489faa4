from typing import get_args

import resnet_core as rc
from pages._layout import verbatim
from pages.network.design import SHORTCUTS
from resnet_core.models.spec_fields import ShortcutKind


def test_the_form_starts_as_resnet50(open_page, words):
    app = open_page("build")
    said = words(app)
    assert "25,557,032" in said
    assert "4,089,184,256" in said
    assert not app.warning
    offered = {button.proto.label for button in app.get("download_button")}
    tables = {f"layers.{suffix}" for suffix in ("csv", "md", "tex", "json")}
    assert offered == {"yours.svg", "yours.py", "This as a notebook"} | tables
    spec = rc.get_spec("resnet50").override(name="yours", family="own", source="")
    assert app.code[0].value == rc.model_code(spec).rstrip()


def test_a_link_holds_a_whole_design(open_page, words):
    choices = {"shortcut": "none", "stem": "cifar", "norm": "none", "num_classes": 10, "in_channels": 1}
    app = open_page("build", block="basic", depths="2, 2", widths="16;32", size="32", **choices)
    spec = rc.ModelSpec(
        name="yours", family="own", block="basic", depths=(2, 2), widths=(16, 32), input_size=(32, 32), **choices
    )
    trace = rc.walk_spec(spec)
    assert not app.warning
    assert not app.error
    assert f"{trace.total_params:,}" in words(app)
    fold = "1 group, width per group 64, stride on the 3×3, no norm, input 1×32×32, 10 classes"
    assert app.expander[0].label == fold  # also when the link has only just come
    assert f"{trace.total_macs:,}" in words(app)


def test_a_design_that_cannot_work_names_its_stage_and_offers_the_nearest(open_page, words):
    app = open_page("build", widths="64, 128")
    assert app.error[0].value.startswith("In stage 3 (conv4_x): Channels in each stage = (64, 128) does not work")
    assert "**channels in each stage 64, 128, 256, 512**" in words(app)
    assert "25,557,032" in words(app)
    app.button(key="take_nearest").click().run()
    assert not app.error
    assert app.text_input(key="widths").value == "64, 128, 256, 512"
    app.selectbox(key="block").set_value("basic").run()
    app.number_input(key="groups").set_value(32).run()
    assert app.error[0].value.startswith("In every stage: Groups = 32 does not work")
    app.button(key="take_nearest").click().run()
    assert not app.error
    assert app.number_input(key="groups").value == 1


def test_splits_can_be_repaired_like_every_other_field(open_page):
    app = open_page("build", block="split_bottleneck", radix="3")
    assert "In every stage: Splits = 3" in app.error[0].value
    app.button(key="take_nearest").click().run()
    assert not app.error
    assert app.number_input(key="radix").value == 2
    assert "SplitAttention" in app.code[0].value


def test_what_is_no_number_is_said_and_the_default_drawn(open_page, words):
    app = open_page("build", depths="many")
    app.text_input(key="depths").set_value("3, " + "9" * 40).run()
    assert [error.value for error in app.error] == [
        f"Blocks in each stage: `3, {'9' * 40}` is too large. Allowed are numbers of at most 400."
    ]
    for text in ("many", "", "-3, 0", "3.5"):
        app.text_input(key="depths").set_value(text).run()
        assert app.error[0].value.startswith(f"Blocks in each stage: {verbatim(text)} is no list of whole numbers")
        assert "25,557,032" in words(app)
    for text in ("0", "1, " * 50, "3, 4, 999999, 3"):
        app.text_input(key="depths").set_value(text).run()
        assert "does not work" in app.error[0].value, text
    app.button(key="take_nearest").click().run()
    assert not app.error
    assert app.text_input(key="depths").value == "3, 4, 390, 3"


def test_a_link_with_nonsense_falls_back_and_says_so(open_page, words):
    nonsense = {"block": "triangle", "groups": "abc", "num_classes": "0", "size": "7", "squeeze_excite": "perhaps"}
    app = open_page("build", depth="3", **nonsense)
    asked, unknown = (warning.value for warning in app.warning)
    assert asked == (
        "The link asks for block='triangle' and size='7' and squeeze_excite='perhaps' and groups='abc' and "
        "num_classes='0', which is not offered here. You see block=bottleneck, size=224, squeeze_excite=false, "
        "groups=1, num_classes=1000."
    )
    assert unknown.startswith("The link names `depth`, which no field here is called.")
    assert "25,557,032" in words(app)


def test_only_what_the_visitor_typed_is_blamed(open_page):
    """Three stages of channels fit no default of four stages: that is not said of them."""
    app = open_page("build", depths="many", widths="16, 32, 64")
    assert [error.value.split(":")[0] for error in app.error] == ["Blocks in each stage"]


def test_a_small_picture_before_a_large_stem_is_remarked_on(open_page):
    assert "throws most of the picture away" in open_page("build", size="32").warning[0].value


def test_nothing_is_walked_or_drawn_anew_at_a_rerun(open_page, monkeypatch):
    app = open_page("build")

    def again(*_, **__):
        raise AssertionError("It was computed once already.")

    monkeypatch.setattr(rc, "walk_spec", again)
    monkeypatch.setattr(rc.figures, "diagram_svg", again)
    assert not app.run().exception


def test_the_form_offers_every_shortcut_but_the_one_that_is_a_mistake():
    assert set(SHORTCUTS) == set(get_args(ShortcutKind)) - {"detached"}


def test_more_parameters_than_a_machine_holds_are_remarked_on(open_page):
    app = open_page("build", widths="4096, 4096, 4096, 4096", depths="32, 32, 32, 32")
    assert [warning.value for warning in app.warning] == [
        "37.4 billion parameters take 149 GB in float32, and three times that in training with momentum: each has its "
        "gradient and its velocity beside it."
    ]
    assert not open_page("build").warning
