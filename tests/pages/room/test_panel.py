"""The teacher's panel in Streamlit's harness, on a page of its own."""

from types import SimpleNamespace

import pytest

from pages.lesson.question import Question
from pages.room.records import RoomError
from pages.room.store import rooms as server_rooms
from resnet_core.lab.training.metrics import EpochMetrics
from tests.pages.room.asked import someone


def page(step):
    import streamlit as st

    from pages.lesson.question import Question
    from pages.room.panel import room_bar, room_step

    questions = {
        "why": Question("why", "Will it catch up?", options=("yes", "no"), right="no", rounds=2),
        "share": Question("share", "What share?", right=5.9, unit="%", slack=3),
        "wrong": Question("wrong", "How many of 100?", slack=10),
    }
    room_bar()
    st.session_state.setdefault("step", step)
    shown = st.session_state.get("shown", False)
    room_step(st.session_state.step, questions[st.session_state.step], answer_shown=shown)


@pytest.fixture
def open_lesson(tmp_path, monkeypatch):
    """Opens the page at a step, in a room of its own; with what the room's file says at hand."""
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))

    def run(step="why", room=True):
        app = AppTest.from_function(page, args=(step,), default_timeout=60).run()
        if room:
            app.button(key="room_open").click().run()
        assert not app.exception, app.exception
        return app

    yield run
    server_rooms().shut()


def code_of(app):
    (code,) = [code for code, secret in app.session_state["_rooms"].items() if secret]
    return code


def answer(app, step, *answers, turn=1):
    for number, said in enumerate(answers):
        server_rooms().join(code_of(app), someone(number))
        server_rooms().answer(code_of(app), someone(number), step, turn, said)


def headlines(app):
    return [headline.value.replace("\u00a0", " ") for headline in app.subheader]


def labels(app):
    return [button.label for button in app.button]


def test_without_a_room_there_is_one_button_and_no_step(open_lesson):
    app = open_lesson(room=False)
    assert labels(app) == ["Open a room"]
    assert "no account, no name" in app.caption[0].value
    assert headlines(app) == []


def test_two_rounds_are_counted_revealed_and_judged(open_lesson):
    app = open_lesson()
    assert headlines(app) == ["Nobody has joined yet"]
    answer(app, "why", "no", "yes", "yes")
    assert headlines(app.run()) == ["3 of 3 have answered"]
    assert "Reveal" not in labels(app)
    app.button(key="again_why").click().run()
    assert headlines(app) == ["0 of 3 have answered"]
    answer(app, "why", "no", "no", "yes", turn=2)
    app.button(key="reveal_why").click().run()
    assert headlines(app) == ["2 of 3 of you were right; before you talked it was 1 of 3. Right: no."]
    app.button(key="anew_why").click().run()
    assert headlines(app) == ["0 of 3 have answered"]


def test_a_vote_is_over_once_the_answer_stands_on_the_wall(open_lesson):
    app = open_lesson("share")
    answer(app, "share", "5", "50")
    app.session_state.shown = True
    assert headlines(app.run())[0].startswith("1 of 2 of you was right")
    app.button(key="anew_share").click().run()
    assert headlines(app) == ["0 of 2 have answered"], "a class may be asked anew"


def test_the_class_follows_to_the_next_step(open_lesson):
    app = open_lesson()
    app.session_state.step = "share"
    app.run()
    assert server_rooms().find(code_of(app)).step == "share"
    answer(app, "share", "6", "50")
    app.run().button(key="reveal_share").click().run()
    assert headlines(app) == ["1 of 2 of you was right, no more than 3 points off. Measured: 5.9 %."]


def test_a_second_teacher_does_not_move_the_class_by_looking(open_lesson):
    first = open_lesson("why")
    code, secret = code_of(first), first.session_state["_rooms"][code_of(first)]
    second = open_lesson("share", room=False)
    second.session_state["_rooms"] = {code: secret}
    second.query_params["room"] = code
    second.run()
    assert not second.exception
    assert server_rooms().find(code).step == "why"
    assert any("The class is at another step: why" in text.value for text in second.markdown)
    server_rooms().steer(code, secret).ask("race", Question("race", "How many?"))
    second.run()
    assert any("another step: The race." in text.value for text in second.markdown)  # as the lesson calls it
    second.button(key="bring_share").click().run()
    assert server_rooms().find(code).step == "share"


def test_a_shared_link_leads_in_and_gives_no_control(open_lesson):
    first = open_lesson()
    other = open_lesson(room=False)
    other.query_params["room"] = code_of(first)
    other.run()
    assert headlines(other) == []
    assert labels(other) == []
    assert first.session_state["_rooms"][code_of(first)] not in str(other.main)


def test_a_cookie_brings_control_back(open_lesson, monkeypatch):
    from pages.room import visit

    app = open_lesson()
    code, secret = code_of(app), app.session_state["_rooms"][code_of(app)]
    again = open_lesson(room=False)
    assert headlines(again) == []
    context = SimpleNamespace(cookies={f"room_{code}": secret}, url="http://localhost:8501/lesson")
    monkeypatch.setattr(visit.st, "context", SimpleNamespace(**vars(context), theme=SimpleNamespace(type="light")))
    assert headlines(again.run()) == ["Nobody has joined yet"]


def test_one_press_lets_nobody_else_in(open_lesson):
    app = open_lesson()
    answer(app, "why", "no")
    app.run().toggle(key="room_shut").set_value(True).run()
    with pytest.raises(RoomError, match="takes nobody else in"):
        server_rooms().join(code_of(app), someone(7))
    app.toggle(key="room_shut").set_value(False).run()
    answer(app, "why", "no", "yes")
    assert headlines(app.run()) == ["2 of 2 have answered"]


def test_the_openers_own_link_is_one_that_another_computer_can_open(open_lesson, monkeypatch):
    monkeypatch.setattr("pages.room.bar.machine_address", lambda: "192.0.2.7")
    app = open_lesson()
    code, (own,) = code_of(app), app.get("code")
    assert own.value == f"http://192.0.2.7/room/{code}/steer/{app.session_state['_rooms'][code]}"


def test_the_code_stays_on_the_wall_over_a_restart_until_it_is_put_away(open_lesson):
    def shown(app):
        return "Hide code" in labels(app)

    app = open_lesson()
    assert shown(app)
    code, secret = code_of(app), app.session_state["_rooms"][code_of(app)]

    def after_a_restart():
        server_rooms().shut()
        again = open_lesson(room=False)
        again.session_state["_rooms"] = {code: secret}
        return again.run()

    assert shown(after_a_restart())
    app.button(key="room_show").click().run()
    assert not shown(app)
    assert not shown(after_a_restart())


def test_a_closed_room_is_gone_and_the_next_one_can_be_opened(open_lesson):
    app = open_lesson()
    app.button(key="room_close").click().run()
    assert labels(app) == ["Open a room"]
    assert headlines(app) == []


def test_hands_are_counted_and_judged_like_phones(open_lesson):
    app = open_lesson("share")
    app.toggle(key="room_hands").set_value(True).run()
    assert headlines(app) == ["0 hands raised"]
    secret = app.session_state["_rooms"][code_of(app)]
    steered = server_rooms().steer(code_of(app), secret)
    steered.raise_hands("share", 1, {"0 to 25\u00a0%": 12, "25 to 50\u00a0%": 4})
    assert headlines(app.run()) == ["16 hands raised"]
    app.button(key="reveal_share").click().run()
    assert headlines(app) == ["12 of 16 of you were right. Measured: 5.9 %."]


def race(state, *metrics, step=3):
    ended = state in ("finished", "stopped")
    return SimpleNamespace(
        id="race-1",
        state=state,
        ended=ended,
        metrics=metrics,
        step=step,
        total_steps=230,
        place=0,
        held=False,
        absent=state == "paused",
    )


def last(arm, error):
    return EpochMetrics(
        arm=arm, epoch=1, step=230, train_loss=1.0, train_error=error, validation_loss=1.0, validation_error=error,
        images_per_s=1.0, learning_rate=0.02, elapsed_s=1.0, gradient_norms=(), activation_scales=(),
    )  # fmt: skip


@pytest.fixture
def races(monkeypatch):
    """A manager of races whose only race is what the test says."""
    manager = SimpleNamespace(now=race("running"), asked=[])
    manager.submit = lambda request, owner: manager.asked.append(owner) or manager.now
    manager.snapshot = lambda run_id, visitor: manager.now
    manager.resume = lambda run_id, visitor: manager.asked.append(f"{visitor} goes on") or race("running")
    monkeypatch.setattr("pages._server.job_manager", lambda: manager)
    return manager


def test_one_press_starts_the_race_for_all_and_its_end_judges_the_guesses(open_lesson, races):
    app = open_lesson("wrong")
    answer(app, "wrong", "70", "20")
    app.run().button(key="race_wrong").click().run()
    assert races.asked == [f"room {code_of(app)}"]
    assert server_rooms().asked(code_of(app), "wrong").state == "locked"
    with pytest.raises(Exception, match="too late"):
        answer(app, "wrong", "71")
    races.now = race("finished", last("plain", 0.771), last("residual", 0.02))
    app.run()
    assert headlines(app) == ["1 of 2 of you was right, no more than 10 off. Measured: 77.1."]


def test_a_race_that_was_stopped_early_is_started_again(open_lesson, races):
    app = open_lesson("wrong")
    answer(app, "wrong", "70")
    app.run().button(key="race_wrong").click().run()
    races.now = race("stopped")
    app.run()
    assert "before it could say who is right" in app.warning[0].value
    races.now = race("running")
    app.button(key="race_again_wrong").click().run()
    assert races.asked == [f"room {code_of(app)}"] * 2
    assert not app.warning


def test_a_race_that_rested_while_nobody_looked_goes_on(open_lesson, races):
    app = open_lesson("wrong")
    app.button(key="race_wrong").click().run()
    races.now = race("paused")
    app.run()
    assert races.asked[1:] == [f"room {code_of(app)} goes on"]
    assert not app.warning
