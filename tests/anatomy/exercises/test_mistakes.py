import pytest

import resnet_core as rc
from resnet_core.anatomy.exercises.blocks import addition_exercises, bottleneck_exercises
from resnet_core.anatomy.exercises.exercise import hint_for, is_right, written_answer
from resnet_core.anatomy.exercises.layers import _shape, make_exercises
from resnet_core.anatomy.exercises.networks import depth_exercises, design_exercises, variant_exercises
from resnet_core.anatomy.exercises.runs import head_exercise, photo_exercises, race_exercises
from resnet_core.anatomy.exercises.score import Answered, score_as_csv, score_in_words

SETS = {
    "layers": lambda: make_exercises(rc.walk_spec("resnext50_32x4d"), 1, 9),
    "bottleneck": lambda: bottleneck_exercises(rc.compare_bottleneck(256, 128, 32)),
    "addition": lambda: addition_exercises(0.31, -0.52, -0.3, 2.0),
    "variants": lambda: variant_exercises(["resnet50", "resnet50d", "seresnet50", "resnext50_32x4d"]),
    "design": lambda: design_exercises(rc.get_spec("resnet34")),
    "depth": lambda: depth_exercises(27, 1000, 99, 224, 138),
    "race": lambda: race_exercises({"plain": 0.771, "residual": 0.02}, 1500, 297, 64),
    "photo": lambda: photo_exercises(3, 224, (0.79, 0.042), 7),
    "head": lambda: [head_exercise(512, 3)],
}


@pytest.mark.parametrize("name", SETS)
def test_each_question_takes_its_answer_and_knows_its_mistakes(name):
    for exercise in SETS[name]():
        assert is_right(exercise, written_answer(exercise.answers[0])), exercise
        assert exercise.mistakes, exercise.question
        for mistake in exercise.mistakes:
            given = written_answer(mistake.answer)
            assert not is_right(exercise, given), (exercise.question, given)
            assert hint_for(exercise, given) == mistake.why, (exercise.question, given)
        assert set(exercise.options) >= {*exercise.answers} or not exercise.options


def exercise_on(words, name):
    return next(one for one in SETS[name]() if words in one.question)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("28x28x128", "28×28×128 is TensorFlow's order"), ("128x27x27", "forgot the padding"),
        ("128x56x56", "forgot the stride"), ("64 x 28 x 28", "channels of the input"),
    ],
)  # fmt: skip
def test_the_usual_mistakes_with_a_shape_are_named(given, said):
    """layer2.0.conv1 of resnet18: 3x3, stride 2, padding 1, from 64 channels of 56x56 to 128 of 28x28."""
    trace = rc.walk_spec("resnet18")
    exercise = _shape(trace, next(call for call in trace.calls if call.path == "layer2.0.conv1"))
    assert exercise.answers == ((128, 28, 28),)
    assert said in hint_for(exercise, given)


def test_macs_weights_and_flops_are_told_apart():
    exercise = exercise_on("multiply-adds does a bottleneck", "bottleneck")
    right = exercise.answers[0]
    assert "FLOPs, not MACs" in hint_for(exercise, str(2 * right))
    assert "Those are the weights" in hint_for(exercise, str(rc.compare_bottleneck(256, 64, 32).bottleneck_params))


def test_an_addition_is_worked_out_and_the_forgotten_relu_is_named():
    forward, back = SETS["addition"]()
    assert is_right(forward, "0")
    assert "You forgot the ReLU" in hint_for(forward, "-0.21")
    assert "You forgot the ReLU" in hint_for(forward, "\u22120,21")
    assert is_right(back, "1.4")
    assert "You forgot the 1" in hint_for(back, "-0.6")


def test_the_guess_of_a_race_has_the_natural_logarithm():
    exercise = exercise_on("what is its loss", "race")
    assert is_right(exercise, "2.30")
    assert "base 10" in hint_for(exercise, "1")


def test_wrong_digits_are_counted_not_quoted():
    exercise = exercise_on("The plain network answers", "race")
    assert is_right(exercise, "229")
    assert "That is the percentage" in hint_for(exercise, "77")


def test_the_questions_of_dive_into_deep_learning_that_can_be_computed_are_asked():
    asked = " ".join(one.question for name in ("variants", "depth") for one in SETS[name]())
    assert all(f"exercise {number})" in asked for number in (1, 4, 5, 6))
    assert is_right(exercise_on("ResNeXt splits", "variants"), "4")
    assert exercise_on("second version", "variants").answers == ("batch norm, ReLU, convolution",)


@pytest.mark.parametrize("given", ["9" * 5000, "²", "-", "1e400", "nan", "inf", "0x10", "' OR 1=1"])
def test_what_is_no_number_is_wrong_and_no_error(given):
    for exercises in SETS.values():
        for exercise in exercises():
            assert not is_right(exercise, given)
            assert hint_for(exercise, given)


def test_a_score_is_a_table_that_no_spreadsheet_runs():
    one = Answered(page="Race", question="How many?", given="=HYPERLINK()", tries=2, state="not yet", answer="")
    two = Answered(page="Build", question="Which?", given="-0.3", tries=1, state="right", answer="-0.3")
    assert score_in_words([one, two]).startswith("1 of 2 ")
    lines = score_as_csv([one, two]).splitlines()
    assert lines[0] == "page,question,given,tries,state,answer"
    assert lines[1] == "Race,How many?,'=HYPERLINK(),2,not yet,"
    assert lines[2].endswith("-0.3,1,right,-0.3")


def test_no_question_asks_for_a_number_that_stands_on_its_page():
    shown = rc.compare_bottleneck()
    on_screen = {shown.params(stack) for stack in ("bottleneck", "basic", "equal_cost")}
    on_screen |= {shown.macs(stack) for stack in ("bottleneck", "basic", "equal_cost")}
    assert not any(one.answers[0] in on_screen for one in bottleneck_exercises(shown))
    (larger, *_) = variant_exercises(["resnet50"])
    assert larger.answers == (rc.walk_spec("resnet50", (1, 3, 448, 448)).total_macs,)
    assert is_right(larger, "16.4 G")
    assert "four times as many pixels" in hint_for(larger, "8,178,368,512")
