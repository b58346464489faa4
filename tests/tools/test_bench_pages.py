import json
from functools import partial

import pytest


@pytest.fixture
def bench(run_tool):
    return partial(run_tool, "bench_pages")


@pytest.mark.slow
def test_a_page_is_measured_first_and_after_a_change(bench):
    report = json.loads(bench("--repeats", 1, "--page", "home", "--page", "bottleneck", "--json").stdout)
    assert [row["engine"].split(",")[0] for row in report["rows"]] == ["home", "home", "bottleneck", "bottleneck"]
    assert all(row["median_ms"] > 0 for row in report["rows"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--page", "attic"), "page='attic' does not work: it must be one of architecture, basics"),
        (("--repeats", 0), "repeats=0 does not work"),
    ],
)
def test_what_can_not_be_measured_is_said_in_a_sentence(bench, words, sentence):
    result = bench(*words)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_each_page_has_a_change_to_be_measured(root):
    source = (root / "tools" / "bench_pages.py").read_text(encoding="utf-8")
    for page in (root / "pages").glob("[!_]*.py"):
        assert f'"{page.stem}": ' in source
