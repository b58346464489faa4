import time

import pytest


def test_four_variants_stand_side_by_side_with_their_costs(open_page):
    app = open_page("variants", more="What it costs")
    table = app.dataframe[0].value.set_index("variant")
    assert table.loc["resnet50", "params"] == 25_557_032
    assert table.loc["resnet50d", "params"] == 25_576_264
    assert table.loc["resnext50_32x4d", "params"] == 25_028_904
    assert "top1" not in table  # accuracies of unlike recipes stand in the chart, each with its recipe


def test_equal_cost_pairs_agree_with_the_paper(open_page):
    pairs = next(
        frame.value
        for frame in open_page("variants", more="Groups or width").dataframe
        if "cardinality × width" in frame.value
    )
    printed = pairs[pairs["printed by Xie et al."] != ""]
    assert all(row[0].endswith(f"x{row[3]}") for row in printed.itertuples(index=False))
    assert len(printed) == 5


def test_the_block_is_shown_in_three_frameworks(open_page):
    codes = [code.value for code in open_page("variants", more="In three frameworks").code[:3]]
    assert [word in code for word, code in zip(("nn.Conv2d", "nn.compact", "keras"), codes, strict=True)] == [True] * 3


def test_no_variant_is_a_sentence(open_page):
    app = open_page("variants")
    app.multiselect(key="variants").set_value([]).run()
    assert not app.exception
    assert "Choose a variant" in app.info[0].value


def test_every_family_has_its_page_state(open_page):
    """Its drawing and its costs are tested for every variant; here a family's smallest and largest stand for it."""
    import resnet_core as rc

    app = open_page("variants")
    families = [[name for name in rc.list_models(family) if "1202" not in name] for family in rc.list_families()]
    names = list(dict.fromkeys(name for family in families for name in (family[0], family[-1])))
    for start in range(0, len(names), 4):
        app.multiselect(key="variants").set_value(names[start : start + 4]).run()
        assert not app.exception


def test_the_caption_sets_the_recipe_beside_the_depth(open_page, words):
    said = words(open_page("variants"))
    assert "second recipe moves resnet50 by 4.7 points, and 51 more layers move it by 1.2 under the first." in said
    assert "One network, 4.7 points apart" in said


@pytest.mark.slow
def test_table_1_is_guessed_then_shown_and_one_of_it_trained_here(open_page, words, monkeypatch):
    import resnet_core as rc
    from pages.theory import table_1

    def short(key, name, progress):
        note = table_1.background().note
        return rc.theory.table_1((name,), (0,), 2, progress, lambda loss: note(key, loss))

    monkeypatch.setattr(table_1, "_train", short)
    app = open_page("variants", more="Table 1, trained")
    assert "It is measured already" in words(app)
    next(one for one in app.button_group if one.key == "guess_table_1").set_value("resnet152").run()
    assert "You expected: resnet152. Measured: resnet18." in words(app)
    table = next(frame.value for frame in app.dataframe if "blocks" in frame.value)
    assert table["network"].tolist() == list(table_1.NAMES)
    next(button for button in app.button if button.label == "Train").click().run()
    until = time.monotonic() + 60
    while any(button.label == "Cancel" for button in app.button):
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
    assert "resnet18: trained here" in words(app)
    assert not app.exception
