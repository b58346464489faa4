"""Where no widget runs: a notebook that nbconvert makes a page keeps a picture of each widget, and needs no script."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

CELLS = (
    "import resnet_core as rc\nrc.explore('resnet50', layer='layer3.2.conv2')",
    "rc.show_race('cifar_resnet56')",
    "rc.shortcut('cifar_resnet20', 'car')",
    "rc.get_spec('resnet18')",
)


@pytest.mark.slow
def test_a_page_made_by_nbconvert_shows_the_drawings_as_pictures(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    # Without the widgets' state the page takes the picture; with it, it would fetch scripts from elsewhere.
    NotebookClient(
        notebook, timeout=240, kernel_name="python3", store_widget_state=False, resources={"metadata": {"path": "."}}
    ).execute()
    nbformat.validate(notebook)
    page, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    for words in (">conv2</text>", "residual, 56 layers", "x + F(x)", "18 layers"):
        assert words in page, words
    assert "widget-view+json" not in page
