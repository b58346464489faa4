import pytest
from typer.testing import CliRunner

from resnet_core.cli import app


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    """Races that a test runs are kept in its own history."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run(monkeypatch):
    """Runs a command in this process and gives back its exit_code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*args):
        return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)

    return invoke


@pytest.fixture
def refuse(run):
    """Runs a command that must fail with exit status 2 and nothing on stdout; gives back its sentence on stderr."""

    def invoke(*args):
        result = run(*args)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr
        return " ".join(result.stderr.replace("│", " ").split())

    return invoke
