"""Two questions and any number of students, for the tests of rooms."""

from pages.lesson.question import Question

CHOICE = Question("why", "Will it catch up?", options=("yes", "no"), right="no", rounds=2)
NUMBER = Question("wrong", "How many of 100?", right=77.1, slack=5, unit="%")


def someone(number):
    """A participant's random number."""
    return f"{number:032x}"
