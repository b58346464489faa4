"""A notebook as a file: cells out of a text, and how it begins with an address of the project and without one."""

import ast
import json

import nbformat
import pytest

from resnet_core.ipynb import address_in, as_notebook, badges, cells_of, install_code

TEXT = "# A question\n\nSome words.\n```python\nx = 1\n```\n\nMore.\n\n```python\nx + 1\n```\n"


def test_each_fenced_block_is_a_cell_of_code():
    cells = cells_of(TEXT)
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "markdown", "code"]
    assert ["".join(cell["source"]) for cell in cells] == ["# A question\n\nSome words.", "x = 1", "More.", "x + 1"]


def test_it_is_a_valid_notebook_that_begins_with_its_title_and_the_installation():
    notebook = nbformat.reads(as_notebook(TEXT), as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# A question")
    assert notebook.cells[1].source == install_code()
    assert "import resnet_core as rc" in notebook.cells[2].source
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_it_is_written_as_jupyter_writes_it():
    text = as_notebook(TEXT)
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text
    assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"


def test_without_an_address_there_are_no_badges_and_the_folder_above_is_installed():
    assert badges("", "notebooks/1_race.ipynb") == ""
    assert "Path.cwd().parent" in install_code()
    assert "git+" not in install_code()
    ast.parse(install_code())


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """What the cell gives to pip, where the package is missing, in a notebook that stands in a folder of its own."""
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path / "course")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    asked = []
    monkeypatch.setattr("subprocess.run", lambda command, check: asked.append(command[-1]))
    return asked


def test_without_a_wheel_and_a_project_above_it_a_sentence_says_what_to_put_there(installed, tmp_path):
    with pytest.raises(ModuleNotFoundError, match=r"put its wheel, resnet_explainer-\*.whl, beside this notebook"):
        exec(install_code(), {})
    assert not installed
    (tmp_path / "pyproject.toml").touch()
    exec(install_code(), {})
    (tmp_path / "course/resnet_explainer-1-py3-none-any.whl").touch()
    exec(install_code(), {})
    wheel = tmp_path / "course/resnet_explainer-1-py3-none-any.whl"
    assert installed == [f"{tmp_path}[notebook]", f"{wheel}[notebook]"]


def test_with_an_address_there_are_badges_and_it_is_installed_from_there():
    address = "https://github.com/someone/resnet-explainer"
    shown = badges(address, "notebooks/1_race.ipynb")
    assert "https://colab.research.google.com/github/someone/resnet-explainer/blob/main/notebooks/1_race.ipynb" in shown
    assert "https://mybinder.org/v2/gh/someone/resnet-explainer/main?labpath=notebooks%2F1_race.ipynb" in shown
    assert f'"resnet-explainer[notebook] @ git+{address}"' in install_code(address)
    ast.parse(install_code(address))


def test_colab_knows_github_alone_and_elsewhere_there_are_none():
    shown = badges("https://gitlab.com/someone/project.git", "notebooks/why.ipynb")
    assert "mybinder.org/v2/gl/someone%2Fproject/main" in shown
    assert "colab" not in shown
    assert badges("https://example.org/someone/project", "notebooks/why.ipynb") == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[project]\nname = 'x'\n", ""),
        ("[project]\nname = 'x'\n[project.urls]\nRepository = 'https://github.com/a/b'\n", "https://github.com/a/b"),
        (None, ""),
    ],
)
def test_the_address_is_read_from_pyproject(tmp_path, text, address):
    file = tmp_path / "pyproject.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    assert address_in(file) == address
