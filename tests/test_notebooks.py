"""The notebooks run from top to bottom, as a reader runs them, in a kernel of this environment."""

import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell


@pytest.fixture
def tour(root):
    return nbformat.read(root / "notebooks" / "tour.ipynb", as_version=4)


def test_the_tour_is_kept_without_outputs(tour):
    for cell in tour.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.slow
def test_the_tour_tells_its_story_without_an_error(tour, root):
    tour.cells.append(new_code_cell("import sys; print('kernel:', sys.executable)"))
    here = {"metadata": {"path": str(root / "notebooks")}}
    NotebookClient(tour, timeout=300, kernel_name="python3", resources=here).execute()
    outputs = [output for cell in tour.cells for output in cell.get("outputs", [])]
    printed = "".join(output["text"] for output in outputs if "text" in output)
    for number in ("25,557,032 parameters, 4,089,184,256", "3,857,973,248", "69,632", "1,179,648", "5.9 %"):
        assert number in printed
    assert "3,226 parameters, 3,391,888 multiply-adds, out come {'logits': (1, 10), 'features': (1, 32)}" in printed
    assert "head, a Linear that takes 16 features, was given 32: (1, 32)." in printed
    assert "After 40 steps the residual network's training loss" in printed
    assert f"kernel: {sys.executable}" in printed
    kinds = [kind for output in outputs for kind in output.get("data", ())]
    assert (kinds.count("image/svg+xml"), kinds.count("application/vnd.plotly.v1+json")) == (2, 2)
    pages = [output.get("data", {}).get("text/html", "") for output in outputs]
    drawings = [html for html in pages if html.startswith("<svg")]
    assert ["<script" not in html for html in drawings] == [True] * 3  # as nbconvert keeps it
    assert [output["text"] for output in outputs if output.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", ["tour", "race"])
def test_charts_are_also_html_which_a_page_made_by_nbconvert_keeps(root, name):
    """Of a chart's forms nbconvert takes the HTML; it has no use for Plotly's own."""
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [first, new_code_cell("rc.figures.predictions_figure(['cat', 'dog'], [0.7, 0.3])")]
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(root / "notebooks")}}
    ).execute()
    library, chart = notebook.cells[1].outputs
    assert "Plotly.newPlot" in chart["data"]["text/html"]
    assert "cat" in chart["data"]["text/html"]
    assert "application/vnd.plotly.v1+json" in chart["data"]
    assert len(library["data"]["text/html"]) > 1_000_000  # Plotly itself is in the file: it needs no network
