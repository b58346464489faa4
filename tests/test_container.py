"""The container as far as it can be tried without an engine: its recipe, and the app from the files that it copies."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest


@pytest.fixture(scope="module")
def recipe(root):
    """The Dockerfile's instructions: (word, rest), continued lines joined."""
    text = (root / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line]


@pytest.fixture(scope="module")
def copied(recipe):
    """What is copied out of the checkout."""
    copies = [rest.split() for word, rest in recipe if word == "COPY" and not rest.startswith("--from")]
    return [source for *sources, _ in copies for source in sources]


def last(recipe, word):
    return [rest for kind, rest in recipe if kind == word][-1]


def as_list(command):
    return json.loads(command[command.index("[") :])


def settings(recipe):
    return dict(pair.split("=", 1) for word, rest in recipe if word == "ENV" for pair in rest.split())


def test_all_that_is_copied_exists_and_alone_travels(root, copied):
    assert copied
    assert [source for source in copied if not (root / source).exists()] == []
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied)


def test_it_runs_as_an_ordinary_user_with_one_heap(recipe):
    assert [word for word, _ in recipe].index("USER") < [word for word, _ in recipe].index("CMD")
    user = last(recipe, "USER")
    assert user not in ("root", "0")
    assert any(f"--uid {user} " in rest for word, rest in recipe if word == "RUN")
    assert settings(recipe)["MALLOC_ARENA_MAX"] == "1"


def test_weights_and_cache_are_volumes_that_its_user_may_write(recipe):
    from resnet_core.weights.library import FOLDER_VARIABLE

    volumes, chosen = as_list(last(recipe, "VOLUME")), settings(recipe)
    assert [chosen[FOLDER_VARIABLE], chosen["RESNET_CORE_CACHE"]] == volumes
    assert chosen["TORCH_HOME"].startswith(f"{chosen['RESNET_CORE_CACHE']}/")
    (made,) = [rest for word, rest in recipe if word == "RUN" and "install --directory" in rest]
    assert made.endswith(" ".join(volumes))


def test_it_takes_the_locked_pair_from_the_index_for_cpus(root, recipe):
    (install,) = [rest for word, rest in recipe if word == "RUN" and "pip install" in rest]
    assert "--index-url https://download.pytorch.org/whl/cpu -r torch.txt" in install
    pattern = re.search(r"grep -E '([^']+)'", install)[1]
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pair = [line.partition("==")[0] for line in lines if re.search(pattern, line)]
    assert pair == ["torch", "torchvision"]


def test_its_health_is_asked_at_the_port_that_it_serves(root, recipe):
    ask, serve = as_list(last(recipe, "HEALTHCHECK")), as_list(last(recipe, "CMD"))
    ast.parse(ask[-1])
    port = last(recipe, "EXPOSE")
    assert f"127.0.0.1:{port}/_stcore/health" in ask[-1]
    assert serve[-1] == port
    assert "`/_stcore/health`" in (root / "docs" / "deployment.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def image(root, copied, tmp_path_factory):
    """The folder that the app lies in: the copied files and nothing else."""
    home = tmp_path_factory.mktemp("image") / "app"
    home.mkdir()
    for source in copied:
        copy = shutil.copytree if (root / source).is_dir() else shutil.copy
        copy(root / source, home / source)
    return home


def environment(folder):
    own = {"RESNET_WEIGHTS_DIR": folder, "RESNET_CORE_CACHE": folder, "HOME": folder, "RESNET_WARM_UP": "off"}
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | own


OPEN_PAGES = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=200).run()
for page in ["home.py", "bottleneck.py", "classify.py"]:
    app.switch_page(f"pages/{page}").run()
    assert not app.exception, app.exception
    print(app.title[0].value)
import resnet_core
assert Path(resnet_core.__file__).is_relative_to(Path.cwd()), resnet_core.__file__
"""


@pytest.mark.slow
def test_pages_open_from_the_copied_files_alone(image, tmp_path):
    command = [sys.executable, "-W", "ignore", "-c", OPEN_PAGES]
    opened = subprocess.run(command, cwd=image, env=environment(str(tmp_path)), capture_output=True, text=True)
    assert opened.returncode == 0, opened.stderr
    assert len(set(opened.stdout.splitlines())) == 3


@pytest.mark.slow
def test_the_copied_files_alone_serve_the_app_and_are_healthy(recipe, image, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    ask, serve = (
        [word.replace(last(recipe, "EXPOSE"), port) for word in as_list(last(recipe, kind))]
        for kind in ("HEALTHCHECK", "CMD")
    )
    assert (ask[0], serve[0]) == ("python", "python")
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, *serve[1:]], cwd=image, env=environment(str(tmp_path)), stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 90
            while subprocess.run([sys.executable, *ask[1:]], capture_output=True).returncode:
                assert server.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline, "it did not become healthy in 90 s"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()
