"""One JavaScript source for both hosts: the app's components and the widgets are the same files, without a copy."""

import re
import runpy
import subprocess

import pytest
import streamlit

from resnet_core.data import data_folder, drawing_script, network_module
from resnet_core.data.component import component
from resnet_core.notebook.explorer import Explorer
from resnet_core.notebook.live import LiveRace
from resnet_core.notebook.replay import Replay
from resnet_core.notebook.shortcut import Shortcut

PAGES = {
    "explorer": "pages/network/diagram.py", "replay": "pages/training/replay.py",
    "shortcut": "pages/addition/drawing.py", "cuts": "pages/cutting/strip.py", "race": "pages/training/runs.py",
}  # fmt: skip
HOSTS = {"shortcut": "browser"}  # of the app; "app" is that of the others
WIDGETS = {"explorer": Explorer, "replay": Replay, "shortcut": Shortcut, "race": LiveRace}


def without_host(script, host):
    own = drawing_script(f"hosts/{host}.js")
    assert script.endswith(own)
    return script.removesuffix(own)


@pytest.fixture
def registered(monkeypatch, root):
    """What a page gives to Streamlit: registered("explorer") -> its html, css and js."""

    def run(name):
        given = {}
        monkeypatch.setattr(streamlit.components.v2, "component", lambda name, **parts: given.setdefault(name, parts))
        runpy.run_path(str(root / PAGES[name]))
        return given[name]

    return run


@pytest.mark.parametrize("name", WIDGETS)
def test_the_app_and_the_widget_run_the_same_script_on_the_same_frame(registered, name):
    app, widget = registered(name), component(name, "widget")
    assert without_host(app["js"], HOSTS.get(name, "app")) == without_host(WIDGETS[name]._esm, "widget")
    assert app["html"] == widget.html
    assert widget.css.startswith(app["css"])


def test_a_drawing_is_one_function_that_the_host_exports():
    for name in PAGES:
        for host in ("app", "browser", "widget"):
            script = component(name, host).js
            assert script.count("\nfunction drawing({ data, parentElement, setStateValue }) {") == 1
            assert script.count("export default") == 1


def test_no_script_is_kept_twice(root):
    """Not under another name, and not within a Python file."""
    tracked = subprocess.run(["git", "ls-files", "*.js", "*.py"], cwd=root, capture_output=True, text=True, check=True)
    files = [root / name for name in tracked.stdout.split()]
    drawings = {path: path.read_text("utf-8") for path in data_folder("drawings").rglob("*.js")}
    for path in files:
        if path in drawings:
            continue
        text = path.read_text("utf-8")
        long = (line for script in drawings.values() for line in script.splitlines() if len(line) > 80)
        assert [line for line in long if line in text] == [], path


SCRIPTS = {(name, host): component(name, host).js for name in PAGES for host in ("widget", "app")}
SCRIPTS |= {("shortcut", "browser"): component("shortcut", "browser").js, ("network", "page"): network_module()}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=[" ".join(one) for one in SCRIPTS])
def test_no_two_parts_of_a_script_share_a_name(script):
    """They are one module: a second `const frame` would keep all of it from loading."""
    script = script.replace("\nexport ", "\n").replace("\nasync ", "\n")
    starts = [line.split("(")[0].split("=")[0].split() for line in script.splitlines() if line[:1].strip()]
    names = [words[-1] for words in starts if words[0] in ("function", "const", "let", "class") and "[" not in words[1]]
    assert len(names) == len(set(names)), sorted({one for one in names if names.count(one) > 1})


# What a notebook's page may lack or forbid, by its signs: VS Code and Colab draw a widget in a frame of their own.
ABSENT = {
    "another module, which has no address there": r"^\s*import\b|\bimport\s*\(|\bexport\b.*\bfrom\b|\brequire\(",
    "a file, or anything from elsewhere": (
        r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|new URL\(|@import|url\((?![\"']?(data:|\$\{))"
    ),
    "code made of text, which their rules forbid": r"\beval\(|new Function\(|importScripts|\bWorker\(",
    "what belongs to the page around it": (
        r"(local|session)Storage|document\.cookie|window\.(top|parent)\b|\bparent\.|location\."
    ),
}


@pytest.mark.parametrize("kind", WIDGETS.values())
def test_a_widget_needs_nothing_that_a_notebook_may_lack(kind):
    style = component(kind.drawing, "widget").css
    assert isinstance(kind._esm, str)
    assert kind._esm.count("export default") == 1
    assert not getattr(kind, "_css", "")  # it travels with the data, into a root of its own
    for what, signs in ABSENT.items():
        assert re.findall(signs, kind._esm + style, re.MULTILINE) == [], what


@pytest.mark.parametrize(
    "line",
    [
        'import { svg } from "./marks.js";', 'const { svg } = await import("./marks.js");', 'fetch("runs.json")',
        "new Worker(address)", "background: url(grain.png)", "localStorage.setItem(name, epoch)", 'eval("1")',
    ],
)  # fmt: skip
def test_a_sign_of_such_a_need_is_seen(line):
    assert any(re.search(signs, line, re.MULTILINE) for signs in ABSENT.values())
