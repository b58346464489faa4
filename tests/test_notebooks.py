"""The notebooks, as a reader gets them: their heads, their questions, and what running them from top to bottom shows.

Each runs in a kernel of this environment that can't reach the network.
"""

import os
import re
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from resnet_core.anatomy.exercises.exercise import written_answer
from resnet_core.ipynb import address_in, install_code
from resnet_core.models.listings.defects import defects_in
from resnet_core.notebook.course.check import ASKED, LINES, check

COURSE = ("1_race", "2_shapes", "3_addition", "4_listings", "5_photo")
ALL = (*COURSE, "why")
CHECKED = re.compile(r"""rc\.check\("([a-z0-9-]+)\"""")
FIXED = {name: exercise for make in ASKED.values() for name, exercise in make(None).items()}
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


# What a reader who knows it all would write, in the kernel that has run the notebook.
HOOK = """
model, lines = build_listing("listing_hook_blog").eval(), []
def hook(module, inputs, output):
    lines.append(f"{module} [input] {inputs[0].shape} [ouput] {output.shape}")
for module in model.modules():
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.Linear)):
        module.register_forward_hook(hook)
with torch.no_grad():
    model(torch.zeros(1, 3, 224, 224))
rc.check("hook-transcript", lines)
"""
BLOCK = """
class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))

rc.check("residual-block", Block)
"""
REPAIR = """
code = "\\n".join(line.text for line in document_lines("000"))
for before, after in [
    ("MaxPool2d(3, stride=2)", "MaxPool2d(3, stride=2, padding=1)"), ("x.detach().clone()", "x"),
    ("nn.BatchNorm2d(64),", "nn.BatchNorm2d(64), nn.ReLU(),"), ("padding=3)", "padding=3, bias=False)"),
    ("            Bottleneck(", "            block("), ("4 * block_channels", "block.expansion * block_channels"),
    ("block_channels * 4", "block_channels * block.expansion"), ("Linear(2048,", "Linear(512 * block.expansion,"),
]:
    code = code.replace(before, after)
exec(code)
rc.check("blog-repair", (Bottleneck, ResNet))
"""


def right(*beginnings):
    """Checks of the right answers to fixed questions, by how their names begin."""
    return [
        f'rc.check("{name}", {exercise.answers[0]!r})'
        for name, exercise in FIXED.items()
        if name.startswith(beginnings)
    ]


def lines(name, document):
    return f'rc.check("{name}", {[defect.line for defect in defects_in(document)]})'


SOLVED = {
    "1_race": [*right("race"), 'rc.check("race-count", round(final_errors(metrics)["plain"] * 297), about=metrics)'],
    "2_shapes": [HOOK, *right("layer", "bottleneck")],
    "3_addition": [BLOCK, *right("addition", "depth")],
    "4_listings": [REPAIR, *(lines(name, document) for name, document in LINES.items())],
    "5_photo": [
        *right("photo"),
        "import math; one, other = prediction.ranked(2)\n"
        'rc.check("photo-logits", math.log(one.probability / other.probability), about=prediction)',
        'rc.check("head-size", sum(p.numel() for p in mine.model.fc.parameters()), about=mine)',
    ],
}


class Ran(NamedTuple):
    """A notebook with its outputs, the seconds of a core that it took, and what the solutions were told."""

    notebook: nbformat.NotebookNode
    seconds: float
    answers: list[str]


@pytest.fixture(scope="module")
def read(root):
    return lambda name: nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def ran(root, read, tmp_path_factory):
    """Each notebook executed, once for all tests here: its own cells, and behind them what solves its exercises."""
    home = tmp_path_factory.mktemp("notebooks")  # nothing is written beside the notebooks
    done = {}

    def execute(name):
        if name not in done:
            notebook, solved = read(name), read(name)
            clock = new_code_cell("import time; time.process_time()")
            solved.cells += [clock, *map(new_code_cell, SOLVED.get(name, ()))]
            resources = {"metadata": {"path": home}}
            client = NotebookClient(solved, timeout=500, kernel_name="python3", resources=resources)
            client.execute(env=os.environ | NOWHERE | {"PYTHONPATH": str(root)})
            own = len(notebook.cells)
            notebook.cells, behind = solved.cells[:own], solved.cells[own:]
            seconds, *answers = (cell.outputs[-1]["data"]["text/plain"] for cell in behind)
            done[name] = Ran(notebook, float(seconds), answers)
        return done[name]

    return execute


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def printed(notebook):
    return "".join(output["text"] for output in outputs(notebook) if "text" in output)


def verdicts(notebook):
    """What each check said, by its name."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (name := CHECKED.search(cell.source)):
            found[name[1]] = cell.outputs[-1]["data"]["text/plain"]
    return found


@pytest.mark.parametrize("name", ALL)
def test_it_is_kept_without_outputs(read, name):
    for cell in read(name).cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("name", ALL)
def test_it_begins_with_its_title_and_with_what_installs_the_package(root, read, name):
    title, first = [cell for cell in read(name).cells[:3] if cell.id != "badges"][:2]
    assert title.source.startswith("# ")
    assert first.source == install_code(address_in(root / "pyproject.toml"))


def test_there_are_no_others(root):
    assert {path.stem for path in (root / "notebooks").glob("*.ipynb")} == set(ALL)


@pytest.mark.parametrize("name", COURSE)
def test_it_names_its_place_in_the_course(read, name):
    names = [one.partition("_")[2] for one in COURSE]
    place = read(name).cells[0].source
    assert " · ".join(f"**{one}**" if one == name.partition("_")[2] else one for one in names) in place
    if name != COURSE[-1]:
        assert (
            f"**{COURSE[COURSE.index(name) + 1]}.ipynb**" in read(name).cells[-1].source + read(name).cells[-2].source
        )


@pytest.mark.parametrize("name", COURSE)
def test_each_question_stands_word_by_word_before_its_check(read, name):
    cells = read(name).cells
    asked = {found[1]: n for n, cell in enumerate(cells) if (found := CHECKED.search(cell.source))}
    assert len(asked) >= 4
    for question, place in asked.items():
        if question in FIXED:
            text = check(question).text.rsplit("\n", 1)[0]
            assert text.replace("\n", "  \n") in cells[place - 1].source, question


def test_each_fixed_question_is_asked_once(read):
    asked = [name for one in COURSE for cell in read(one).cells for name in CHECKED.findall(cell.source)]
    assert len(asked) == len(set(asked))
    assert set(FIXED) <= set(asked)


@pytest.mark.parametrize("name", COURSE)
def test_no_answer_stands_in_it(read, name):
    text = "\n".join(cell.source for cell in read(name).cells)
    for question in CHECKED.findall(text):
        exercise = FIXED.get(question)
        if exercise is None or exercise.kind == "choice":
            continue
        forms = {form for answer in exercise.answers for form in (written_answer(answer), str(answer))}
        given = "|".join(re.escape(form) for form in forms if form.strip("0.") and len(form) > 2)  # 27 stands anywhere
        assert not (given and re.findall(rf"(?<![\d.,])(?:{given})(?![\d,]|\.\d)", text)), question


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_it_runs_without_a_network_from_top_to_bottom_in_under_a_minute(ran, name):
    one = ran(name)  # an error in a cell would have stopped it
    assert [output["text"] for output in outputs(one.notebook) if output.get("name") == "stderr"] == []
    assert one.seconds < 60  # of a core, so that it holds on a busy machine too
    assert all(said.startswith("? ") for said in verdicts(one.notebook).values())


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE)
def test_who_solves_its_exercises_is_told_so(ran, name):
    assert [said[:7] for said in ran(name).answers] == ["✓ Right"] * len(SOLVED[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_it_becomes_a_page_with_all_that_it_shows(ran, name):
    from nbconvert import HTMLExporter

    notebook = ran(name).notebook
    page, _ = HTMLExporter(embed_images=True).from_notebook_node(notebook)
    charts = sum("application/vnd.plotly.v1+json" in output.get("data", {}) for output in outputs(notebook))
    drawings = sum(output.get("data", {}).get("text/html", "").startswith("<svg") for output in outputs(notebook))
    assert page.count("Plotly.newPlot(") >= charts
    assert page.count("<svg") >= drawings
    assert page.count("run the cell.</div>") == len(verdicts(notebook))


@pytest.mark.slow
def test_the_race_measures_the_gap_that_it_tells_of(ran):
    told = printed(ran("1_race").notebook)
    found = re.findall(r"After 69 steps the residual network's training loss[^\n]*?([\d.]+) times as high", told)
    gap, small_gap = map(float, found)
    assert gap > 3 * small_gap  # measured: some 17 against 1.7
    plain, residual = (
        float(re.search(rf"{arm} +you guessed.*measured +([\d.]+)", told)[1]) for arm in ("plain", "residual")
    )
    assert plain > 50 > 25 > residual


@pytest.mark.slow
def test_the_shapes_are_those_that_it_tells_of(ran):
    told = printed(ran("2_shapes").notebook)
    numbers = (
        "25,557,032 parameters, 4,089,184,256", "3,857,973,248", "69,632", "1,179,648", "5.9 %", "halved 5 times",
        "3,226 parameters, 3,391,888 multiply-adds, out come {'logits': (1, 10), 'features': (1, 32)}",
        "head, a Linear that takes 16 features, was given 32: (1, 32).",
    )  # fmt: skip
    assert [one for one in numbers if one not in told] == []


@pytest.mark.slow
def test_the_addition_measures_what_it_tells_of(ran):
    told = printed(ran("3_addition").notebook)

    def number(before):
        return float(re.search(re.escape(before) + r"[^\n\d-]*([-\d.e+]+)", told)[1])

    assert number("without one block:") > 50 > number("without all blocks:")
    assert number("plain     first over last convolution:") > 100  # it grows
    assert number("detached  first over last convolution:") < 1e-2  # it vanishes
    assert number("plain:") > 80 > 55 > number("residual:")  # percent wrong behind the last block


@pytest.mark.slow
def test_the_listings_and_the_photo_show_what_they_tell_of(ran):
    listings, photo = (printed(ran(name).notebook) for name in ("4_listings", "5_photo"))
    assert "25,557,096 parameters" in listings
    assert re.search(r"detached residual one's [\d.]+: [\d.]+ times as high", listings)
    assert "a cup of coffee" in photo
    right = int(re.search(r"(\d+) of 24 right", photo)[1])
    assert right > 16
