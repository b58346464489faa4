"""Questions as data: what is an answer, and which is right."""

import pytest

from pages.lesson.question import Question

CHOICE = Question("gap", "Is the gap gone?", ("yes", "no"), "no")
NUMBER = Question("wrong", "How many of 100 digits are wrong?", right=77.1, slack=5)


@pytest.mark.parametrize(
    ("question", "answer", "accepted"),
    [
        (CHOICE, "yes", True), (CHOICE, "perhaps", False), (CHOICE, "", False),
        (NUMBER, "0", True), (NUMBER, "100", True), (NUMBER, "100.1", False), (NUMBER, "-1", False),
        (NUMBER, "nan", False), (NUMBER, "inf", False), (NUMBER, "many", False),
    ],
)  # fmt: skip
def test_what_can_be_an_answer(question, answer, accepted):
    assert question.accepts(answer) is accepted


def test_the_right_one_is_judged_by_the_measurement_that_is_given():
    assert CHOICE.is_right("no")
    assert CHOICE.is_right("yes") is False
    assert NUMBER.is_right("80")
    assert NUMBER.is_right("70") is False
    assert NUMBER.is_right("70", 68.0), "this class's own race counts"
    assert Question("race", "Which?", ("a", "b")).is_right("a") is None, "nobody knows yet"
