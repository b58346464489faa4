"""A real JupyterLab, with a configuration of its own, and a page of it that runs a notebook."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

OFF = ("@jupyterlab/apputils-extension:announcements", "@jupyterlab/apputils-extension:notification")


@contextmanager
def jupyterlab(folder, root, **own):
    """Serves a folder's notebooks: with jupyterlab(tmp_path, root) as url."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {f"JUPYTER_{name}_DIR": str(folder / "jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = folder / "jupyter" / "config" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "page_config.json").write_text(json.dumps({"disabledExtensions": dict.fromkeys(OFF, True)}))
    environment = os.environ | places | {"PYTHONPATH": str(root), "IPYTHONDIR": str(folder / "ipython")} | own
    command = [
        sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    log = folder / "jupyter" / "log.txt"
    with log.open("wb") as said:
        server = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api", server, log)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address, server, log, limit_s=90):
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start within {limit_s} s:\n{log.read_text()}")


def write_notebook(path, *cells):
    """A notebook of code cells."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(page, url, name):
    """Open a notebook and wait for its kernel."""
    page.goto(f"{url}/lab/tree/{name}?reset")
    expect(page.get_by_text(re.compile(r"Python 3 .* \| Idle")).first).to_be_visible()


def run_cell(page, number):
    """Run a cell, counted from 0, and wait for its end; gives its outputs."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[\d+\]:"))
    return cell.locator(".jp-OutputArea-output")


def read(page, number, words, limit_s=60):
    """Run a cell again until it prints words: what a reader does is on its way to the kernel for a moment."""
    deadline = time.monotonic() + limit_s
    while words not in (printed := run_cell(page, number).inner_text()):
        assert time.monotonic() < deadline, printed
        page.wait_for_timeout(250)


def choose_theme(page, name):
    """Of the menu: "JupyterLab Dark"."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Theme").first.hover()
    page.locator(".lm-Menu-item", has_text=re.compile(rf"^{name}\s*$")).first.click()
