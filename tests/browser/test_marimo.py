"""The explorer in a real marimo: drawn, opened, and read in a cell that runs again by itself."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow
NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import resnet_core as rc

    w = mo.ui.anywidget(rc.explore("resnet18"))
    w
    return mo, w


@app.cell
def _(mo, w):
    w.value
    mo.md(f"read: {w.opened or 'nothing'} end")
    return
"""


@pytest.fixture
def address(tmp_path, root):
    """Of a marimo that runs the notebook."""
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", "notebook.py", "--headless", "--no-token", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(root), "HOME": str(tmp_path)}
    with (tmp_path / "log.txt").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def test_what_is_opened_in_marimo_is_read_by_the_next_cell(address, new_visitor):
    page = new_visitor(width=1440, height=900)
    page.goto(address)
    explorer = page.locator(".explorer")
    expect(explorer.locator(".part").first).to_be_visible()
    explorer.locator(".part[aria-label^='conv4_x']").click()
    expect(explorer.get_by_role("navigation")).to_contain_text("conv4_x")
    expect(page.get_by_text("read: layer3 end")).to_be_visible()
