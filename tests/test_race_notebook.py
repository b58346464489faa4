"""The race's notebook runs from top to bottom, as a reader runs it, in a kernel of this environment."""

import re

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture
def notebook(root):
    return nbformat.read(root / "notebooks" / "race.ipynb", as_version=4)


def test_it_is_kept_without_outputs(notebook):
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.slow
def test_it_shows_the_gap_that_it_tells_of(notebook, root):
    here = {"metadata": {"path": str(root / "notebooks")}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=here).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output["text"] for output in outputs if "text" in output)
    found = re.findall(r"After 69 steps the residual network's training loss[^\n]*?([\d.]+) times as high", printed)
    gap, small_gap = map(float, found)
    assert gap > 3 * small_gap  # measured: some 10 against 1.6
    kinds = [kind for output in outputs for kind in output.get("data", ())]
    assert kinds.count("application/vnd.plotly.v1+json") == 4
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
