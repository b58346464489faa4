"""The lesson as data: its clock, its questions, and its numbers against their sources."""

import json
import re
import sys
from statistics import median

import pytest

import resnet_core as rc
from pages.lesson.numbers import RECORDED, TICKET, lesion_costs, numbers, recorded
from pages.lesson.place import moved
from pages.lesson.steps import FORMS, all_steps, frame, steps_of
from resnet_core.anatomy.exercises.exercise import is_right
from resnet_core.anatomy.exercises.layers import make_exercises
from resnet_core.anatomy.papers.published import TABLE_6

KEYS = [
    "start", "degradation", "race", "shallow", "forgetting", "detached", "split", "copy", "lesions", "price",
    "bottleneck", "ticket",
]  # fmt: skip


@pytest.mark.parametrize(("form", "end"), [("45 minutes", 45), ("20 minutes", 20)])
def test_the_steps_fill_the_lesson_without_a_gap(form, end):
    times = [step.time(form) for step in steps_of(form)]
    assert [begin for begin, _ in times] == [0, *(stop for _, stop in times[:-1])]
    assert times[-1][1] == end
    assert all(stop - begin >= 2 for begin, stop in times)


def test_keys_never_change_for_links_and_rooms_hold_them():
    assert [step.key for step in all_steps()] == KEYS
    assert [step.key for step in steps_of(FORMS[1])] == ["start", "degradation", "race", "detached", "price", "ticket"]


@pytest.mark.parametrize("step", all_steps(), ids=KEYS)
def test_a_question_has_a_right_answer_that_it_accepts_and_typical_wrong_ones(step):
    right = step.question.right
    assert step.question.accepts(str(right))
    assert step.question.is_right(str(right))
    assert len(step.wrong) >= 2
    if step.question.options:
        assert all(said in step.question.options and said != right for said, _ in step.wrong)
    assert len(step.question.ask) < 165, "more than three lines on the wall"
    assert "$" not in step.see + step.say + step.notes


def test_five_objectives_a_claim_and_homework_stand_around_the_steps():
    assert len(frame().objectives) == 5
    assert frame().claim_right == "false"
    assert f"{TABLE_6[-1].top1:g}" in frame().homework.replace("\u00a0", " ")


def test_the_exit_ticket_has_one_right_shape_and_it_is_the_pages_own():
    network, number = TICKET
    exercise = make_exercises(rc.trace_model(network), number)[0]
    ticket = all_steps()[-1]
    asked = " ".join(ticket.question.ask.split())
    said = re.search(r"gets (.*) and has (\d+) filters, stride (\d) and padding (\d)\.", exercise.question).groups()
    assert asked.startswith("{}, channels first, meets {} filters of 3×3, stride {}, padding {}.".format(*said))
    assert "a 3×3 convolution" in exercise.question
    assert [option for option in ticket.question.options if is_right(exercise, option)] == [ticket.question.right]
    assert ticket.query | {"model": network, "set": str(number), "question": "1"} == ticket.query


def test_lesions_are_read_as_the_package_reads_them():
    found = rc.theory.recorded_lesions("cifar_resnet56")
    assert lesion_costs() == pytest.approx(list(found.costs().values()))
    assert max(lesion_costs()) == lesion_costs()[0]  # "the first one"
    shallow = list(rc.theory.recorded_lesions("cifar_resnet20").costs().values())
    assert median(shallow) > 5 * median(lesion_costs())  # "at 20 layers every block is needed"
    assert min(shallow) > 3


def test_counts_are_those_of_the_script():
    known = {"projections": "173,824", "bottleneck": "69,632", "bottleneck_share": "5.9", "unsqueezed": "720,896"}
    assert {name: numbers()[name] for name in known} == known
    trainings = {"train_plain20": "10.4", "train_plain56": "17.3", "train_resnet20": "7.5", "train_resnet56": "4.4"}
    assert {name: numbers()[name] for name in trainings} == trainings


def test_what_the_answers_claim_is_in_the_recorded_races():
    ends = recorded()["ends"]
    assert min(ends["deep"]["plain"]) > 4 * max(ends["deep"]["copy"])  # "if each layer begins as a copy"
    assert max(ends["deep"]["residual"]) < 10
    shallow = zip(ends["shallow"]["plain"], ends["shallow"]["residual"], strict=True)
    assert all(plain > residual for plain, residual in shallow)  # "in each recorded race the plain one has more"
    assert max(ends["shallow"]["plain"]) < min(ends["deep"]["plain"]) / 4  # "smaller, but still there"
    assert min(ends["bare"]["plain"]) > 4 * max(ends["bare"]["residual"])
    assert numbers()["deep_plain"] == f"{median(ends['deep']['plain']):.0f}"


def test_the_lessons_numbers_need_no_pytorch(fresh_python):
    code = "import sys; from pages.lesson.steps import all_steps; print(len(all_steps()), 'torch' in sys.modules)"
    assert fresh_python(code).split() == ["12", "False"]


@pytest.fixture(scope="module")
def recorder(root):
    sys.path.insert(0, str(root / "tools"))
    import record_lesson

    yield record_lesson
    sys.path.remove(str(root / "tools"))


def test_the_quick_measurements_come_out_again(recorder):
    found = json.loads(RECORDED.read_text("utf-8"))
    assert recorder.detached() == pytest.approx(found["detached"], rel=0.02)
    for network in recorder.NETWORKS:
        assert recorder.shares(network) == pytest.approx(found["shares"][network], abs=0.05)
    for kind in ("plain", "residual"):
        assert recorder.forgotten(kind) == pytest.approx(found["forgetting"][kind], abs=4)


@pytest.mark.slow
@pytest.mark.parametrize("race", ["deep", "shallow", "bare"])
def test_a_race_ends_near_what_was_recorded(recorder, race):
    """Another machine rounds otherwise, so that a network that hardly learns ends somewhere else: a wide margin."""
    found = {arm: points[-1][1] for arm, points in recorder.race_wrong(race, 0).items()}
    for arm, wrong in recorded()["ends"][race].items():
        assert min(wrong) - 25 < found[arm] < max(wrong) + 25


@pytest.mark.parametrize(
    ("place", "onward", "after"),
    [
        (("a", False), True, ("a", True)),  # the answer
        (("a", True), True, ("b", False)),  # the next question
        (("b", False), False, ("a", True)),  # back to the answer before
        (("a", True), False, ("a", False)),
        (("a", False), False, ("a", False)),  # nothing is before the first
        (("b", True), True, ("b", True)),  # nor after the last
    ],
)
def test_one_press_shows_the_answer_and_the_next_one_goes_on(place, onward, after):
    assert moved(["a", "b"], *place, onward) == after
