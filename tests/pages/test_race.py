import json
import re
import threading
import time
from dataclasses import replace

import pytest

from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs import jobs as jobs_module
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.records import RunRequest, RunSnapshot
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

PATIENCE_S = 60


def step(arm, number, loss=2.0, **changes):
    record = StepMetrics(
        arm=arm, step=number, loss=loss, error=0.5, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0
    )  # fmt: skip
    return replace(record, **changes)


def epoch(arm, number):
    return EpochMetrics(
        arm=arm, epoch=1, step=number, train_loss=1.0, train_error=0.5, validation_loss=1.0, validation_error=0.4,
        images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0, gradient_norms=(1.0, 0.1), activation_scales=(1.0, 1.0),
    )  # fmt: skip


def kept(run_id, seed=0, metrics=()):
    metrics = metrics or (step("plain", 1), step("residual", 1, 1.0), epoch("plain", 1), epoch("residual", 1))
    return RunSnapshot(
        id=run_id, request=RunRequest(config=RACE.override(seed=seed)), state="finished", metrics=metrics, step=1,
        total_steps=1, elapsed_s=2.0, ended_at="2026-01-02T03:04:05+00:00",
    )  # fmt: skip


@pytest.fixture
def history(monkeypatch, tmp_path):
    """Runs are kept in a folder of this test."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    return RunHistory(tmp_path / "races.sqlite")


@pytest.fixture
def permits(monkeypatch):
    """Races of four steps that train nothing and take a step for each permit."""
    given = threading.Semaphore(0)

    def run(request):
        def steps():
            for number in range(1, 5):
                assert given.acquire(timeout=PATIENCE_S)
                yield from (step(arm, number, 2.0 / number) for arm in request.arms)

        return 4, steps()

    monkeypatch.setattr(jobs_module.JobManager.__init__, "__kwdefaults__", {"runner": run, "clock": time.monotonic})
    yield given
    given.release(100)


@pytest.fixture
def begin(open_page):
    """Opens the page, guesses and presses Start: begin(37, depth="8"). The guess is in no link."""

    def start(guess, **query):
        app = open_page("race", **query)
        app.number_input(key="guess").set_value(guess).run()
        button(app, "Start the race").click().run()
        return app

    return start


def linked_run(app):
    """The id of the run in a page's link: a test's own value is a list, a page's is not."""
    value = app.query_params["run"]
    return value if isinstance(value, str) else value[-1]


def button(app, label):
    return next(one for one in app.button if one.label == label)


def wait_for(app, words, *wanted):
    wait_until(app, lambda: any(one in words(app) for one in wanted))


def wait_until(app, condition):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
        app.run()
        assert not app.exception


def test_one_guesses_before_the_start(open_page, history, permits, words):
    app = open_page("race")
    button(app, "Start the race").click().run()
    assert "First a guess" in app.warning[0].value
    assert "run" not in app.query_params
    app.number_input(key="guess").set_value(37)  # still being typed when Start is pressed
    button(app, "Start the race").click().run()
    assert "locked: the plain network gets 37 of 100 wrong." in words(app)


@pytest.mark.parametrize(
    ("networks", "asked"),
    [(["plain", "residual"], "plain"), (["copy", "residual"], "copy"), (["residual", "plain"], "plain")],
)
def test_the_guess_is_about_the_plain_network_or_the_first_one(open_page, history, networks, asked):
    app = open_page("race")
    app.segmented_control(key="networks").set_value(networks).run()
    assert f"how many will the {asked} network get wrong" in app.number_input(key="guess").label


def test_a_race_starts_pauses_steps_goes_on_and_is_kept(begin, history, permits, words):
    app = begin(37, depth="8")
    assert "Your guess, locked: the plain network gets 37 of 100 wrong." in words(app)
    assert set(app.query_params) == {"depth", "run"}  # no guess in the link
    permits.release()
    wait_for(app, words, "After 1 step the")
    button(app, "Pause").click().run()
    permits.release()  # the step in which it finds the pause
    wait_until(app, lambda: not button(app, "Step").disabled)
    assert "After 1 step the" in words(app)
    permits.release()
    button(app, "Step").click().run()
    wait_for(app, words, "After 2 steps the")
    wait_until(app, lambda: not button(app, "Step").disabled)
    permits.release(5)
    button(app, "Go on").click().run()
    wait_for(app, words, "Finished after 4 of 4 steps")
    assert "You said 37 of 100. Nobody knows: the race ended before unseen pictures were tried." in words(app)
    assert [fold.label for fold in app.expander if fold.label.startswith("8 layers, batch norm, seed 0 · plain")]
    (run,) = history.latest()
    assert run.request.arms == ("plain", "residual")
    app.run()
    assert app.multiselect(key="compare_races").options


def test_stop_shows_the_end_at_once_although_a_step_is_under_way(begin, history, permits, words):
    app = begin(37, depth="8")
    permits.release()
    wait_for(app, words, "After 1 step the")
    threading.Timer(0.2, permits.release).start()  # the step in which it finds that it was stopped
    button(app, "Stop").click().run()
    assert re.search(r"Stopped after \d+ of [\d]+ steps and \d+ s\.$", words(app), re.MULTILINE)


def test_a_watcher_sees_the_race_and_can_not_stop_it(begin, open_page, history, permits, words, monkeypatch):
    run_id = linked_run(begin(37, depth="8"))
    other = open_page("race", run=run_id)
    assert "Someone else" not in words(other)  # yet: the tab may be about to say that it is the owner's, reloaded
    monkeypatch.setattr("pages.training.visitor.TAB_ANSWERS_S", 0)
    assert "Someone else started this race" in words(other.run())
    assert not [one for one in other.button if one.label in ("Stop", "Pause", "Step")]
    assert f"?run={run_id}" in other.code[0].value
    assert other.select_slider(key="depth").value == 8  # its settings, not the first ones


def test_reset_puts_a_race_away(open_page, history, words):
    history.add(kept("a-1"))
    app = open_page("race", run="a-1")
    assert "Finished after 1 of 1 steps" in words(app)
    button(app, "Reset").click().run()
    assert "Finished after" not in words(app)
    assert "Make a guess" in words(app)


def test_a_run_that_is_not_kept_is_a_sentence(open_page, history, words):
    assert "is not kept any more" in words(open_page("race", run="0123456789ab-00000000"))


def test_a_wrong_link_to_a_race_is_said_outside_the_fold(open_page, history):
    """The settings of a race in view are folded away, and what is said in there nobody sees."""
    history.add(kept("a-1"))
    app = open_page("race", depth="57", run="a-1")
    (said,) = (warning for warning in app.warning if "depth='57'" in warning.value)
    (fold,) = (fold for fold in app.expander if fold.label.endswith("change"))
    assert said.value not in [warning.value for warning in fold.warning]


def test_kept_races_are_compared_and_the_link_says_which(open_page, history, words):
    history.add(kept("a-1", seed=1))
    history.add(kept("a-2", seed=2))
    app = open_page("race", compare="a-2,a-1,a-9")
    assert "The link compares races that are not kept here: a-9." in words(app)
    assert "**A** 56 layers" in words(app)
    assert "seed 2. Wrong answers on pictures that no network has trained on, at step 1: plain 40.0 %" in words(app)
    assert "After 1 step the residual network's training loss is 1" in words(app)
    assert "**B** 56 layers" in words(app)


def test_a_race_that_diverged_keeps_its_curve_and_says_why(open_page, history, words):
    broken = step("plain", 2, float("nan"), stop_reason="plain diverged")
    history.add(kept("a-1", metrics=(step("plain", 1), step("residual", 1), broken, step("residual", 2))))
    said = words(open_page("race", run="a-1"))
    assert "The plain network diverged: since step 2" in said
    assert "After 2 steps the residual network's" in said


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"init": "zero_gamma"}, "init='zero_gamma' does not work"),
        ({"networks": "plain"}, "A race needs two or three networks; 1 is chosen."),
    ],
)
def test_an_impossible_race_is_refused_in_place(open_page, history, query, sentence):
    app = open_page("race", **query)
    app.number_input(key="guess").set_value(37).run()
    assert sentence in app.error[0].value
    assert button(app, "Start the race").disabled


@pytest.mark.parametrize(
    "query",
    [{"depth": "57"}, {"seed": "minus"}, {"rate": "fast"}, {"data": "mnist"}, {"networks": "vgg"}, {"batch_norm": "?"}],
)
def test_nonsense_in_the_link_falls_back_and_is_said(open_page, history, query):
    app = open_page("race", **query)
    ((name, value),) = query.items()
    assert f"The link asks for {name}={value!r}, which is not offered here. You see" in app.warning[0].value
    assert app.select_slider(key="depth").value == 56


def test_a_wrong_link_stays_said_until_one_changes_that_setting(open_page, history):
    app = open_page("race", depth="57", networks="foo", run="zzz")
    for _ in range(3):
        app.run()
        assert "depth='57' and networks='foo'" in app.warning[0].value
        assert "is not kept any more" in app.info[0].value
    app.select_slider(key="depth").set_value(20).run()
    assert "depth" not in app.warning[0].value
    assert "networks='foo'" in app.warning[0].value
    app.segmented_control(key="networks").set_value(["plain", "projections"]).run()
    app.select_slider(key="depth").set_value(56).run()  # what stood there at first: the wish is past all the same
    assert not app.warning


def test_choosing_no_network_is_no_wrong_link(open_page, history):
    app = open_page("race")
    app.segmented_control(key="networks").set_value([]).run()
    app.query_params["networks"] = ""  # as a browser has it then
    app.run()
    assert not app.warning
    assert "0 are chosen" in app.error[0].value


def test_a_wrong_comparison_is_said_where_no_race_is_kept_and_stays_said(open_page, history):
    app = open_page("race", compare="a-9")
    for _ in range(2):
        assert "not kept here: a-9" in app.warning[0].value
        app.run()


def test_who_changes_the_page_and_comes_back_finds_the_race(begin, open_page, history, permits, words):
    starter = begin(37, depth="8")
    run_id = linked_run(starter)
    watcher = open_page("race", run=run_id)
    permits.release()
    wait_for(watcher, words, "After 1 step the")
    for app in (starter, watcher):
        app.switch_page("pages/bottleneck.py").run()
        app.query_params.clear()
        app.run()
        app.switch_page("pages/race.py").run()
        assert "After 1 step the" in words(app)
        assert linked_run(app) == run_id


def test_a_running_race_is_listed_and_one_press_watches_it(begin, open_page, history, permits, words):
    run_id = linked_run(begin(37, depth="8"))
    permits.release()
    other = open_page("race")
    assert "Running now" in words(other)
    assert "8 layers, batch norm, seed 0" in words(other)
    button(other, "Watch").click().run()
    assert linked_run(other) == run_id
    assert "Running now" not in words(other)
    assert other.select_slider(key="depth").value == 8


def test_who_waits_sees_a_time_and_the_race_that_runs(begin, history, permits, words):
    begin(37, depth="8")
    waiting = begin(37, depth="14")
    assert "Place 1 in the queue. It begins by itself." in words(waiting)
    permits.release()
    wait_for(waiting, words, "It begins in about")
    assert "another visitor's race:** 8 layers, batch norm, seed 0, plain against residual" in words(waiting)
    (drawn,) = (one.proto for one in waiting.get("bidi_component") if "other_race" in one.proto.id)
    assert [line["name"] for line in json.loads(drawn.json)["lines"]] == ["plain", "residual"]


def test_absence_pauses_a_race_and_anyone_who_comes_lets_it_go_on(
    begin, open_page, history, permits, words, monkeypatch
):
    monkeypatch.setenv("RESNET_RACE_ABSENT_S", "0.5")
    app = begin(37, depth="8")
    run_id = linked_run(app)
    permits.release()
    wait_for(app, words, "After 1 step the")
    time.sleep(0.6)
    permits.release()  # the step in which it finds that nobody is there
    guest = open_page("race", run=run_id)
    assert "Paused, because nobody had looked at it for 0.5 s. What it has learned is kept: go on." in words(guest)
    permits.release(6)
    button(guest, "Go on").click().run()
    wait_for(guest, words, "Finished after 4 of 4 steps")


def test_a_full_queue_is_a_sentence_and_a_race_to_watch(begin, history, monkeypatch):
    from resnet_core.errors import QueueFullError

    def full(*_):
        raise QueueFullError("13 runs are under way.")

    monkeypatch.setattr(jobs_module.JobManager, "submit", full)
    app = begin(37)
    assert "13 runs are under way. The link of this page keeps what you set." in app.warning[0].value


def test_a_damaged_history_is_a_sentence_and_races_still_start(open_page, history, words):
    history.path.write_text("not a database, and long enough to be read as a header of one" * 10)
    app = open_page("race", compare="a-9")
    app.number_input(key="guess").set_value(37).run()
    assert "can't be used" in words(app)
    assert "not kept here: a-9" in words(app)
    assert not button(app, "Start the race").disabled


@pytest.mark.slow
def test_a_server_that_is_stopped_ends_its_race_and_keeps_it(fresh_python, history):
    fresh_python(
        "import time\n"
        "from pages._server import job_manager\n"
        "from pages.training.runs import detached_request\n"
        "jobs = job_manager()\n"
        "run = jobs.submit(detached_request(), 'ann')\n"
        "while not jobs.snapshot(run.id, 'ann').step:\n"
        "    time.sleep(0.05)"
    )
    (kept,) = history.latest()
    assert (kept.state, kept.message) == ("stopped", "Stopped with the server.")


def test_one_visitor_with_many_tabs_is_refused_a_further_place_with_what_to_do(open_page, history, permits, words):
    def press_start(depth):
        app = open_page("race", depth=depth)
        app.session_state["browser"] = "a" * 32
        app.number_input(key="guess").set_value(37).run()
        button(app, "Start the race").click().run()
        return app

    tabs = [press_start(depth) for depth in ("8", "14", "20", "56")]
    assert ["run" in app.query_params for app in tabs] == [True, True, True, False]
    assert "3 races that you started in other tabs are under way or waiting" in tabs[-1].warning[0].value
    assert "Stop one of them" in tabs[-1].warning[0].value
