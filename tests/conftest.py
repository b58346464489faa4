"""What every test can use: the root, a fresh interpreter, and caches that no other test has filled."""

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_finish():
    """What is loaded by now is no test's garbage: collections need not walk it, and take a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root():
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def fresh_python():
    """Runs code in an interpreter that has imported nothing yet, and gives back what it prints."""

    def run(code):
        result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture(scope="session")
def run_tool():
    """Runs a program of tools/ as a person does, in a process of its own: run_tool("bench_room", "--students", 5)."""

    def run(name, *words):
        command = [sys.executable, ROOT / "tools" / f"{name}.py", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder that `train` leaves of a plain network with 8 layers, after two epochs of two steps on digits."""
    from resnet_core.lab.data.sets import load_data
    from resnet_core.lab.recipe.config import TrainConfig
    from resnet_core.lab.training.checkpoints import train_and_save

    folder = tmp_path_factory.mktemp("trained")
    recipe = TrainConfig(
        model="cifar_plain20", overrides=(("depths", (1, 1, 1)), ("widths", (2, 2, 2))), data="digits", epochs=2,
        batch_size=750, precision="fp32",
    )  # fmt: skip
    list(train_and_save(recipe, load_data("digits"), folder, record={"command": "python -m resnet_core train ..."}))
    return folder


@pytest.fixture
def thread_failures(monkeypatch):
    """The types of what is raised out of threads from now on. A thread says it last, so a test waits for it here."""
    raised = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: raised.append(failure.exc_type))
    return raised


@pytest.fixture(autouse=True)
def one_thread():
    """Networks as small as the tests' lose time on a second core. A test that needs no PyTorch does not load it."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def fresh_caches():
    """A page that a test runs shows nothing that an earlier test has put into Streamlit's caches."""
    yield
    if "streamlit" in sys.modules:
        import streamlit

        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()
