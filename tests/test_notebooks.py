"""The notebooks run from top to bottom, as a reader runs them, in a kernel of this environment."""

import sys
import warnings

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager

with warnings.catch_warnings():
    from nbclient import NotebookClient

TIMEOUT_S = 60


@pytest.fixture
def notebook(root):
    return nbformat.read(root / "notebooks" / "tour.ipynb", as_version=4)


def test_the_tour_is_kept_without_outputs(notebook):
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_the_tour_tells_its_story_without_an_error(notebook, root, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # networks this small lose time to a second thread
    client = NotebookClient(
        notebook, timeout=TIMEOUT_S, kernel_name="python3", resources={"metadata": {"path": str(root / "notebooks")}}
    )
    client.execute()
    printed = "".join(out["text"] for cell in notebook.cells for out in cell.get("outputs", []) if "text" in out)
    for number in ("25,557,032 parameters, 4,089,184,256", "3,857,973,248", "69,632", "1,179,648", "5.9 %"):
        assert number in printed
    assert "After 40 steps the residual network's training loss" in printed


def test_the_kernel_is_this_environments_own():
    command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    assert command in ("python", "python3", sys.executable)
