import json
from functools import partial

import pytest

from tools.bench_room import percentile, report
from tools.crowd import Found


@pytest.fixture
def bench(run_tool):
    return partial(run_tool, "bench_room")


def test_the_report_has_medians_percentiles_errors_and_memory():
    found = Found(confirmed=[0.1, 0.2, 0.9], polled=[0.1], counted=[1.0], walked=[], errors=["student: lost"])
    said = report(found, 60, 100.0, 200.4)
    assert {row.engine: round(row.median_ms) for row in said.rows} == {
        "answer confirmed": 200, "answer counted for the teacher": 1000, "a student's poll": 100,
    }  # fmt: skip
    assert all(row.batch == 60 for row in said.rows)
    assert said.facts["confirmed_p95_ms"] == 900
    assert (said.facts["errors"], said.facts["memory_after_mb"]) == (1, 200)
    assert said.notes == ("student: lost",)


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile(list(range(100)), 0.95) == 95
    assert percentile([3.0], 0.95) == 3.0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--students", 0), "students=0 does not work: it must be from 1 to 200"),
        (("--seconds", 1), "seconds=1.0 does not work: it must be 5 or more"),
    ],
)
def test_what_can_not_be_measured_is_said_in_a_sentence(bench, words, sentence):
    result = bench(*words)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_class_is_measured_while_a_race_runs(bench):
    result = bench("--json", "--students", 5, "--walkers", 0, "--seconds", 12)
    facts = json.loads(result.stdout)["facts"]
    assert facts["errors"] == 0
    assert facts["confirmed_count"] >= 5
    assert facts["counted_count"] >= 5
