"""Who may import whom: from floor to floor, and from room to room on a floor, never back. By syntax and by loading."""

import ast
from collections import Counter
from pathlib import Path

import pytest

# A floor may import the floors that stand before it, and the ground, which belongs to everyone.
GROUND = {"errors", "atomic", "cache", "data", "ipynb", "notation", "version"}
FLOORS = ["models", "weights", "anatomy", "inference", "lab", "figures"]
# They stand on all floors, and nobody imports them.
DOORS = {"cli", "bench", "notebook", "site", "__main__", "__init__"}
# On a floor, a room may import the rooms that are named here; "" is what lies on the floor outside any room.
ROOMS = {
    "models": {"": set(), "codegen": {""}, "listings": {""}, "frameworks": {""}},
    "anatomy": {
        "counting": set(),
        "papers": set(),
        "walk": {"counting"},
        "trace": {"counting"},
        "reconcile": {"counting", "papers", "walk"},
        "tables": {"counting", "papers", "walk", "trace", "reconcile"},
        "exercises": {"counting", "walk", "reconcile", "tables"},
    },
    "inference": {"engine": set(), "": {"engine"}, "explain": {"", "engine"}},
    "lab": {
        "recipe": set(),
        "data": {"recipe"},
        "training": {"recipe", "data"},
        "runs": {"recipe", "data", "training"},
        "theory": {"recipe", "data", "training"},
        "teach": {"recipe", "data", "training", "theory"},
        "basics": set(),
    },
    "figures": {
        "": set(),
        "basics": {""},
        "diagram": {""},
        "training": {""},
        "photo": {""},
        "shortcut": {"", "photo"},
        "browser": {"", "diagram", "photo"},
        "teach": {""},
        "theory": {"", "training", "photo"},
    },
}
INTERFACE = {"streamlit"}
TENSORS_AND_CHARTS = {"torch", "torchvision", "plotly"}
CACHES = {"cache_data", "cache_resource"}
SHELVES = {"_caches.py", "_server.py"}  # what several pages use; any other cache lies beside its one user


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
    interface = [root / "app.py", *sorted((root / "pages").rglob("*.py"))]
    importers = Counter(name for path in interface for name in names_imported_from_pages(path))
    for path in interface:
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        found = [*page_offences(path), *cache_offences(path, module, importers)]
        yield from (f"{path.relative_to(root)}:{line}: {why}" for line, why in found)


def core_offences(root, path):
    part, *inner = path.relative_to(root / "resnet_core").with_suffix("").parts
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
        elif first == "resnet_core" and not may_enter(part, rest[0]):
            yield line, f"{part} may not import {module}"
        elif first == "resnet_core" and rest[0] == part and part in ROOMS and inner:
            here, there = (room_of(root, part, names) for names in (inner, rest[1:]))
            if here != there and there not in ROOMS[part][here]:
                yield line, f"the room {part}/{here} may not import {module}"


def may_enter(part, other):
    """Whether a part of the package may import another one at all."""
    if other == part or other in GROUND:
        return part not in GROUND or other == part or other == "errors"
    if part in DOORS:
        return other in FLOORS or other in DOORS
    return part in FLOORS and other in FLOORS[: FLOORS.index(part)]


def room_of(root, floor, names):
    """The room that a module of a floor lies in: its folder's name, or "" for the floor itself."""
    return names[0] if len(names) > 1 or (names and (root / "resnet_core" / floor / names[0]).is_dir()) else ""


def page_offences(path):
    for line, module in imports_of(path):
        if module.startswith("."):
            yield line, "a relative import hides where it comes from"
        if module.split(".")[0] in TENSORS_AND_CHARTS:
            yield line, f"a page imports {module}"
        if module.startswith(("resnet_core.cli", "resnet_core.bench", "resnet_core.notebook", "resnet_core.site")):
            yield line, f"a page imports {module}"


def names_imported_from_pages(path):
    """pages.module.name for each name that a file takes from another one of the interface, once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {f"{node.module}.{alias.name}" for node in froms for alias in node.names}


def cache_offences(path, module, importers):
    """Each st.cache_* must decorate a function, be bounded where that takes arguments, and lie where it is used."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = {id(node): node for node in ast.walk(tree) if says_cache(node)}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
            if written.pop(id(call.func), None) is None:
                continue
            hashed = [a for a in ast.walk(function.args) if isinstance(a, ast.arg) and not a.arg.startswith("_")]
            if hashed and not {"max_entries", "ttl"} & {word.arg for word in call.keywords}:
                yield decorator.lineno, f"the cache of {function.name} has neither max_entries nor ttl"
            if path.name not in SHELVES and importers[f"{module}.{function.name}"] > 1:
                yield decorator.lineno, f"{function.name} has two users: its cache belongs into pages/_caches.py"
    yield from ((node.lineno, "st.cache_data and st.cache_resource decorate functions") for node in written.values())


def says_cache(node):
    """Whether a piece of code names one of Streamlit's caches: as st.cache_data, or in an import of it."""
    if isinstance(node, ast.ImportFrom):
        return bool(CACHES & {alias.name for alias in node.names})
    return isinstance(node, ast.Attribute) and node.attr in CACHES and ast.unparse(node.value) in ("st", "streamlit")


def test_every_import_points_downwards(root):
    assert list(offences(root)) == []


def test_every_part_and_every_room_of_the_core_has_its_place(root):
    core = root / "resnet_core"
    parts = {path.stem for path in core.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts <= GROUND | set(FLOORS) | DOORS
    for floor in FLOORS:
        rooms = {path.parent.name for path in (core / floor).glob("*/__init__.py")}
        assert rooms <= set(ROOMS.get(floor, {})), floor


CROWDED = 22


def test_no_folder_is_crowded(root):
    """Past some twenty files at one level, rooms by subject: then names need no prefixes, and each is found at once."""
    for top in ("resnet_core", "pages"):
        for folder in [root / top, *(path for path in (root / top).rglob("*") if path.is_dir())]:
            assert len(list(folder.glob("*.py"))) <= CROWDED, folder


def test_no_two_modules_go_in_a_circle(root):
    graph = {}
    for path in (root / "resnet_core").rglob("*.py"):
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        graph[name] = {module for _, module in imports_of(path) if module.startswith("resnet_core.")} - {name}
    while leaves := {name for name, needs in graph.items() if not needs & graph.keys()}:
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
    assert sorted(graph) == []


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
        ("resnet_core/lab/a.py", "from pages._caches import walked", "nothing of the interface"),
        ("resnet_core/cli/a.py", "from streamlit.web import cli", "nothing of the interface"),
        ("resnet_core/lab/a.py", "from . import data", "relative import"),
        ("resnet_core/models/a.py", "if TYPE_CHECKING:\n    from resnet_core.lab.data.sets import X", "models may not"),
        ("resnet_core/models/a.py", "import_module('resnet_core.figures.svg')", "models may not"),
        ("resnet_core/models/a.py", "from resnet_core.weights.files import X", "models may not import"),
        ("resnet_core/weights/a.py", "from resnet_core.anatomy.counting.cost import X", "weights may not import"),
        ("resnet_core/atomic.py", "from resnet_core.models.spec import X", "atomic may not import"),
        ("resnet_core/lab/recipe/a.py", "from resnet_core.lab.runs.jobs import X", "the room lab/recipe may not"),
        ("resnet_core/anatomy/counting/a.py", "from resnet_core.anatomy.tables.x import X", "room anatomy/counting"),
        ("resnet_core/inference/a.py", "from resnet_core.inference.explain.walk import X", "the room inference/ may"),
        ("resnet_core/models/a.py", "from resnet_core.models.codegen.model import X", "the room models/ may not"),
        ("resnet_core/models/a.py", "import resnet_core", "front door"),
        ("resnet_core/models/a.py", "from resnet_core import get_spec", "models may not import"),
        ("resnet_core/anatomy/a.py", "import plotly.graph_objects as go", "charts belong into figures"),
        ("resnet_core/unheard_of/a.py", "from resnet_core.models import spec", "unheard_of may not import"),
        ("pages/a.py", "from ._caches import walked", "relative import"),
        ("pages/a.py", "import torch.nn as nn", "a page imports torch.nn"),
        ("pages/a.py", "def f():\n    from torchvision import models", "a page imports torchvision"),
        ("pages/_caches.py", "import plotly.express as px", "a page imports plotly.express"),
        ("pages/a.py", "@st.cache_data\ndef f(x): ...", "the cache of f has neither max_entries nor ttl"),
        ("pages/a.py", "@st.cache_data(show_spinner=False)\ndef f(*, x): ...", "the cache of f has neither"),
        ("pages/_server.py", "@st.cache_resource\ndef f(*x): ...", "the cache of f has neither"),
        ("pages/a.py", "f = st.cache_resource(max_entries=1)(g)", "decorate functions"),
        ("pages/a.py", "from streamlit import cache_data", "decorate functions"),
        ("app.py", "from resnet_core.cli import main", "a page imports resnet_core.cli"),
        ("pages/a.py", "from resnet_core.notebook.show import explore", "a page imports resnet_core.notebook"),
        ("resnet_core/figures/a.py", "from resnet_core.notebook.cards import X", "figures may not import"),
        ("pages/a.py", "from resnet_core.site.build import write_site", "a page imports resnet_core.site"),
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


CACHED = "import streamlit as st\n@st.cache_data(ttl=1)\ndef f(x): ...\n@st.cache_resource\ndef g(_x): ...\n"


@pytest.mark.parametrize(("shelf", "users", "count"), [("part", 1, 0), ("part", 2, 1), ("_caches", 2, 0)])
def test_a_cache_with_two_users_belongs_onto_a_shelf(tmp_path, shelf, users, count):
    (tmp_path / "app.py").touch()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / f"{shelf}.py").write_text(CACHED)
    for number in range(users):
        (tmp_path / "pages" / f"user{number}.py").write_text(f"from pages.{shelf} import f\n")
    found = list(offences(tmp_path))
    assert len(found) == count
    assert all("f has two users" in offence for offence in found)


WIDGETS = ("anywidget", "ipywidgets", "traitlets", "IPython")
HEAVY = ("torch", "torchvision", "plotly", "pandas", "streamlit")


def asked(command, *unwanted):
    return f"from resnet_core.cli import app; app({command.split()!r}, standalone_mode=False)", unwanted


# Questions, each with what it must not load. One process answers a whole list, in which no question forbids what an
# earlier one may load: the first that loads too much is the one that is named.
QUESTIONS = {
    "drawings": [
        ("import resnet_core as rc; rc.explore, rc.live_race", (*HEAVY, *WIDGETS, "numpy", "sklearn", "PIL")),
        ("rc.list_models(); rc.get_spec('resnet50').override(groups=2)", HEAVY),
        ("assert rc.walk_spec('resnet152').total_params == 60192808", HEAVY),
        ("assert rc.compare_bottleneck().bottleneck_params == 69632", HEAVY),
        ("rc.figures.blocks_drawing()", HEAVY),
        ("rc.figures.predictions_html(['dog'], [0.9])", HEAVY),
        ("rc.figures.stack_drawing(rc.compare_bottleneck(), 'basic')", HEAVY),
        ("from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_6", HEAVY),
        ("rc.figures.degradation_drawing(FIGURE_6, TABLE_6)", HEAVY),
        ("rc.stage_table(rc.walk_spec('resnet50'))", ("torch", "torchvision", "plotly")),
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
