"""The reconciler against numbers that circulate: papers, PyTorch, Keras, thop."""

from itertools import product

import pytest
import torchvision

from resnet_core.anatomy.reconcile.explain import explain_count, explain_published
from resnet_core.anatomy.reconcile.seen import read_count
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.models.catalogue import list_models
from resnet_core.models.network import build_model


@pytest.mark.parametrize(
    ("model", "seen", "quantity", "value", "fit", "rules"),
    [
        ("resnet50", "25,557,032", "parameters", 25_557_032, "exact", []),
        ("resnet50", "25.6M", "parameters", 25_557_032, "rounded", []),
        ("resnet50", "25,636,712", "parameters", 25_636_712, "exact", ["keras_defaults"]),
        ("resnet101", "44,707,176", "parameters", 44_707_176, "exact", ["keras_defaults"]),  # Keras' own tables
        ("resnet152", "60,419,944", "parameters", 60_419_944, "exact", ["keras_defaults"]),
        ("resnet50", "23,587,712", "parameters", 23_587_712, "exact", ["no_head", "keras_defaults"]),
        ("resnet50", "25,610,152", "parameters", 25_610_152, "exact", ["statistics"]),
        ("resnet50", "25,503,912", "parameters", 25_503_912, "exact", ["no_affine"]),
        ("resnet50", "25,583,592", "parameters", 25_583_592, "exact", ["conv_biases"]),
        ("resnet50", 23_508_032, "parameters", 23_508_032, "exact", ["no_head"]),
        ("resnet50", "23,528,522", "parameters", 23_528_522, "exact", ["classes=10"]),
        ("resnet50", "23,551,061", "parameters", 23_551_061, "exact", ["classes=21"]),
        ("resnet50", "23.71M", "parameters", 23_712_932, "rounded", ["classes=100"]),
        ("resnet50", "25.5M", "parameters", 25_557_032, "cut", []),
        ("resnet18", "11.17M", "parameters", 11_173_962, "rounded", ["cifar_stem"]),
        ("resnet50", "23520842", "parameters", 23_520_842, "exact", ["cifar_stem"]),
        ("resnet50", "24.37M", "parameters", 25_557_032, "rounded", ["of_1024"]),  # thop's README
        ("resnet152", "57.40M", "parameters", 60_192_808, "rounded", ["of_1024"]),
        ("resnet50", "3.858G", "MACs", 4_142_713_856, "rounded", ["first_thop"]),
        ("resnet50", "4,133,742,592", "MACs", 4_133_742_592, "exact", ["thop"]),
        ("resnet18", "1,824,033,792", "MACs", 1_824_033_792, "exact", ["thop"]),
        ("resnet50", "4,121,924,096", "MACs", 4_121_924_096, "exact", ["ptflops"]),
        ("resnet18", "1,822,176,768", "MACs", 1_822_176_768, "exact", ["ptflops"]),
        ("cifar_resnet20", "272,474", "parameters", 272_474, "exact", ["option_b"]),
        ("resnet34", "21,623,848", "parameters", 21_623_848, "exact", ["no_projections"]),
        ("resnet50", "4.1 GMACs", "MACs", 4_089_184_256, "rounded", []),
        ("resnet50", "4.1 GFLOPs", "MACs", 4_089_184_256, "rounded", []),
        ("resnet50", "8.2 GFLOPs", "FLOPs", 8_178_368_512, "rounded", []),
        ("resnet50", "3,857,973,248", "MACs", 3_857_973_248, "exact", ["stride_on=1x1"]),
        ("resnet50", "3.8 GFLOPs", "MACs", 3_857_973_248, "cut", ["stride_on=1x1"]),
        ("resnet50_v1", "4.089 GMACs", "MACs", 4_089_184_256, "rounded", ["stride_on=3x3"]),
        ("resnet50", "7.7 GFLOPs", "FLOPs", 7_715_946_496, "rounded", ["stride_on=1x1"]),
        ("resnet50", "4,111,514,624", "MACs", 4_111_514_624, "exact", ["old_thop"]),
        ("resnet34", "3.6 GFLOPs", "MACs", 3_663_761_408, "cut", []),
        ("resnet34", "3,644,493,824", "MACs", 3_644_493_824, "exact", ["no_projections"]),
    ],
)
def test_known_numbers_are_explained(model, seen, quantity, value, fit, rules):
    best = explain_count(model, seen).matches[0]
    assert (best.quantity, best.value, best.fit) == (quantity, value, fit)
    assert [rule.name for rule in best.rules] == rules


@pytest.mark.parametrize(
    ("model", "seen"),
    [
        ("resnet50", "8.21 GFLOPs"), ("resnet50", "8.2120e+09"), ("resnet50", "24.64G"), ("resnet50", "53,120"),
        ("resnet18", "11.2M"), ("resnet50", "3.64G"), ("resnet101", "7.34G"), ("resnet50", "4.12 GMACs"),
    ],
)  # fmt: skip
def test_what_only_chance_would_explain_is_not_explained(model, seen):
    explanation = explain_count(model, seen)
    assert explanation.matches == ()
    assert explanation.sentence.startswith(f"No rule of ours gives {seen} for {model}")


def first_digits(count, digits):
    """`count` cut, not rounded: (number in steps of the last digit, that step)."""
    step = 10 ** (len(str(count)) - digits)
    return count // step, step


def counts_of(name):
    trace = walk_spec(name)
    return {"parameters": trace.total_params, "MACs": trace.total_macs, "FLOPs": 2 * trace.total_macs}


def test_our_own_counts_cut_to_a_few_digits_are_read_as_such():
    tried, wrong = 0, []
    for name in list_models():
        for unit, count in counts_of(name).items():
            for digits in (2, 3, 4):
                number, step = first_digits(count, digits)
                best = explain_count(name, f"{number}e{len(str(step)) - 1} {unit}").matches[0]
                tried += 1
                wrong += [(name, number)] if best.rules or best.value != count else []
    assert tried > 400
    assert wrong == []


@pytest.mark.slow
def test_numbers_near_the_truth_are_hardly_ever_explained_by_rules():
    explained = tried = 0
    for name, unit in product(("resnet18", "cifar_resnet20"), ("parameters", "FLOPs")):
        number, step = first_digits(counts_of(name)[unit], 3)
        for near in range(round(number * 0.9), round(number * 1.1)):
            matches = explain_count(name, f"{near * step / 1e6}M {unit}").matches
            tried += 1
            explained += bool(matches and matches[0].rules)
    assert tried > 100
    assert 0 < explained <= 0.05 * tried


def test_an_explanation_says_how_strong_it_is():
    assert explain_count("resnet50", "25.6M").matches[0].strength == ""
    weak = explain_count("resnet50", "3.8 GFLOPs")
    assert weak.matches[0].strength == "By chance, one number in 4 as precise and near it would fit a rule of ours too."
    assert weak.sentence.endswith(weak.matches[0].strength)
    assert "Hardly by chance" in explain_count("resnet50", "25,636,712").sentence


@pytest.mark.parametrize(
    ("seen", "numbers", "unit"),
    [
        ("97.8 MB", 25_610_205, "MiB of 1,024² bytes"),  # torchvision's download: 102,530,333 bytes
        ("102 MB", 25_610_205, "MB of 1,000² bytes"),
        ("97.5 MiB", 25_557_032, "MiB of 1,024² bytes"),
    ],
)
def test_the_size_of_a_file_is_recognised(seen, numbers, unit):
    explanation = explain_count("resnet50", seen)
    assert (explanation.files[0].numbers, explanation.files[0].unit) == (numbers, unit)
    assert f"{4 * numbers:,} bytes" in explanation.sentence


def test_another_size_of_a_file_is_not():
    assert explain_count("resnet50", "50 MB").sentence.startswith("No rule of ours gives 50 MB")


@pytest.mark.parametrize(("written", "meant"), [("ResNet-50", "resnet50"), ("resnet110", "cifar_resnet110")])
def test_a_networks_name_may_be_written_as_papers_do(written, meant):
    assert explain_count(written, "1").model == meant


def test_the_picture_size_is_a_rule_and_an_argument():
    at_256 = explain_count("resnet50", "5.34G")
    assert [rule.name for rule in at_256.matches[0].rules] == ["size=256"]
    assert explain_count("resnet50", "5.34G", input_size=(256, 256)).matches[0].rules == ()


def test_the_state_dict_rule_counts_what_pytorch_stores():
    stored = sum(tensor.numel() for tensor in torchvision.models.resnet50().state_dict().values())
    assert [rule.name for rule in explain_count("resnet50", stored).matches[0].rules] == ["state_dict"]


@pytest.mark.parametrize("name", ["resnet50", "seresnet50", "resnest14d", "skresnet50", "d2l_resnext", "resnet50_v2"])
@pytest.mark.parametrize("changes", [{}, {"num_classes": 10}, {"shortcut": "none"}])
def test_the_parts_add_up_to_what_pytorch_builds(name, changes):
    count = sum(p.numel() for p in build_model(name, device="meta", **changes).parameters())
    matches = explain_count(name, count).matches
    assert (matches[0].quantity, matches[0].value, matches[0].fit) == ("parameters", count, "exact")


def test_the_sentence_names_rule_and_difference():
    sentence = explain_count("resnet50", "25,636,712").sentence
    assert sentence.startswith("25,636,712 parameters exactly: Keras' total")
    assert "(+79,680)" in sentence
    assert "says FLOPs and counts multiply-adds" in explain_count("resnet50", "4.1 GFLOPs").sentence


def test_a_number_of_another_variant_is_sent_there():
    explanation = explain_count("resnet50", "25,549,352")
    assert explanation.matches == ()
    assert "resnet50_v2" in explanation.sentence


def test_it_says_politely_that_no_rule_gives_a_number():
    explanation = explain_count("resnet18", 123_457)
    assert explanation.matches == ()
    assert explanation.sentence.startswith("No rule of ours gives 123457 for resnet18.")


def test_it_is_deterministic():
    assert explain_count("resnet50", "3.8 GFLOPs") == explain_count("resnet50", "3.8 GFLOPs")


@pytest.mark.parametrize("nonsense", ["", "abc", "-3", "0", "1.2.3M", "M", "NaN", "4.1 GB/s"])
def test_nonsense_is_answered_with_an_example(nonsense):
    with pytest.raises(InvalidSpecError, match=r"25,636,712 or 25\.6M"):
        explain_count("resnet50", nonsense)


def test_an_unknown_model_is_named():
    with pytest.raises(UnknownModelError, match="resnet50"):
        explain_count("resnet5O", "25.6M")


@pytest.mark.parametrize(
    ("text", "value", "step", "unit"),
    [
        ("25,636,712", 25_636_712, 1, None),
        ("25 636 712", 25_636_712, 1, None),
        ("25_636_712", 25_636_712, 1, None),
        ("25636712 params", 25_636_712, 1, "parameters"),
        ("25.6M", 25_600_000, 100_000, None),
        ("25,6 M parameters", 25_600_000, 100_000, "parameters"),
        ("25.557 million", 25_557_000, 1_000, None),
        ("4.1 GFLOPs", 4_100_000_000, 100_000_000, "FLOPs"),
        ("3.8e9", 3_800_000_000, 100_000_000, None),
        ("3.8 billion multiply-adds", 3_800_000_000, 100_000_000, "MACs"),
        ("3,800,000,000", 3_800_000_000, 100_000_000, None),
        ("4089 MMACs", 4_089_000_000, 1_000_000, "MACs"),
        ("3.8 × 10^9", 3_800_000_000, 100_000_000, None),
        ("3.8×10⁹ FLOPs", 3_800_000_000, 100_000_000, "FLOPs"),
        ("3.8 x 10^9", 3_800_000_000, 100_000_000, None),
        ("~25.6M", 25_600_000, 100_000, None),
        ("25.6M params.", 25_600_000, 100_000, "parameters"),
        ("25.557.032", 25_557_032, 1, None),
        ("97.8 MB", 97_800_000, 100_000, "MB"),
    ],
)
def test_counts_are_read_as_people_write_them(text, value, step, unit):
    count = read_count(text)
    assert (count.value, count.step, count.unit) == (value, step, unit)


def test_every_count_that_the_paper_prints_is_explained():
    explained = {row.printed: explanation for row, explanation in explain_published()}
    assert explained.pop("VGG-19") is None
    assert all(explanation.matches for explanation in explained.values())
    stride = {name: [rule.name for rule in explained[name].matches[0].rules] for name in ("50-layer", "152-layer")}
    assert stride == {"50-layer": ["stride_on=1x1"], "152-layer": ["stride_on=1x1"]}


@pytest.mark.parametrize(
    ("seen", "write"),
    [("8.2", "8.2M"), ("25.6", "25.6M"), ("12,34", "12,34M"), ("1,5 FLOPs", "1,5M"), ("98.77", "98.77M")],
)
def test_a_number_whose_unit_stood_elsewhere_is_asked_for_it(seen, write):
    with pytest.raises(InvalidSpecError, match=rf"is no whole number: a letter such as M or G .*Write {write} for"):
        explain_count("resnet50", seen)
