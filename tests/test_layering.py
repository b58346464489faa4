"""Who may import whom, read off every import statement, and what a fresh interpreter loads."""

import ast

import pytest

# Part of resnet_core -> the parts that it may import. The façade, resnet_core itself, is for those outside.
MAY_IMPORT = {
    "errors": set(),
    "models": {"errors"},
    "anatomy": {"errors", "models"},
    "inference": {"errors", "models"},
    "lab": {"errors", "models"},
    "figures": {"errors", "models", "anatomy", "inference", "lab"},
    "bench": {"errors", "models", "anatomy", "inference", "lab"},
    "cli": {"errors", "models", "anatomy", "inference", "lab", "bench"},
    "__init__": {"errors", "models", "anatomy", "inference", "lab", "figures"},
    "__main__": {"cli"},
}
NEVER_IN_THE_CORE = {"streamlit", "pages", "app"}
NEVER_IN_PAGES = {"torch", "torchvision", "plotly"}


def imported(file):
    """Full names of all modules that a file imports anywhere in it, lazily and for types too."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level  # a relative import stays visible as one, and is refused
            yield from (f"{dots}{node.module or ''}.{alias.name}" for alias in node.names)


def offences(root):
    """One sentence for each import that the table above does not allow."""
    for file in sorted((root / "resnet_core").rglob("*.py")):
        part = file.relative_to(root / "resnet_core").parts[0].removesuffix(".py")
        for name in imported(file):
            if not allowed_in_core(part, name):
                yield f"{file.relative_to(root)} imports {name}"
    for file in sorted([root / "app.py", *(root / "pages").rglob("*.py")]):
        for name in imported(file):
            if name.startswith(".") or name.split(".")[0] in NEVER_IN_PAGES:
                yield f"{file.relative_to(root)} imports {name}"


def allowed_in_core(part, name):
    top, *rest = name.split(".")
    if top != "resnet_core":
        return top not in NEVER_IN_THE_CORE | {""} and (top != "plotly" or part == "figures")
    return bool(rest) and rest[0] in MAY_IMPORT[part] | {part}


def test_every_import_goes_in_the_one_allowed_direction(root):
    assert list(offences(root)) == []


def test_every_part_of_the_core_stands_in_the_table(root):
    children = (root / "resnet_core").iterdir()
    parts = {path.stem for path in children if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("resnet_core/models/blocks.py", "from resnet_core.anatomy import cost"),
        ("resnet_core/models/blocks.py", "from resnet_core import get_spec"),
        ("resnet_core/models/blocks.py", "import resnet_core"),
        ("resnet_core/anatomy/tables.py", "from resnet_core import figures"),
        ("resnet_core/anatomy/tables.py", "import plotly.graph_objects as go"),
        ("resnet_core/lab/training.py", "def f():\n    import resnet_core.figures.race"),
        ("resnet_core/cli/bench.py", "from ..figures import theme"),
        ("resnet_core/errors.py", "from streamlit import write"),
        ("resnet_core/figures/race.py", "from pages._shared import theme_name"),
        ("pages/home.py", "def f():\n    from torch import nn"),
        ("pages/home.py", "import torchvision.models"),
        ("app.py", "import plotly"),
    ],
)
def test_a_file_that_imports_the_wrong_way_is_found(tmp_path, file, line):
    for folder in ("resnet_core", "pages"):
        (tmp_path / folder).mkdir()
    (tmp_path / "app.py").touch()
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("import json\n\nfrom resnet_core.errors import ImageError\n")
    assert list(offences(tmp_path)) == []
    (tmp_path / file).write_text(line)
    assert [sentence.split()[0] for sentence in offences(tmp_path)] == [file]


def loaded_by(fresh_python, code):
    """Top-level names of the modules that an interpreter has loaded after running `code`."""
    return set(fresh_python(f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})").split())


def test_importing_the_package_loads_no_heavy_library(fresh_python):
    heavy = {"torch", "torchvision", "plotly", "pandas", "numpy", "sklearn", "PIL", "streamlit"}
    assert not heavy & loaded_by(fresh_python, "import resnet_core")


@pytest.mark.parametrize(
    "question",
    [
        "rc.list_models(), rc.get_spec('resnet50')",
        "rc.walk_spec('resnet152').total_macs",
        "rc.compare_bottleneck(512, 128).terms",
    ],
)
def test_questions_that_need_no_tensor_load_no_torch(fresh_python, question):
    heavy = {"torch", "torchvision", "plotly", "pandas"}
    assert not heavy & loaded_by(fresh_python, f"import resnet_core as rc\n{question}")


def test_figures_bring_plotly_and_no_torch(fresh_python):
    loaded = loaded_by(fresh_python, "from resnet_core.figures.predictions import predictions_figure")
    assert "plotly" in loaded
    assert "torch" not in loaded


@pytest.mark.parametrize("command", ["['--help']", "['list']", "['bottleneck']", "['layers', '--help']"])
def test_a_command_that_needs_no_tensor_starts_without_torch(fresh_python, command):
    code = (
        "import contextlib, io\nfrom resnet_core.cli import app\n"
        f"with contextlib.redirect_stdout(io.StringIO()):\n    app({command}, standalone_mode=False)"
    )
    assert not {"torch", "torchvision", "plotly"} & loaded_by(fresh_python, code)


def test_the_check_for_loaded_modules_sees_one_that_is_loaded(fresh_python):
    assert "torch" in loaded_by(fresh_python, "import torch")
