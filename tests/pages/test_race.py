import time

import pytest


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """Runs are kept in a folder of this test."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))


def test_one_guesses_before_the_start(open_page, cache):
    app = open_page("race")
    start = next(button for button in app.button if button.label == "Start the race")
    assert start.disabled
    app.segmented_control(key="guess").set_value("plain").run()
    start = next(button for button in app.button if button.label == "Start the race")
    assert not start.disabled


def test_a_race_starts_moves_and_stops(open_page, cache, words):
    app = open_page("race", guess="residual", depth="8")
    next(button for button in app.button if button.label == "Start the race").click().run()
    assert not app.exception
    deadline = time.monotonic() + 60
    while "After" not in words(app) and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    assert "training loss is" in words(app)
    next(button for button in app.button if button.label == "Stop").click().run()
    while "topped after" not in words(app) and "inished after" not in words(app) and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    assert "topped after" in words(app) or "inished after" in words(app)


def test_a_run_that_is_not_kept_is_a_sentence(open_page, cache, words):
    assert "is not kept any more" in words(open_page("race", run="0123456789ab-00000000"))
