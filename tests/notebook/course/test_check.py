"""rc.check: every question knows its answer and its mistakes, however they are written, and tells neither unasked."""

import numpy as np
import pytest
import torch

import resnet_core as rc
from resnet_core.anatomy.exercises.exercise import written_answer
from resnet_core.notebook.course.check import ASKED, LINES

FIXED = {name: exercise for make in ASKED.values() for name, exercise in make(None).items()}


@pytest.mark.parametrize("name", FIXED)
def test_a_question_is_asked_and_its_answer_found_right(name):
    exercise = FIXED[name]
    shown = rc.check(name)
    assert shown.state == "open"
    assert exercise.question in shown.text
    assert exercise.worked not in shown.text
    for answer in exercise.answers:
        assert rc.check(name, answer).state == "right", answer
        assert rc.check(name, written_answer(answer)).state == "right", answer
    assert exercise.worked in rc.check(name, exercise.answers[0]).text


@pytest.mark.parametrize("name", FIXED)
def test_each_known_mistake_is_recognised_and_the_answer_stays_hidden(name):
    for mistake in FIXED[name].mistakes:
        verdict = rc.check(name, mistake.answer)
        assert (verdict.state, verdict.text) == ("not yet", f"Not yet. {mistake.why}")
    said = rc.check(name, "nonsense").text
    assert FIXED[name].hint in said
    assert written_answer(FIXED[name].answers[0]) not in said


def test_no_question_tells_the_answer_of_another_one():
    asked = {name: rc.check(name).text for name in FIXED}
    for name, exercise in FIXED.items():
        if exercise.kind == "choice" or len(written_answer(exercise.answers[0])) < 3:
            continue  # shown among its options; or a small number, whose digits stand anywhere
        others = "".join(text for other, text in asked.items() if other.partition("-")[0] == name.partition("-")[0])
        assert not [answer for answer in exercise.answers if written_answer(answer) in others], name


def test_the_number_by_hand():
    assert rc.check("bottleneck-weights", 256 * 32 + 9 * 32 * 32 + 32 * 256).state == "right"
    assert rc.check("layer-weights", 512 * 512 * 9).state == "right"
    assert rc.check("race-steps", 1500 // 64).state == "right"
    assert rc.check("race-chance", -np.log(0.1)).state == "right"
    assert rc.check("addition-back", 2.0 * (1 - 0.3)).state == "right"
    assert rc.check("depth-paths", 2**9).state == "right"


@pytest.mark.parametrize(
    "answer", [25_600.0, np.int64(25_600), torch.tensor(25_600), np.float64(25_600), "25,600", "25 600"]
)
def test_a_count_may_be_any_kind_of_number(answer):
    assert rc.check("bottleneck-weights", answer).state == "right"


@pytest.mark.parametrize("answer", [torch.Size([1, 64, 56, 56]), (64, 56, 56), [64, 56, 56], "64x56x56"])
def test_a_shape_may_be_given_as_pytorch_has_it(answer):
    assert rc.check("layer-shape", answer).state == "right"


def test_a_choice_is_answered_by_its_letter():
    shown = rc.check("race-overfitting").text
    letter = next(line[0] for line in shown.splitlines() if line.endswith("its training loss is the higher one"))
    states = {one: rc.check("race-overfitting", one).state for one in "abc"}
    assert states == dict.fromkeys("abc", "not yet") | {letter: "right"}
    assert rc.check("race-overfitting", f"{letter.upper()})").state == "right"


def test_what_a_reader_measured_can_be_asked_about():
    metrics = [
        rc.EpochMetrics(
            arm=arm, epoch=1, step=23, train_loss=1.0, train_error=0.5, validation_loss=1.0,
            validation_error=wrong, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0, gradient_norms=(),
            activation_scales=(),
        )
        for arm, wrong in (("plain", 0.5), ("residual", 0.1))
    ]  # fmt: skip
    assert "50.0 % of 297" in rc.check("race-count", about=metrics).text
    assert rc.check("race-count", round(0.5 * 297), about=metrics).state == "right"
    with pytest.raises(rc.InvalidSpecError, match="about="):
        rc.check("race-count", 1)


def test_an_unknown_name_is_refused_with_those_that_there_are():
    for name in ("bottleneck-wieghts", "nonsense", ""):
        with pytest.raises(rc.InvalidSpecError, match=r"There is no question .*blog-repair"):
            rc.check(name)


def test_a_verdict_shows_itself_and_runs_nothing_of_an_answer():
    from resnet_core.notebook.course.task import Verdict

    verdict = Verdict("not yet", "Not yet. <script>\nno")
    assert repr(verdict) == "✗ Not yet. <script>\nno"
    assert "&lt;script&gt;<br>no" in verdict._repr_html_()


@pytest.mark.parametrize("name", LINES)
def test_lines_are_judged_one_by_one(name):
    from resnet_core.models.listings.defects import defects_in
    from resnet_core.models.listings.documents import document_lines

    defects = defects_in(LINES[name])
    fine = next(
        line.number for line in document_lines(LINES[name])
        if all(line.number not in (one.line, *one.also) for one in defects)
    )  # fmt: skip
    assert rc.check(name, [one.line for one in defects]).state == "right"
    verdict = rc.check(name, [fine, defects[0].line])
    assert f"1 of {len(defects)} found" in verdict.text
    assert f"Line {fine}: nothing is known" in verdict.text
    assert defects[0].effect in verdict.text
    assert not [one for one in defects[1:] if one.effect in verdict.text]
    assert rc.check(name, fine).state == "not yet"
    assert "Give the numbers of lines" in rc.check(name, [9999]).text
    assert "Give the numbers of lines" in rc.check(name, 2.5).text
