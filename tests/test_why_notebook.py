"""The notebook on why it works runs from top to bottom, as a reader runs it, in a kernel of this environment."""

import re

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture
def notebook(root):
    return nbformat.read(root / "notebooks" / "why.ipynb", as_version=4)


def test_it_is_kept_without_outputs(notebook):
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.slow
@pytest.mark.slow
def test_it_measures_what_it_tells_of(notebook, root):
    here = {"metadata": {"path": str(root / "notebooks")}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=here).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output["text"] for output in outputs if "text" in output)

    def number(before):
        return float(re.search(re.escape(before) + r" ?([-\d.e+]+)", printed)[1])

    assert number("56 layers, plain: first over last convolution") > 500
    assert number("56 layers, detached: first over last convolution") < 1e-3
    assert number("plain:") > 80 > 55 > number("residual:")
    assert number("56 layers, plain: correlation between neighbours") < 0.2
    assert number("56 layers, residual: correlation between neighbours") > 0.7
    assert "134,217,728 paths, shares add up to 1.0000" in printed
    assert number("cifar_resnet20: the median block costs") > 5 > number("cifar_resnet56: the median block costs")
    assert "plain: logits changed by 0; loss" in printed
    kinds = [kind for output in outputs for kind in output.get("data", ())]
    assert kinds.count("application/vnd.plotly.v1+json") == 6
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []
