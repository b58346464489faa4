"""A reader's repair of document 000's listing: what it still does is seen, one symptom a defect, until none is left."""

import pytest

import resnet_core as rc
from resnet_core.models.listings.defects import defects_in
from resnet_core.models.listings.documents import document_lines

REPAIRS = {
    "max_pool_padding": (("MaxPool2d(3, stride=2)", "MaxPool2d(3, stride=2, padding=1)"),),
    "detached_shortcut": (("x.detach().clone()", "x"),),
    "stem_without_relu": (("nn.BatchNorm2d(64),", "nn.BatchNorm2d(64), nn.ReLU(),"),),
    "idle_stem_bias": (("stride=2, padding=3)", "stride=2, padding=3, bias=False)"),),
    "ignored_block": (
        ("            Bottleneck(", "            block("),
        ("4 * block_channels", "block.expansion * block_channels"),
        ("block_channels * 4", "block_channels * block.expansion"),
    ),
    "fixed_classifier": (("Linear(2048,", "Linear(512 * block.expansion,"),),
}
SYMPTOMS = {
    "max_pool_padding": "The first stage is 55×55 pixels, the paper's 56×56.",
    "detached_shortcut": "Of a gradient of 1 behind an addition 0 comes back past the branch.",
    "stem_without_relu": "Negative values leave the stem",
    "idle_stem_bias": "64 parameters in front of a batch norm can never change an output.",
    "ignored_block": "it builds another one.",
    "fixed_classifier": "does not run: classifiers.2, a Linear that takes 2,048 features, was given 512: (1, 512).",
}


def listing(*repaired):
    """(Bottleneck, ResNet) of the document's code with some of its defects repaired."""
    code = "\n".join(line.text for line in document_lines("000"))
    for name in repaired:
        for before, after in REPAIRS[name]:
            assert before in code
            code = code.replace(before, after)
    made = {}
    exec(code, made)
    return made["Bottleneck"], made["ResNet"]


def test_each_defect_has_its_repair_and_its_symptom():
    assert REPAIRS.keys() == SYMPTOMS.keys() == {one.name for one in defects_in("000")}


def test_as_published_nothing_is_repaired():
    verdict = rc.check("blog-repair", listing())
    assert verdict.state == "not yet"
    assert "0 of 6 repaired" in verdict.text


def test_wholly_repaired_it_is_as_large_as_torchvisions():
    verdict = rc.check("blog-repair", listing(*REPAIRS))
    assert verdict.state == "right"
    assert "It has 25,557,032 parameters; torchvision's ResNet-50 has 25,557,032." in verdict.text


@pytest.mark.slow
@pytest.mark.parametrize("left", REPAIRS)
def test_the_one_that_is_left_is_seen_by_what_it_does(left):
    verdict = rc.check("blog-repair", listing(*(REPAIRS.keys() - {left})))
    assert verdict.state == "not yet"
    assert SYMPTOMS[left] in verdict.text
    hidden = left == "ignored_block"  # without it nobody sees whether basic blocks fit the classifier
    assert f"{4 if hidden else 5} of 6 repaired" in verdict.text
    assert not [other for other, symptom in SYMPTOMS.items() if other != left and symptom in verdict.text]


@pytest.mark.parametrize("answer", [None, 3, (1, 2, 3)])
def test_what_is_no_pair_of_classes_is_refused(answer):
    assert "Give both classes" in rc.check("blog-repair", answer).text


def test_a_broken_copy_says_why():
    block, network = listing()
    broken = type("Broken", (network,), {"forward": lambda self, x: self.nothing})
    assert "ResNet-50 does not run any more" in rc.check("blog-repair", (block, broken)).text
