"""A page as a notebook: each page hands over what is set on it, and what it hands over runs."""

import json
import os
from pathlib import Path

import nbformat
import pytest

from pages.frame import as_notebook
from pages.teaching.taught import YOURS, photos_code

PAGES = {  # page, its state in the link -> what must stand in its notebook
    "architecture": (
        ("architecture", {"model": "resnet34", "size": "160", "open": "layer2"}),
        ("rc.get_spec('resnet34')", "(1, 3, 160, 160)", "at='layer2'"),
    ),
    "layers": (
        ("architecture", {"view": "Layers", "model": "resnet18", "images": "2", "kinds": "Linear"}),
        ("rc.get_spec('resnet18')", "(2, 3, 224, 224)", "[], ['Linear']"),
    ),
    "compare": (
        ("architecture", {"view": "Compare", "left": "resnet18", "right": "its plain twin", "both": "96"}),
        ("rc.get_spec('resnet18')", "if None is None", "96, 96"),
    ),
    "build": (
        ("build", {"depths": "2, 2, 2, 2", "norm": "none", "size": "64"}),
        ("'depths': (2, 2, 2, 2)", "'norm': 'none'", "'input_size': (64, 64)"),
    ),
    "bottleneck": (
        ("bottleneck", {"channels": "512", "width": "128", "cardinality": "4", "map_size": "28"}),
        ("channels=512, width=128, groups=4, size=28",),
    ),
    "variants": (("variants", {"variants": ["resnet50", "resnet50d"]}), ("['resnet50', 'resnet50d']",)),
    "shortcut": (
        ("shortcut", {"sample": "ship", "weights": "cifar_resnet20", "block": "conv3_x.1", "channel": "3"}),
        ("load_sample('ship')", "'cifar_resnet20'", "'layer2.1')", "terms, 3)"),
    ),
    "shortcut_plain": (
        ("shortcut", {"sample": "ship", "weights": "cifar_plain20", "block": "conv3_x.1"}),
        ("load_sample('ship')", "'cifar_plain20'", "picture, 'layer2.1')"),
    ),
    "published": (
        ("published", {"model": "resnet18", "seen": "11,689,512", "shows": "Errors, as printed", "table": "Table 4"}),
        ("explain_count('resnet18', '11,689,512')", "ERROR_TABLES['Table 4']"),
    ),
    "basics_filter": (
        ("basics", {"digit": "3", "stride": "2", "padding": "1", "filters": ["blur", "copy"]}),
        ("digits(10)[3], 1)", "names = ['blur', 'copy']", "stride=2"),
    ),
    "basics_relu": (
        ("basics", {"view": "ReLU", "digit": "5", "filter": "level edges"}),
        ("digits(10)[5]", "filter_weights('level edges')"),
    ),
    "basics_norm": (("basics", {"view": "Batch norm", "scale": "2.0", "shift": "-1.0"}), ("scale=2.0, shift=-1.0",)),
    "basics_softmax": (
        ("basics", {"view": "Softmax", "picture": "ship", "temperature": "2.0"}),
        ("load_sample('ship')", "/ 2.0)"),
    ),
    "teach": (
        ("teach", {"taught": "two tables", "features": "cifar_resnet20"}),
        ("examples.two_tables()", "'cifar_resnet20'"),
    ),
    "race": (
        ("race", {"depth": "8", "first_width": "8", "rate": "0.05", "networks": ["plain", "projections"]}),
        ("'lr': 0.05", "'depths'", "('plain', 'residual_b')"),
    ),
    "recorded": (("race", {"view": "Recorded"}), ("recorded_runs()",)),
    "classify": (
        ("classify", {"sample": "cat", "top_k": "3", "temperature": "2.0", "crops": "10"}),
        ("load_sample('cat')", "ten_crop=True", "ranked(3, temperature=2.0)"),
    ),
    "classify_why": (
        ("classify", {"view": "Why", "sample": "cat", "stage": "conv3_x"}),
        ("load_sample('cat')", "maps.maps['layer2']"),
    ),
    "bug_lab": (("bug_lab", {"line": "266"}), ("DOCUMENTS['000']", "rc.check('blog-lines', [266])")),
    "why_gradients": (("why", {"view": "Gradients", "depth": "20", "seed": "3"}), ("seed=3", "20, 'batch'")),
    "why_forgetting": (("why", {"view": "Forgetting", "depth": "20", "seed": "3"}), ("20, seed=3",)),
    "why_forgetting_trained": (
        ("why", {"view": "Forgetting", "probed": "trained, 20 layers"}),
        ("recorded_trained_forgetting()", "'cifar_plain20'"),
    ),
    "why_noise": (("why", {"view": "Noise", "depth": "20"}), ("seed=0", "20).neighbours")),
    "why_addition": (("why", {"view": "Addition"}), ("addition_shares",)),
    "why_growing": (("why", {"view": "Grow", "seed": "2"}), ("growing(seed=2)",)),
    "why_paths": (("why", {"view": "Paths", "picture": "cat"}), ("load_sample('cat')",)),
    "why_lesions": (
        ("why", {"view": "Lesions", "net": "cifar_resnet20"}),
        ("'cifar_resnet20'", "['nothing', 'noise']"),
    ),
    "why_cures": (("why", {"view": "Cures"}), ("'SGD, rate 0.02'", "'plain'")),
    "why_copy": (("why", {"view": "Copy"}), ('"plain", "copy", "residual"',)),
    "why_claims": (("why", {"view": "Claims"}), ("list_claims()[",)),
    "why_open": (("why", {"view": "Open"}), ("sensitivity()",)),
}
LONG = {"why_copy"}  # a race of three whole networks: over a minute


@pytest.fixture
def notebook_of(open_page, monkeypatch):
    """The notebook that a page offers in a state: notebook_of("bottleneck", channels="512")."""

    def get(page, **query):
        made = []
        monkeypatch.setattr(as_notebook, "_made", lambda name, state: made.append((name, state)) or (lambda: ""))
        open_page(page, **query)
        ((name, state),) = made[-1:]
        return name, as_notebook.page_notebook(name, **state)

    return get


def text_of(notebook):
    return "\n".join("".join(cell["source"]) for cell in json.loads(notebook)["cells"])


def test_each_text_is_of_a_page():
    assert {path.stem for path in as_notebook.NOTEBOOKS.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", ["bottleneck", "architecture", "shortcut"])
def test_a_page_hands_over_what_is_set_on_it(notebook_of, name):
    (page, query), wanted = PAGES[name]
    made, notebook = notebook_of(page, **query)
    assert made == name
    assert [words for words in wanted if words not in text_of(notebook)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"bottleneck", "architecture", "shortcut"}))
def test_every_page_does(notebook_of, name):
    test_a_page_hands_over_what_is_set_on_it(notebook_of, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES.keys() - LONG))
def test_what_is_handed_over_runs(notebook_of, root, tmp_path, name):
    from nbclient import NotebookClient

    (page, query), _ = PAGES[name]
    notebook = nbformat.reads(notebook_of(page, **query)[1], as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | {"PYTHONPATH": str(root)})
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 1
    assert not [output for cell in shown for output in cell.outputs if output.get("name") == "stderr"]


@pytest.mark.parametrize(
    ("page", "query", "wanted"),
    [
        ("shortcut", {"source": "upload"}, "load_sample('car')"),  # nothing was sent yet
        ("published", {"seen": "many"}, "explain_count('resnet50', '25,636,712')"),  # a number that is none
    ],
)
def test_where_there_is_nothing_to_take_along_an_example_is(notebook_of, page, query, wanted):
    made, notebook = notebook_of(page, **query)
    assert made == page
    assert wanted in text_of(notebook)


def test_what_a_visitor_typed_stands_in_quotes():
    name = "x'); import os  #"
    text = text_of(as_notebook.page_notebook("why_paths", sample=name))
    assert f"load_sample({name!r})" in text


@pytest.mark.parametrize(
    ("source", "code"), [("sample", "load_sample('cat')"), ("upload", 'Path("my_photo.jpg")  # your picture')]
)
def test_a_picture_of_a_visitors_is_a_file_of_theirs(source, code):
    assert repr(as_notebook.picture_code(source, "cat")) == code


def test_photos_of_a_visitors_are_a_folder_of_theirs(monkeypatch, tmp_path):
    """Its code runs where the zip of their photos was unpacked."""
    from PIL import Image

    from resnet_core.lab.data.folders import list_classes
    from resnet_core.lab.teach import examples

    for name in ("cup", "key"):
        (tmp_path / "my_photos" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32)).save(tmp_path / "my_photos" / name / "1.png")
    monkeypatch.chdir(tmp_path)
    shown = eval(photos_code(YOURS), {"examples": examples, "list_classes": list_classes, "Path": Path})
    assert {name: len(photos) for name, photos in shown.classes.items()} == {"cup": 1, "key": 1}
    assert not shown.elsewhere
