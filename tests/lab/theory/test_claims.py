import re

import pytest

from resnet_core.lab.theory.claims import CLAIMS
from resnet_core.lab.theory.judgement import ANSWERS
from resnet_core.lab.theory.refutation import CURES

EXPECTED = {
    "at least as good": ("depends", "2.30"),
    "no extra cost": ("depends", "+173,824"),
    "memory": ("depends", "143.7 M"),
    "sensitive": ("false", "-1.00"),
    "zero is easier": ("depends", "by 0 and"),
    "5.9 %": ("true", "69,632"),
    "three quarters unread": ("true", "75 %"),
    "ResNet-C": ("false", "4.329 G"),
    "ResNeSt": ("false", "5.371 G"),
    "gradients": ("false", "2,431"),
    "64 filters": ("depends", "256"),
    "halve and double": ("true", "115,605,504"),
    "blocks can go": ("depends", "1.5 points"),
    "can fit both": ("depends", "32 hidden units"),
    "fewer filters": ("depends", "8,512 filters against VGG-19's 5,504"),
    "18 % of VGG-19": ("true", "18.7 %"),
    "each pixel alike": ("true", "64 of 14×14"),
    "one ReLU or two": ("true", "has 1, a bottleneck 2"),
    "add or concatenate": ("depends", "adds 32 paths"),
    "GoogLeNet's stem": ("true", "(64, 56, 56)"),
    "easier than GoogLeNet": ("depends", "plain18"),
    "cardinality": ("depends", "82.83 % at 16.4 G"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_each_claim_is_judged_by_a_measurement(name):
    found = CLAIMS[name].judge()
    answer, number = EXPECTED[name]
    assert found.answer == answer
    assert number in found.sentence
    assert found.answer in ANSWERS


def test_a_quote_in_another_language_has_a_translation():
    assert set(EXPECTED) == set(CLAIMS)
    assert len(CLAIMS) >= 12
    for claim in CLAIMS.values():
        assert claim.translation or claim.quote.isascii()


def test_pages_and_readme_count_claims_cures_and_experiments_as_they_are(root):
    in_words = {9: "nine", 13: "thirteen", 22: "twenty-two"}
    files = ("pages/why.py", "README.md", "pages/theory/cures.py")
    said = {name: (root / name).read_text("utf-8").lower() for name in files}
    assert f'"{in_words[len(CLAIMS)]} of them, each judged by numbers."' in said["pages/why.py"]
    assert f'"{in_words[len(CURES)]} ways to train it."' in said["pages/why.py"]
    assert f"of {in_words[len(CURES)]} ways" in said["pages/theory/cures.py"]
    assert f"{in_words[len(CURES)]} settings" in (root / "assets/prose/why_cures.md").read_text("utf-8")
    views = re.findall(r"\"(\w+)\", \"[^\"]+\?\"", (root / "pages/why.py").read_text("utf-8"))
    assert len(views) == 11
    experiments = in_words[len(set(views) - {"Claims", "Open"})]
    assert f"{experiments} experiments" in said["README.md"]
    assert f"{in_words[len(CLAIMS)]} sentences judged" in said["README.md"]
