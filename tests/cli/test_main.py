import subprocess
import sys

import pytest
import typer
from click.testing import CliRunner

from resnet_core.cli import app, called_as, name_itself

COMMANDS = (
    ("list",), ("layers",), ("bottleneck",), ("explain-count",), ("classify",), ("train",),
    ("weights", "list"), ("weights", "fetch"), ("bench", "trace"),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(command, run):
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert f"python -m resnet_core {' '.join(command)}" in result.stdout.split("Usage:")[1].split("\n", 1)[1]


def test_the_module_runs_as_a_program(root):
    def program(*args):
        return subprocess.run(
            [sys.executable, "-m", "resnet_core", *args], cwd=root, capture_output=True, text=True, timeout=60
        )

    good = program("bottleneck")
    assert (good.returncode, good.stderr) == (0, "")
    assert "69,632" in good.stdout
    bad = program("layers", "resnet5O")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("No model is named 'resnet5O'.")
    assert len(bad.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("program", "name"),
    [("/usr/lib/resnet_core/__main__.py", "python -m resnet_core"), ("/usr/bin/resnet-explainer", "resnet-explainer")],
)
def test_help_names_the_command_as_the_reader_called_it(program, name):
    command = typer.main.get_command(app)
    assert called_as(program) == name
    name_itself(command, name)
    said = CliRunner().invoke(command, ["weights", "fetch", "--help"], prog_name=name).output
    assert f"Usage: {name} weights fetch" in said
    assert f"{name} weights fetch resnet50" in said
    assert sum(said.count(other) for other in ("python -m resnet_core", "resnet-explainer")) == said.count(name)
