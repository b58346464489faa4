import json
from functools import partial

import pytest


@pytest.fixture
def bench(run_tool):
    return partial(run_tool, "bench_browser")


def test_what_can_not_be_measured_is_said_in_a_sentence(bench):
    result = bench("--repeats", 0)
    assert result.returncode == 2
    assert "repeats=0 does not work: it must be at least 1" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_each_wait_is_measured_from_the_request_or_the_click_to_the_headline(bench, chromium):
    result = bench("--repeats", 1, "--chromium", chromium, "--json")
    assert result.returncode == 0, result.stderr
    rows = {row["engine"]: row["median_ms"] for row in json.loads(result.stdout)["rows"]}
    assert list(rows) == [
        "first answer, a browser that was never here", "an empty page of Streamlit, the same",
        "first answer, a browser that has been here", "another sample",
    ]  # fmt: skip
    assert all(0 < ms < 60_000 for ms in rows.values())
