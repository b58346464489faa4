import pytest

import resnet_core as rc
from resnet_core.anatomy.exercises.layers import make_exercises


def answered(app, text):
    return next(field for field in app.text_input if field.label == "Your answer").set_value(text).run()


def test_a_right_answer_is_explained_and_counts(open_page, words):
    app = open_page("architecture", below="Check yourself", model="resnet18", question="2")
    exercise = make_exercises(rc.walk_spec("resnet18"), 1)[1]
    assert exercise.question in words(app)
    answered(app, f"{exercise.answers[0]:,}")
    assert exercise.worked in app.success[0].value
    assert "1 of 1 questions that you tried in this visit are solved" in words(app)


def test_a_wrong_answer_gets_the_hint_and_a_shown_answer_does_not_count(open_page, words):
    app = answered(open_page("architecture", below="Check yourself", model="resnet18", question="2"), "7")
    exercise = make_exercises(rc.walk_spec("resnet18"), 1)[1]
    assert exercise.hint in app.error[0].value
    next(button for button in app.button if button.label == "Show the answer").click().run()
    assert exercise.worked in app.info[0].value
    answered(app, str(exercise.answers[0]))
    assert "0 of 1 questions that you tried in this visit are solved" in words(app)


@pytest.mark.parametrize("question", ["1", "2"])
def test_an_answer_of_too_many_digits_is_wrong_and_no_fault(open_page, question):
    app = answered(open_page("architecture", below="Check yourself", model="resnet18", question=question), "9" * 5000)
    assert not app.exception
    assert "Not yet" in app.error[0].value
