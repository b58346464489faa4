import pytest

from resnet_core.lab.theory.claims import ANSWERS, CLAIMS

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
