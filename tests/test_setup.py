"""What `make` decides before it installs: the build of PyTorch, the machine, the disk. Nothing is installed here."""

import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from tools import install

GB = 10**9


@pytest.mark.parametrize(
    ("system", "machine", "minor", "says"),
    [
        ("Linux", "x86_64", 11, ""),
        ("Linux", "aarch64", 14, ""),
        ("Darwin", "arm64", 13, ""),
        ("Windows", "AMD64", 12, ""),
        ("Darwin", "x86_64", 12, "Intel Macs"),
        ("Linux", "x86_64", 10, "this is Python 3.10"),
        ("Linux", "x86_64", 15, "for Python 3.11 to 3.14"),
    ],
)
def test_a_machine_without_wheels_is_told_so_in_a_sentence(system, machine, minor, says):
    sentence = install.unsupported(system, machine, minor)
    assert says in sentence
    assert bool(says) == bool(sentence)


def test_the_disk_has_room_or_a_sentence_says_how_much_is_missing():
    assert install.no_room(7, 7 * GB) == ""
    assert install.no_room(7, 2_340_000_000) == "This needs about 7 GB of disk, and 2.3 GB are free."


@pytest.mark.parametrize(
    ("system", "gpu", "wish", "backend", "build"),
    [
        ("Linux", False, "", "cpu", "CPU"),
        ("Linux", True, "", "auto", "CUDA"),
        ("Linux", False, "auto", "cpu", "CPU"),  # uv's own auto would take an Intel laptop's graphics for a GPU
        ("Linux", True, "cpu", "cpu", "CPU"),
        ("Linux", False, "cu126", "cu126", "CUDA"),
        ("Windows", True, "", "auto", "CUDA"),
        ("Darwin", False, "", "", "CPU"),
        ("Darwin", False, "auto", "", "CPU"),
    ],
)
def test_the_build_is_what_the_machine_can_use_or_what_was_wished(system, gpu, wish, backend, build):
    assert install.wanted_backend(system, gpu, wish) == backend
    assert install.build(system, backend) == build


def test_pypi_has_the_large_build_for_linux_only():
    assert [install.build(system, "") for system in ("Linux", "Darwin", "Windows")] == ["CUDA", "CPU", "CPU"]


def test_a_gpu_is_seen_by_its_driver_or_by_its_tool(tmp_path, monkeypatch):
    driver = tmp_path / "version"
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not install.has_nvidia_gpu([driver])  # neither

    tool.write_text("#!/bin/sh\necho 'No devices were found'\n")
    tool.chmod(0o755)
    assert not install.has_nvidia_gpu([driver])
    tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100'\n")
    assert install.has_nvidia_gpu([driver])

    tool.unlink()
    driver.write_text("595.1")
    assert install.has_nvidia_gpu([driver])


@pytest.fixture
def index(monkeypatch):
    """A package index at this machine: answers with the status that its path names, or hangs."""
    monkeypatch.setenv("no_proxy", "*")
    let_go = threading.Event()

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/hang":
                let_go.wait(20)
                return
            self.send_response(int(self.path[1:]))
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        let_go.set()
        server.shutdown()


@pytest.mark.parametrize(("page", "there"), [("200", True), ("403", False), ("404", False), ("503", False)])
def test_an_index_answers_if_it_has_the_page(index, page, there):
    assert install.answers(f"{index}/{page}") is there


def test_an_index_that_hangs_is_given_up(index):
    before = time.monotonic()
    assert not install.answers(f"{index}/hang", seconds=0.2)
    assert time.monotonic() - before < 2


def test_a_name_that_is_looked_up_for_ever_is_given_up(monkeypatch):
    let_go = threading.Event()

    def look_up(*_args, **_kwargs):
        let_go.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    before = time.monotonic()
    assert not install.answers("http://nowhere.invalid/", seconds=0.2)
    assert time.monotonic() - before < 2
    let_go.set()


def test_an_index_that_refuses_does_not_answer(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        assert not install.answers(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_uv_takes_the_index_of_pip_unless_it_has_its_own():
    config = "global.extra-index-url='https://more.example'\nglobal.index-url='https://ours.example/simple'\n"
    assert install.pip_index(config) == "https://ours.example/simple"
    assert install.pip_index("global.timeout='60'\n") == ""
    assert install.settings({}, config, True) == {
        "UV_SYSTEM_CERTS": "1",
        "UV_DEFAULT_INDEX": "https://ours.example/simple",
    }
    theirs = {"UV_DEFAULT_INDEX": "https://theirs.example", "UV_SYSTEM_CERTS": "0"}
    assert install.settings(theirs, config, True) == theirs
    assert "UV_DEFAULT_INDEX" not in install.settings({"UV_INDEX_URL": "https://theirs.example"}, config, True)


def test_the_backend_is_decided_once_and_certificates_are_taken_where_there_are_some():
    assert install.settings({"UV_TORCH_BACKEND": "cpu", "HOME": "/root"}, "", False) == {"HOME": "/root"}


def test_a_system_without_certificates_is_seen(tmp_path, monkeypatch):
    def paths(cafile=None):
        monkeypatch.setattr(
            install.ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=cafile, capath=tmp_path)
        )

    paths()
    assert not install.has_certificates("Linux")
    assert install.has_certificates("Darwin")  # they are in its keychain
    paths(cafile="/etc/ssl/cert.pem")
    assert install.has_certificates("Linux")
    paths()
    (tmp_path / "company.pem").touch()
    assert install.has_certificates("Linux")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """An empty environment on Linux without a GPU, with an index and room. `uv` only writes down what it was told."""
    told = tmp_path / "told"

    def uv(exit_status):
        code = f"import pathlib, sys; pathlib.Path({str(told)!r}).write_text(' '.join(sys.argv[1:])); "
        monkeypatch.setattr(install, "find_uv", lambda: [sys.executable, "-c", f"{code}sys.exit({exit_status})"])

    def disk(free):
        monkeypatch.setattr(install.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    monkeypatch.delenv("TORCH_BACKEND", raising=False)
    monkeypatch.delenv("UV_TORCH_BACKEND", raising=False)
    monkeypatch.setattr(install.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(install.platform, "system", lambda: "Linux")
    monkeypatch.setattr(install.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(install, "output", lambda *_: "")
    monkeypatch.setattr(install, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(install, "answers", lambda _: True)
    uv(exit_status=0)
    disk(free=400 * GB)
    return SimpleNamespace(told=told, uv=uv, disk=disk)


def test_the_cpu_build_is_asked_for_and_its_size_is_said(machine, capsys):
    assert install.main(["requirements.txt"]) == ""
    assert "--torch-backend cpu --requirements requirements.txt" in machine.told.read_text()
    assert "PyTorch's CPU build: about 2 GB" in capsys.readouterr().out


def test_without_pytorchs_index_pypis_build_is_taken_and_said(machine, monkeypatch, capsys):
    monkeypatch.setattr(install, "answers", lambda _: False)
    monkeypatch.setenv("UV_TORCH_BACKEND", "cpu")
    assert install.main(["requirements-dev.txt", "requirements-cluster.txt"]) == ""
    told = machine.told.read_text()
    assert "--torch-backend" not in told
    assert told.endswith("--requirements requirements-dev.txt --requirements requirements-cluster.txt")
    said = capsys.readouterr().out
    assert "does not answer, so PyPI's build is taken, which brings NVIDIA's libraries." in said
    assert "CUDA build: about 8 GB" in said


def test_a_wish_comes_before_what_the_machine_has(machine, monkeypatch):
    monkeypatch.setenv("UV_TORCH_BACKEND", "cpu")
    monkeypatch.setenv("TORCH_BACKEND", "cu126")
    assert install.main(["requirements.txt"]) == ""
    assert "--torch-backend cu126 " in machine.told.read_text()


def test_nothing_is_begun_on_a_full_disk_but_what_was_begun_goes_on(machine):
    machine.disk(free=GB)
    assert install.main(["requirements.txt"]) == "This needs about 2 GB of disk, and 1.0 GB are free."
    assert not machine.told.exists()

    machine.disk(free=3 * GB)
    machine.uv(exit_status=1)
    assert "goes on from here" in install.main(["requirements.txt"])
    machine.disk(free=GB)  # the rest is in uv's cache
    machine.uv(exit_status=0)
    assert install.main(["requirements.txt"]) == ""


def test_a_disk_that_fills_up_on_the_way_is_the_reason_given(machine):
    machine.uv(exit_status=1)
    machine.disk(free=2 * GB)
    assert "goes on from here" in install.main(["requirements.txt"])
    machine.disk(free=0)
    assert install.main(["requirements.txt"]) == "This needs about 1 GB of disk, and 0.0 GB are free."


def test_make_installs_again_only_after_a_failure_or_a_change(root, tmp_path):
    shutil.copy(root / "Makefile", tmp_path)
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)

    def installs(exit_status=0):
        python.write_text(f'#!/bin/sh\necho "$@" >> ran\nexit {exit_status}\n')
        python.chmod(0o755)
        (tmp_path / "ran").unlink(missing_ok=True)
        result = subprocess.run(["make", "install"], cwd=tmp_path, capture_output=True)
        assert (result.returncode == 0) == (exit_status == 0)
        return (tmp_path / "ran").exists() and (tmp_path / "ran").read_text() == "tools/install.py requirements.txt\n"

    assert installs(exit_status=1)  # interrupted
    assert installs()
    assert not installs()
    os.utime(requirements, (time.time() + 5, time.time() + 5))
    assert installs()
