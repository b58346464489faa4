import pytest

from pages.lesson.question import Question
from pages.room.judging import bars, choices, how_many_right, number, right_stretch, verdict
from tests.pages.room.asked import CHOICE, NUMBER


def test_a_choice_is_judged_by_what_was_measured():
    assert how_many_right(CHOICE, {"yes": 13, "no": 31}, "no", by_hands=False) == 31
    assert how_many_right(CHOICE, {"yes": 13, "no": 31}, "yes", by_hands=False) == 13


def test_a_number_is_right_within_its_slack():
    given = {"72.1": 1, "72": 2, "82": 4, "82.2": 8, "77.1": 16}
    assert how_many_right(NUMBER, given, 77.1, by_hands=False) == 1 + 4 + 16


@pytest.mark.parametrize(
    ("rounds", "measured", "sentence"),
    [
        (({"no": 31, "yes": 13},), "no", "31 of 44 of you were right. Right: no."),
        (({"no": 1}, {"no": 3}), "no", "3 of 3 of you were right; before you talked it was 1 of 1. Right: no."),
        (({}, {"no": 3}), "no", "3 of 3 of you were right. Right: no."),
        (({},), "no", "Nobody has answered. Right: no."),
        (({"no": 4},), None, "4 have answered. Nobody knows yet who is right."),
    ],
)  # fmt: skip
def test_the_class_hears_how_many_were_right(rounds, measured, sentence):
    assert verdict(CHOICE, rounds, measured, by_hands=False) == sentence


def test_numbers_are_shown_in_ten_stretches_and_each_answer_lies_in_one():
    shown = bars(NUMBER, ({"0": 1, "9.99": 1, "10": 1, "77": 5, "100": 2},), 77.1, by_hands=False)
    assert [bar.counts[0] for bar in shown] == [2, 1, 0, 0, 0, 0, 0, 5, 0, 2]
    assert [bar.label for bar in shown if bar.right] == ["70 to 80\u00a0%"]


def test_hands_go_up_for_options_or_for_four_stretches_of_a_number():
    assert choices(CHOICE) == ("yes", "no")
    assert choices(NUMBER) == ("0 to 25\u00a0%", "25 to 50\u00a0%", "50 to 75\u00a0%", "75 to 100\u00a0%")
    assert right_stretch(NUMBER, 77.1) == "75 to 100\u00a0%"
    assert right_stretch(NUMBER, 100.0) == "75 to 100\u00a0%"
    assert right_stretch(NUMBER, 75.0) == "75 to 100\u00a0%"
    given = {"50 to 75\u00a0%": 9, "75 to 100\u00a0%": 20}
    assert verdict(NUMBER, (given,), 77.1, by_hands=True) == "20 of 29 of you were right. Measured: 77.1\u00a0%."
    assert [bar.counts for bar in bars(NUMBER, (given,), 77.1, by_hands=True)] == [(0,), (0,), (9,), (20,)]


def test_before_the_reveal_no_bar_is_marked():
    assert not any(bar.right for bar in bars(CHOICE, ({"no": 3},), None, by_hands=False))
    assert not any(bar.right for bar in bars(NUMBER, ({"77": 3},), None, by_hands=True))


@pytest.mark.parametrize(("value", "text"), [(77.104, "77.1\u00a0%"), (69632.0, "69,632\u00a0%"), (0.0, "0\u00a0%")])
def test_a_number_is_said_with_three_digits_or_whole(value, text):
    assert number(value, "%") == text
    assert number(value, "") == text.removesuffix("\u00a0%")


def test_a_question_survives_the_file():
    from pages.room.records import from_text, to_text

    for question in (CHOICE, NUMBER, Question("race", "Which?", options=("<b>", "“é”"))):
        assert from_text(to_text(question)) == question
