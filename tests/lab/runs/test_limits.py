import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.limits import BoardLimits, server_limits
from resnet_core.lab.runs.memory import held_bytes
from resnet_core.lab.runs.records import RunRequest
from resnet_core.lab.runs.waits import begins_in


def test_the_environment_says_how_long_absence_lasts(monkeypatch):
    monkeypatch.delenv("RESNET_RACE_ABSENT_S", raising=False)
    assert server_limits() == BoardLimits()
    monkeypatch.setenv("RESNET_RACE_ABSENT_S", "4")
    assert server_limits() == BoardLimits(absent_s=4)


@pytest.mark.parametrize("text", ["soon", "0", "-3", "nan"])
def test_an_absence_that_is_no_time_is_refused(monkeypatch, text):
    monkeypatch.setenv("RESNET_RACE_ABSENT_S", text)
    with pytest.raises(InvalidSpecError, match=r"RESNET_RACE_ABSENT_S=.*more than 0"):
        server_limits()


def test_a_race_at_rest_holds_weights_gradients_and_momentum():
    # 853,018 parameters by the paper's design, in pictures of three channels, twice and three times four bytes
    assert held_bytes(RunRequest(config=RACE)) == 2 * 3 * 4 * 853_018


@pytest.mark.parametrize(
    ("remaining", "ahead", "workers", "wait"),
    [
        ([], [], 1, 0), ([20.0], [], 1, 20), ([20.0], [30.0], 1, 50), ([20.0, 5.0], [30.0], 2, 20),
        ([20.0], [30.0], 2, 20), ([None], [], 1, None), ([20.0], [None], 1, None),
    ],
)  # fmt: skip
def test_a_race_begins_when_a_worker_is_free_for_it(remaining, ahead, workers, wait):
    assert begins_in(remaining, ahead, workers) == wait
