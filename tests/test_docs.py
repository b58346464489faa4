"""The documents say what is so: links lead somewhere, commands parse, snippets print what stands beside them."""

import ast
import io
import re
import shlex
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
import typer
from PIL import Image, ImageSequence

from resnet_core.cli import app
from resnet_core.weights.library import find_weights

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pages/LINKS.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^(<!-- executed -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:resnet-explainer|(?:\S*python|\S*torchrun .*) -m resnet_core) (.+)")
STOPS = re.compile(r"\s#\s|\s>|\s\||\s&&")
README_LINES = 120


def name_of(path):
    return str(path.relative_to(ROOT))


def fenced(text, language):
    """The blocks of a language; those that are marked as executed are (True, block)."""
    return [(bool(mark), block) for mark, kind, block in FENCE.findall(text) if kind == language]


def commands_in(text):
    """The words after our program in each command, in blocks for the shell and in single backquotes."""
    shell = "".join(block for _, block in fenced(text, "bash")).replace("\\\n", " ")
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for line in [*shell.splitlines(), *inline]:
        if found := COMMAND.match(line.strip()):
            yield shlex.split(STOPS.split(found[1] + " ")[0])


def parse(command, words):
    """Parse a command of ours, its subcommands and their options, without running it."""
    context = command.make_context(command.name or "resnet-explainer", list(words))
    if inner := [*getattr(context, "_protected_args", ()), *context.args]:
        name, chosen, rest = command.resolve_command(context, inner)
        assert chosen, f"there is no command {name}"
        parse(chosen, rest)


def told_by(code):
    """What each expression of a block is said to give, beside what it gives: pairs (said, given)."""
    comments = {
        token.start[0]: token.string.removeprefix("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT
    }
    here = {}
    for statement in ast.parse(code).body:
        said = comments.get(statement.end_lineno)
        if isinstance(statement, ast.Expr) and said is not None:
            yield said, repr(eval(ast.unparse(statement), here))
        else:
            exec(ast.unparse(statement), here)


def is_told(said, given):
    return given.startswith(said.removesuffix("...")) if said.endswith("...") else given == said


def test_the_readme_is_read_in_a_minute():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= README_LINES
    assert text.index("```bash\nmake run ") < text.index("\nmake test ") < text.index("`make test-slow`")


def test_the_tour_is_short_and_light():
    tour = ROOT / "assets" / "screenshots" / "tour.webp"
    with Image.open(tour) as picture:
        durations_ms = [frame.info["duration"] for frame in ImageSequence.Iterator(picture) if frame.load()]
        assert picture.width == 800
    assert 8_000 <= sum(durations_ms) <= 12_500
    assert tour.stat().st_size <= 2_000_000
    assert name_of(tour) in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_and_picture_is_there(document):
    links = {link.partition("#")[0] for link in LINK.findall(document.read_text(encoding="utf-8"))}
    missing = {link for link in links if link and "://" not in link and not (document.parent / link).exists()}
    assert missing == set()


def test_every_guide_is_linked_from_the_readme():
    links = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {name_of(path) for path in DOCUMENTS if path.parent == ROOT / "docs"} <= set(links)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_parses(document):
    program = typer.main.get_command(app)
    for words in commands_in(document.read_text(encoding="utf-8")):
        try:
            parse(program, words)
        except typer.Exit:  # of --help and --version, which are asked at once
            assert words[-1] in ("--help", "--version")
        except typer.TyperException as error:
            pytest.fail(f"{' '.join(words)}: {error}")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_file_and_target_that_is_named_is_there(document):
    text = document.read_text(encoding="utf-8")
    files = re.findall(r"`((?:resnet_core|pages|tests|tools|docs|assets|notebooks)/[\w./]*)`", text)
    assert [file for file in files if not (ROOT / file).exists()] == []
    targets = {target for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:")
               for target in line.split()[1:]}  # fmt: skip
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets


def test_the_house_has_the_rooms_that_its_page_names():
    named, floor = set(), ""
    for first, room in re.findall(r"^\| (`\w+`)? ?\| (`\w+`)? ?\|", (ROOT / "docs/house.md").read_text("utf-8"), re.M):
        floor = first.strip("`") or floor
        named.add((floor, room.strip("`")))
    there = {path.parent.relative_to(ROOT / "resnet_core").parts for path in ROOT.glob("resnet_core/*/*/__init__.py")}
    assert {(floor, room) for floor, room in named if room} == there


def test_commands_that_no_longer_exist_would_be_seen():
    program = typer.main.get_command(app)
    for line in ("layers resnet50 --inputs 3", "bench pages", "weights fetch"):
        (words,) = commands_in(f"```bash\n.venv/bin/python -m resnet_core {line}  # as before\n```\n")
        with pytest.raises(typer.TyperException, match=r"No such|Missing"):
            parse(program, words)
    shell = "```bash\nresnet-explainer classify a.jpg \\\n    --top-k 3 > b\n```\n"
    text = f"{shell}and `x/python -m resnet_core list`, `resnet-explainer`"
    assert list(commands_in(text)) == [["classify", "a.jpg", "--top-k", "3"], ["list"]]


EXECUTED = [
    pytest.param(block, id=f"{name_of(path)}-{number}")
    for path in DOCUMENTS
    for number, (executed, block) in enumerate(fenced(path.read_text(encoding="utf-8"), "python"))
    if executed
]


@pytest.mark.parametrize("block", EXECUTED)
def test_a_snippet_gives_what_stands_beside_it(block):
    told = list(told_by(block))
    assert told
    assert [(said, given) for said, given in told if not is_told(said, given)] == []


def test_every_snippet_is_python_and_a_wrong_number_would_be_seen():
    for path in DOCUMENTS:
        for _, block in fenced(path.read_text(encoding="utf-8"), "python"):
            ast.parse(block)
    assert len(EXECUTED) >= 3
    assert [is_told(*pair) for pair in told_by("x = 2\nx + 1  # 3\nx  # 3\nx / 3  # 0.66...\n")] == [True, False, True]


def test_the_numbers_of_the_readme_are_the_packages_own():
    import resnet_core as rc

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("resnet50", "resnet50_v1"):
        trace = rc.trace_model(name)
        assert f"{trace.total_macs:,}" in text
        assert f"{trace.total_params:,}" in text
    block = rc.compare_bottleneck()
    assert f"Why {block.bottleneck_params:,} and not {block.basic_params:,}?" in text
    accuracies = [f"{find_weights(f'cifar_resnet{depth}').top1:.2f}" for depth in (56, 20)]
    assert " and ".join(accuracies) in text


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The API reference, written as `make docs` does it."""
    folder = tmp_path_factory.mktemp("reference")
    (recipe,) = re.findall(r"\$\(BIN\)/python (.*-m pdoc .+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    words = [str(folder) if word == "build/docs" else word for word in shlex.split(recipe)]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True, timeout=300)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("module", ["resnet_core", "resnet_core.figures", "resnet_core.lab.theory"])
def test_every_public_name_has_its_place_in_the_reference(reference, module):
    names = set(sys.modules[module].__all__ if module in sys.modules else __import__(module, fromlist="x").__all__)
    page = (reference / Path(*module.split("."))).with_suffix(".html").read_text(encoding="utf-8")
    anchors = set(re.findall(r'id="([\w.]+)"', page))
    pages = {path.stem for path in (reference / Path(*module.split("."))).rglob("*.html")}
    assert names
    assert names - anchors - pages == set()
    for name in names - pages:  # and not the name alone: what its docstring says
        section = page.partition(f'<section id="{name}">')[2].partition("</section>")[0]
        assert 'class="docstring"' in section, name
