"""The tool that writes how notebooks begin: it changes nothing that is right, and adds badges for an address."""

import importlib.util
import shutil

import nbformat
import pytest


@pytest.fixture(scope="module")
def tool(root):
    spec = importlib.util.spec_from_file_location("notebook_heads", root / "tools" / "notebook_heads.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(root, tmp_path):
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_notebooks_begin_as_it_would_write_them(tool, root, copy):
    tool.write_heads(copy)
    for file in (root / "notebooks").glob("*.ipynb"):
        assert (copy / "notebooks" / file.name).read_text("utf-8") == file.read_text("utf-8"), file.name


def test_an_address_brings_badges_behind_the_title_and_without_it_they_go(tool, copy):
    project = (copy / "pyproject.toml").read_text("utf-8")
    before = {file: file.read_text("utf-8") for file in (copy / "notebooks").glob("*.ipynb")}
    address = '\n[project.urls]\nRepository = "https://github.com/someone/resnet-explainer"\n'
    (copy / "pyproject.toml").write_text(project + address, "utf-8")
    tool.write_heads(copy)
    for file in before:
        notebook = nbformat.read(file, as_version=4)
        title, shown, install = notebook.cells[:3]
        assert title.source.startswith("# ")
        assert f"blob/main/notebooks/{file.name}" in shown.source
        assert "git+https://github.com/someone/resnet-explainer" in install.source
        nbformat.validate(notebook)
    (copy / "pyproject.toml").write_text(project, "utf-8")
    tool.write_heads(copy)
    assert {file: file.read_text("utf-8") for file in before} == before
