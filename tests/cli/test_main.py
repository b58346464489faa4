import subprocess
import sys

import pytest

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
