import pytest

import resnet_core as rc
from resnet_core.anatomy.exercises.exercise import Exercise, hint_for, is_right
from resnet_core.anatomy.exercises.layers import make_exercises


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet152", "plain34", "cifar_resnet20", "resnext50_32x4d", "resnest50d"]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_worked_answer_is_accepted_and_holds_the_result(name, seed):
    for exercise in make_exercises(rc.walk_spec(name), seed):
        right = exercise.answers[0]
        assert is_right(exercise, "x".join(map(str, right)) if isinstance(right, tuple) else str(right))
        shown = (
            f"{right:,}"
            if isinstance(right, int)
            else " × ".join(map(str, right))
            if isinstance(right, tuple)
            else right
        )
        assert shown in exercise.worked
        assert not is_right(exercise, "7")
        assert not is_right(exercise, "no idea")
        assert not is_right(exercise, "")


SHAPE = Exercise(question="", kind="shape", answers=((128, 28, 28),), hint="", worked="")
COUNT = Exercise(question="", kind="count", answers=(147_456,), hint="", worked="")
BLOCK = Exercise(question="", kind="block", answers=("layer2.0",), hint="", worked="")


@pytest.mark.parametrize("given", ["128x28x28", "(1, 128, 28, 28)", "[128, 28, 28]", "128 × 28 × 28", "128 28 28"])
def test_a_shape_may_be_written_in_many_ways(given):
    assert is_right(SHAPE, given)


@pytest.mark.parametrize("given", ["147456", "147,456", "147 456", "147.456k", "147k", "0.147M"])
def test_a_count_may_be_rounded_to_three_digits(given):
    assert is_right(COUNT, given)


@pytest.mark.parametrize("given", ["150k", "0.15M", "147457", "148k", "-147456", "many"])
def test_another_count_is_wrong(given):
    assert not is_right(COUNT, given)


@pytest.mark.parametrize("given", ["layer2.0", "Layer2.0 ", "layer2.0."])
def test_a_block_is_named_by_its_path(given):
    assert is_right(BLOCK, given)
    assert not is_right(BLOCK, "layer2.1")


def test_a_plain_network_has_no_question_about_shortcuts():
    kinds = [exercise.kind for exercise in make_exercises(rc.walk_spec("plain34"), count=9)]
    assert "block" not in kinds


def test_every_block_that_changes_the_shape_is_right():
    question = next(e for e in make_exercises(rc.walk_spec("resnet50")) if e.kind == "block")
    assert question.answers == ("layer1.0", "layer2.0", "layer3.0", "layer4.0")


def test_the_same_seed_gives_the_same_questions():
    trace = rc.walk_spec("resnet50")
    assert make_exercises(trace, 3) == make_exercises(trace, 3)
    assert make_exercises(trace, 3) != make_exercises(trace, 4)


@pytest.mark.parametrize("given", ["9" * 5000, "28x28x" + "1" * 5000, "²" * 50])
def test_an_answer_of_thousands_of_digits_is_wrong_and_no_error(given):
    """Python refuses to read more than 4,300 digits as one number."""
    for exercise in make_exercises(rc.walk_spec("resnet50"), count=9):
        assert not is_right(exercise, given)


@pytest.mark.parametrize(("given", "said"), [
    ("28, 28, 128", "TensorFlow's order"), ("1x28x28x128", "TensorFlow's order"), ("28x128x28", "channels first"),
    ("128", "3 numbers"), ("28x28", "3 numbers"),
    ("128x14x14", "the stride"), ("banana", "the stride"),
])  # fmt: skip
def test_the_hint_for_a_shape_sees_what_is_right_in_it(given, said):
    shape = Exercise(question="", kind="shape", answers=((128, 28, 28),), hint="Mind the stride.", worked="")
    assert not is_right(shape, given)
    assert said in hint_for(shape, given).replace("Mind the", "the")
    assert ("channels first" in hint_for(shape, given)) == (said in ("channels first", "TensorFlow's order"))
    assert hint_for(BLOCK, given) == BLOCK.hint


@pytest.mark.parametrize("name", ["resnet50", "resnet18", "cifar_resnet20"])
def test_a_question_gives_no_answer_away(name):
    """What it names as an example of a block's path is none of its answers."""
    question = next(e for e in make_exercises(rc.walk_spec(name)) if e.kind == "block")
    assert not any(answer in question.question for answer in question.answers)
