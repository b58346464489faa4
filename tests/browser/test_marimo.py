"""The widgets in a real marimo: drawn, moved, and read in a cell that runs again by itself."""

import os
import re
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
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.recipe.size import with_depth

    w = mo.ui.anywidget(rc.explore("resnet18"))
    w
    return RACE, mo, rc, w, with_depth


@app.cell
def _(mo, w):
    w.value
    mo.md(f"read: {w.opened or 'nothing'} end")
    return


@app.cell
def _(mo, rc):
    s = mo.ui.anywidget(rc.shortcut("cifar_resnet20", "car", "conv4_x.2"))
    s
    return (s,)


@app.cell
def _(mo, s):
    s.value
    mo.md(f"block: {s.block} end")
    return


@app.cell
def _(RACE, mo, rc, with_depth):
    race = rc.live_race(with_depth(RACE, 20).override(epochs=1000))
    r = mo.ui.anywidget(race)
    r
    return r, race


@app.cell
def _(mo, r, race):
    asked = r.value["wish"]
    mo.md(f"race: {race.wait(60).state} end" if asked else "race: goes on end")
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


def test_what_a_reader_does_in_marimo_is_read_by_the_next_cell(address, new_visitor):
    page = new_visitor(width=1440, height=900)
    page.goto(address)
    explorer = page.locator(".explorer")
    expect(explorer.locator(".part").first).to_be_visible()
    explorer.locator(".part[aria-label^='conv4_x']").click()
    expect(explorer.get_by_role("navigation")).to_contain_text("conv4_x")
    expect(page.get_by_text("read: layer3 end")).to_be_visible()

    shortcut = page.get_by_role("region", name="The addition of one block")
    expect(shortcut.locator(".answers li").first).to_contain_text("%")
    shortcut.locator(".block[aria-pressed='true']").press("ArrowLeft")
    expect(shortcut.locator(".title")).to_have_text("conv4_x.1")
    expect(page.get_by_text("block: layer3.1 end")).to_be_visible()

    race = page.get_by_role("region", name="A race, live")
    expect(race.locator(".how")).to_contain_text(re.compile(r"step \d+ of"))
    before = race.locator(".how").inner_text()
    expect(race.locator(".how")).not_to_have_text(before)  # it moves by itself
    expect(page.get_by_text("race: goes on end")).to_be_visible()
    race.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_text("race: stopped end")).to_be_visible()
    expect(race.locator(".how")).to_contain_text(re.compile(r"stopped after \d+ of"))
