import pytest

import resnet_core as rc
from pages.lesson import check
from resnet_core.anatomy.exercises.exercise import Exercise, Mistake, written_answer
from resnet_core.anatomy.exercises.runs import race_exercises


def opened(open_page, page, name, **query):
    app = open_page(page, **query)
    assert not any(field.label == "Your answer" for field in app.text_input)
    app.session_state[f"check_{name}"] = True
    return app.run()


def answer(app, text):
    return next(field for field in app.text_input if field.label == "Your answer").set_value(text).run()


def test_the_bottleneck_on_screen_is_asked_about_and_the_usual_mistake_is_named(open_page, words):
    app = opened(open_page, "bottleneck", "Bottleneck", width="128")
    assert "Another one: 1×1 from 256 to 64 channels" in words(app)
    other = rc.compare_bottleneck(256, 64, 1, 28)
    answer(app, str(other.macs("bottleneck")))
    assert app.error[0].value == "Not yet. That is MACs, not weights."
    assert "0 of 1 questions that you tried in this visit are solved." in words(app)
    answer(app, str(other.bottleneck_params))
    assert "1 of 1 questions that you tried in this visit are solved." in words(app)
    assert [button.label for button in app.get("download_button") if button.label == "CSV"] == ["CSV"]


def test_the_score_goes_along_to_the_next_page_and_a_choice_explains_itself(open_page, words):
    app = opened(open_page, "bottleneck", "Bottleneck")
    answer(app, str(rc.compare_bottleneck(256, 32).bottleneck_params))
    app.switch_page("pages/variants.py").run()
    app.session_state["check_Variants"] = True
    app.run()
    app.button_group(key="question_Variants").set_value(4).run()
    box = next(radio for radio in app.radio if radio.label == "Your answer")
    assert box.options == sorted(box.options)
    box.set_value("nothing").run()
    assert "side by side" in app.error[0].value
    assert "1 of 2 questions" in words(app)


@pytest.mark.parametrize(
    ("page", "name", "asked"),
    [
        ("build", "Build", "which number would stand in the network's name?"),
        ("shortcut", "Shortcut", "What leaves the block, behind the addition and its ReLU?"),
        ("why", "Why", "what is dL/dx?"),
        ("classify", "Classify", "How many numbers are that?"),
    ],
)
def test_each_page_asks_about_what_is_on_it(open_page, words, page, name, asked):
    app = opened(open_page, page, name, **({"sample": "car", "weights": "cifar_resnet20"} if page != "why" else {}))
    assert not app.exception
    assert asked in words(app)


def test_sizes_of_a_race_are_those_of_its_digits():
    from pages.lesson.asked import SIZES
    from resnet_core.lab.data.sets import load_data

    data = load_data("digits")
    assert SIZES["digits"] == (len(data.train_labels), len(data.validation_labels))
    asked = race_exercises({"plain": 0.5, "residual": 0.25}, *SIZES["digits"], 64)
    assert "The plain network answers 50.0 % of 297" in asked[0].question


def test_a_race_that_has_ended_is_asked_about():
    from pages.lesson.asked import of_a_race
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

    ended = RunSnapshot(id="a", request=RunRequest(config=RACE), state="stopped")
    assert "How many steps has one pass?" in of_a_race(ended)[0].question
    elsewhere = RunSnapshot(id="b", request=RunRequest(config=RACE.override(data="folder")), state="finished")
    assert of_a_race(elsewhere) == ()


@pytest.fixture
def session(monkeypatch):
    state = {}
    monkeypatch.setattr(check.st, "session_state", state)
    return state


def test_the_last_answer_counts_and_what_is_solved_stays_solved(session):
    one = Exercise(
        question="2 + 2?", kind="count", answers=(4,), hint="", worked="", mistakes=(Mistake(answer=22, why="Add."),)
    )
    check._keep("P", one, "22", "not yet")
    check._keep("P", one, "22", "not yet")
    check._keep("P", one, "4", "right")
    check._keep("P", one, "5", "not yet")
    (kept,) = session["_answered"].values()
    assert (kept.given, kept.tries, kept.state, kept.answer) == ("4", 2, "right", written_answer(4))


def test_an_answer_that_was_shown_first_earns_no_point(session):
    one = Exercise(question="2 + 2?", kind="count", answers=(4,), hint="", worked="")
    check._keep("P", one, "5", "not yet")
    check._keep("P", one, "5", "shown")
    check._keep("P", one, "4", "shown")
    (kept,) = session["_answered"].values()
    assert (kept.given, kept.state) == ("4", "shown")
