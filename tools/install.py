"""Installs requirements into the environment whose Python runs this: what this machine can use, and no more.

    .venv/bin/python tools/install.py requirements.txt

PyTorch is nearly all of it, and comes in builds: for the CPU, or with NVIDIA's libraries, four times as large. uv
downloads and unpacks several packages at once, and knows where each build is. This runs before anything is installed,
so it needs Python's own library only.
"""

import contextlib
import functools
import importlib.util
import os
import platform
import shutil
import ssl
import subprocess
import sys
import threading
import urllib.request
from http.client import HTTPException
from pathlib import Path

# PyTorch's wheels in requirements.txt are for these Pythons, and for no Intel Mac. Change them together.
PYTHONS = range(11, 15)
INDEX = "https://download.pytorch.org/whl/cpu/torch/"
GIGABYTES = {"CPU": 2, "CUDA": 7}  # what the app takes on the disk with each build of PyTorch
GIGABYTES_OF_TOOLS = 1  # what the tests take on top
NVIDIA_DRIVER = ("/proc/driver/nvidia/version", "/sys/module/nvidia/version")

say = functools.partial(print, flush=True)  # before what uv prints, also where nobody sits at a terminal


def unsupported(system: str, machine: str, minor: int) -> str:
    """A sentence, where PyTorch has no wheel for this machine: Python 3.`minor` on that system and processor."""
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "PyTorch no longer has wheels for Intel Macs, so this needs another computer "
            "(or, on a Mac with Apple's own chip, a Python for arm64)."
        )
    if minor not in PYTHONS:
        first, last = PYTHONS[0], PYTHONS[-1]
        return (
            f"PyTorch has wheels for Python 3.{first} to 3.{last}, and this is Python 3.{minor}: install one of those, "
            f"then make clean, and make run PYTHON=python3.{last}."
        )
    return ""


def no_room(needed: int, free: int) -> str:
    """A sentence, where fewer bytes are free than that many gigabytes."""
    if free >= needed * 1e9:
        return ""
    return f"This needs about {needed} GB of disk, and {free / 1e9:.1f} GB are free."


def has_nvidia_gpu(driver=NVIDIA_DRIVER) -> bool:
    """Whether this machine has a GPU that NVIDIA's driver drives (under Windows' Linux only nvidia-smi tells)."""
    if any(Path(path).exists() for path in driver):
        return True
    try:
        command = ["nvidia-smi", "--list-gpus"]
        return subprocess.run(command, capture_output=True, timeout=10).stdout.startswith(b"GPU")
    except (OSError, subprocess.TimeoutExpired):
        return False


def answers(url: str, seconds: float = 3) -> bool:
    """Whether a page can be read within that time. A thread, as looking up a name knows no time-out."""
    read = threading.Event()

    def ask() -> None:
        # No such name, refused, no certificate, an error status, no HTTP at all: whatever it is, there is no page.
        with contextlib.suppress(OSError, HTTPException), urllib.request.urlopen(url, timeout=seconds):
            read.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return read.is_set()


def wanted_backend(system: str, gpu: bool, wish: str) -> str:
    """What uv is to be asked for; nothing where PyPI's own build is the right one.

    Not uv's own `auto` on every machine: it takes the graphics of Intel's processors for a GPU to compute on.
    """
    if wish and wish != "auto":
        return wish
    if system == "Darwin":
        return ""
    return "auto" if gpu else "cpu"


def build(system: str, backend: str) -> str:
    """The build of PyTorch that comes of it: PyPI has NVIDIA's libraries in its build for Linux."""
    return "CPU" if backend == "cpu" or (not backend and system != "Linux") else "CUDA"


def pip_index(config: str) -> str:
    """The index that `pip config list` names in place of PyPI: uv does not read pip's settings, companies set them."""
    lines = [line for line in config.splitlines() if line.partition("=")[0].endswith(".index-url")]
    return lines[0].partition("=")[2].strip("'\"") if lines else ""


def has_certificates(system: str) -> bool:
    """Whether the system has certificates, among them a company's; a bare container has none, uv brings its own."""
    paths = ssl.get_default_verify_paths()
    return bool(system != "Linux" or paths.cafile or (paths.capath and list(Path(paths.capath).iterdir())))


def settings(environ: dict[str, str], config: str, certificates: bool) -> dict[str, str]:
    """The environment for uv: the system's certificates, pip's index, and no second opinion on the backend."""
    ours = {"UV_SYSTEM_CERTS": "1"} if certificates else {}
    if (index := pip_index(config)) and "UV_INDEX_URL" not in environ:
        ours["UV_DEFAULT_INDEX"] = index
    return ours | {name: value for name, value in environ.items() if name != "UV_TORCH_BACKEND"}


def output(*command: str) -> str:
    """What a command prints, or nothing if it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ""


def find_uv() -> list[str]:
    """The uv on the PATH if it is new enough to know these options, else one that pip puts into this environment."""
    known = output("uv", "pip", "install", "--help")
    if "--torch-backend" in known and "--system-certs" in known:
        return ["uv"]
    if importlib.util.find_spec("uv") is None:
        if importlib.util.find_spec("pip") is None:  # the environment itself was interrupted
            subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "uv>=0.13"]
        subprocess.run(pip, check=True)
    return [sys.executable, "-m", "uv"]


def choose(system: str) -> str:
    """The backend to ask uv for. Says so where PyTorch's own index cannot be reached, and PyPI's has to do."""
    wish = os.environ.get("TORCH_BACKEND") or os.environ.get("UV_TORCH_BACKEND") or ""
    backend = wanted_backend(system, has_nvidia_gpu(), wish)
    if not backend or answers(INDEX):
        return backend
    brings = ", which brings NVIDIA's libraries" if build(system, "") == "CUDA" else ""
    say(f"PyTorch's own index (download.pytorch.org) does not answer, so PyPI's build is taken{brings}.")
    return ""


def main(files: list[str]) -> str:
    """Installs what those files require. Gives back a sentence if that was not possible, nothing if it was."""
    system = platform.system()
    if problem := unsupported(system, platform.machine(), sys.version_info.minor):
        return problem

    backend = choose(system)
    begun = Path(sys.prefix, "installation-begun")
    names = " and ".join(files)
    if begun.exists() or importlib.util.find_spec("torch"):  # a good part of it is on the disk by now
        say(f"Installing what is missing of {names}.")
    else:
        chosen = build(system, backend)
        needed = GIGABYTES[chosen] + (0 if files == ["requirements.txt"] else GIGABYTES_OF_TOOLS)
        if problem := no_room(needed, shutil.disk_usage(sys.prefix).free):
            return problem
        say(f"Installing {names} into {sys.prefix}, with PyTorch's {chosen} build: about {needed} GB of disk.")
        begun.touch()

    command = ["pip", "install", "--python", sys.executable]
    command += ["--torch-backend", backend] if backend else []
    command += [word for name in files for word in ("--requirements", name)]
    config = output(sys.executable, "-m", "pip", "config", "list")
    environ = settings(dict(os.environ), config, has_certificates(system))
    try:
        subprocess.run([*find_uv(), *command], check=True, env=environ)
    except subprocess.CalledProcessError:
        full = no_room(1, shutil.disk_usage(sys.prefix).free)
        return full or "Not everything could be installed, for the reason above; the same command goes on from here."
    return ""


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]) or 0)
    except KeyboardInterrupt:
        sys.exit("Interrupted; the same command goes on from here.")
