"""Who may import whom: pages -> figures -> anatomy, lab, inference -> models, never back. By syntax and by loading."""

import ast
from pathlib import Path

import pytest

# Part of the package -> parts that it may import, apart from itself. `errors` belongs to everyone.
CORE = {
    "errors": set(),
    "models": {"errors"},
    "anatomy": {"errors", "models"},
    "inference": {"errors", "models"},
    "lab": {"errors", "models"},
    "figures": {"errors", "models", "anatomy", "inference", "lab"},
}
EVERYTHING = {*CORE, "cli", "bench"}
ALLOWED = CORE | {"cli": EVERYTHING, "bench": EVERYTHING, "__main__": {"cli"}, "__init__": set(CORE)}
INTERFACE = {"streamlit"}
TENSORS_AND_CHARTS = {"torch", "torchvision", "plotly"}


def imports_of(path):
    """(line, module) of every import in a file, wherever it stands; `from a import b` may mean module a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "resnet_core":
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            yield node.lineno, ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else ""


def offences(root):
    """Sentences about each import, and each cache of the interface, that stands where it must not."""
    for path in sorted((root / "resnet_core").rglob("*.py")):
        yield from (f"{path.relative_to(root)}:{line}: {why}" for line, why in core_offences(root, path))
    for path in [root / "app.py", *sorted((root / "pages").rglob("*.py"))]:
        yield from (f"{path.relative_to(root)}:{line}: {why}" for line, why in page_offences(path))


def core_offences(root, path):
    part = path.relative_to(root / "resnet_core").parts[0].removesuffix(".py")
    for line, module in imports_of(path):
        first, *rest = module.split(".")
        if module.startswith("."):
            yield line, "a relative import hides where it comes from"
        elif first in INTERFACE | {"pages", "app"}:
            yield line, f"the core knows nothing of the interface, but imports {module}"
        elif first == "plotly" and part != "figures":
            yield line, f"charts belong into figures, but {part} imports {module}"
        elif first == "resnet_core" and not rest:
            yield line, "resnet_core itself is the front door, for those outside"
        elif first == "resnet_core" and rest[0] not in ALLOWED.get(part, set()) | {part}:
            yield line, f"{part} may not import {module}"


def page_offences(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, module in imports_of(path):
        if module.startswith("."):
            yield line, "a relative import hides where it comes from"
        if module.split(".")[0] in TENSORS_AND_CHARTS:
            yield line, f"a page imports {module}"
        if module.startswith(("resnet_core.cli", "resnet_core.bench")):
            yield line, f"a page imports {module}"
    for node in ast.walk(tree) if path.name != "_shared.py" else ():
        names = (
            [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else [getattr(node, "attr", "")]
        )
        for name in {"cache_data", "cache_resource"}.intersection(names):
            yield node.lineno, f"st.{name} belongs into pages/_shared.py"


def test_every_import_points_downwards(root):
    assert list(offences(root)) == []


def test_every_part_of_the_core_has_its_place(root):
    parts = {path.name.removesuffix(".py") for path in (root / "resnet_core").iterdir() if path.name != "__pycache__"}
    assert parts - {"py.typed", "__init__.pyi"} <= set(ALLOWED)


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("resnet_core/models/a.py", "from resnet_core.anatomy.counting.cost import conv_macs", "models may not import"),
        ("resnet_core/models/a.py", "from resnet_core import figures", "models may not import resnet_core.figures"),
        ("resnet_core/anatomy/a.py", "import resnet_core.figures.theme", "anatomy may not import"),
        ("resnet_core/anatomy/a.py", "from resnet_core.lab import data", "anatomy may not import resnet_core.lab"),
        ("resnet_core/inference/a.py", "from resnet_core.lab.data.sets import DATA", "inference may not import"),
        ("resnet_core/figures/a.py", "from resnet_core.cli import main", "figures may not import"),
        ("resnet_core/errors.py", "from resnet_core.models import spec", "errors may not import"),
        ("resnet_core/lab/a.py", "def f():\n    import streamlit as st", "nothing of the interface"),
        ("resnet_core/lab/a.py", "from pages._shared import traced", "nothing of the interface"),
        ("resnet_core/cli/a.py", "from streamlit.web import cli", "nothing of the interface"),
        ("resnet_core/lab/a.py", "from . import data", "relative import"),
        ("resnet_core/models/a.py", "if TYPE_CHECKING:\n    from resnet_core.lab.data.sets import X", "models may not"),
        ("resnet_core/models/a.py", "import_module('resnet_core.figures.svg')", "models may not"),
        ("resnet_core/models/a.py", "import resnet_core", "front door"),
        ("resnet_core/models/a.py", "from resnet_core import get_spec", "models may not import"),
        ("resnet_core/anatomy/a.py", "import plotly.graph_objects as go", "charts belong into figures"),
        ("resnet_core/unheard_of/a.py", "from resnet_core.models import spec", "unheard_of may not import"),
        ("pages/a.py", "from ._shared import traced", "relative import"),
        ("pages/a.py", "import torch.nn as nn", "a page imports torch.nn"),
        ("pages/a.py", "def f():\n    from torchvision import models", "a page imports torchvision"),
        ("pages/_shared.py", "import plotly.express as px", "a page imports plotly.express"),
        ("pages/a.py", "@st.cache_data\ndef f(): ...", "st.cache_data belongs into"),
        ("pages/a.py", "f = st.cache_resource(max_entries=1)(g)", "st.cache_resource belongs into"),
        ("pages/a.py", "from streamlit import cache_data", "st.cache_data belongs into"),
        ("app.py", "from resnet_core.cli import main", "a page imports resnet_core.cli"),
    ],
)
def test_an_offending_file_is_found(tmp_path, file, line, complaint):
    (tmp_path / "app.py").touch()
    (tmp_path / "pages").mkdir()
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"import math\n{line}\n")
    (found,) = offences(tmp_path)
    assert found.startswith(f"{Path(file)}:")
    assert complaint in found


def test_caches_are_welcome_where_they_belong(tmp_path):
    (tmp_path / "app.py").touch()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "_shared.py").write_text("import streamlit as st\n@st.cache_data\ndef f(): ...\n")
    assert list(offences(tmp_path)) == []


HEAVY = ("torch", "torchvision", "plotly", "pandas", "streamlit")


def asked(command, *unwanted):
    return f"from resnet_core.cli import app; app({command.split()!r}, standalone_mode=False)", unwanted


# Questions, each with what it must not load. One process answers a whole list, in which no question forbids what an
# earlier one may load: the first that loads too much is the one that is named.
QUESTIONS = {
    "drawings": [
        ("import resnet_core as rc", (*HEAVY, "numpy", "sklearn", "PIL")),
        ("rc.list_models(); rc.get_spec('resnet50').override(groups=2)", HEAVY),
        ("assert rc.walk_spec('resnet152').total_params == 60192808", HEAVY),
        ("assert rc.compare_bottleneck().bottleneck_params == 69632", HEAVY),
        ("rc.figures.blocks_drawing()", HEAVY),
        ("rc.figures.stack_drawing(rc.compare_bottleneck(), 'basic')", HEAVY),
        ("from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_6", HEAVY),
        ("rc.figures.degradation_drawing(FIGURE_6, TABLE_6)", HEAVY),
        ("rc.stage_table(rc.walk_spec('resnet50'))", ("torch", "torchvision", "plotly")),
        ("from resnet_core.figures.photo.predictions import predictions_figure", ("torch", "torchvision", "streamlit")),
    ],
    "networks": [
        ("import resnet_core as rc; rc.build_model('cifar_resnet20')", ("torchvision", "plotly", "pandas")),
        ("rc.trace_model('cifar_resnet20')", ("torchvision", "plotly", "streamlit")),
        ("from resnet_core.weights.library import find_weights, BUNDLED_FOLDER", ("torchvision",)),
        ("[find_weights(path.stem) for path in BUNDLED_FOLDER.glob('*.safetensors')]", ("torchvision",)),
    ],
    "commands": [
        *(asked(command, *HEAVY[:4]) for command in ("--help", "train --help", "bottleneck")),
        *(asked(command, "torch", "plotly") for command in ("list", "layers --help")),
    ],
    "pandas": [("import resnet_core", HEAVY), ("import pandas", HEAVY)],
}


@pytest.fixture
def loaded_too_early(fresh_python):
    """The first of a list's questions that loads what it must not, with that; "" if there is none."""

    def ask(name):
        code = f"""
import sys
for code, unwanted in {QUESTIONS[name]!r}:
    exec(code)
    if found := sorted(set(unwanted) & set(sys.modules)):
        print(); sys.exit(print("too early:", code, "loads", *found))
"""
        return fresh_python(code).partition("\ntoo early: ")[2].strip()

    return ask


@pytest.mark.parametrize("name", ["drawings", "networks", "commands"])
def test_no_more_is_loaded_than_a_question_needs(loaded_too_early, name):
    assert loaded_too_early(name) == ""


def test_a_heavy_import_would_be_seen(loaded_too_early):
    assert loaded_too_early("pandas") == "import pandas loads pandas"
