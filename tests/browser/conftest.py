"""The app in a real browser: a server, a Chromium, and pages that fail the test when something goes wrong in them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

PATIENCE_MS = 90_000  # a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE_MS)
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
THIS_MACHINE = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:|about:|file:")
# What the console may say: a failed resource is reported with its address, and a cancelled upload was meant to be.
EXPECTED = ("Failed to load resource", "CanceledError: canceled")
# No sandbox, because CI is root; nothing that calls home, because the tests count what leaves the machine.
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """The journeys come first: one process takes them, and needs one server, while the other begins with the rest."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def chromium():
    """Path of a Chromium or Chrome. Without one the test is skipped; with REQUIRE_BROWSER=1 it fails."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    sentence = "No Chromium found, so nothing was tested in a browser. Install one or set CHROMIUM to its path."
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def server_log(tmp_path_factory):
    """What the server prints."""
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="session")
def serve(chromium, root):
    """Serves a script in a process of its own: with serve("app.py", log, cache) as url."""

    @contextmanager
    def serving(script, log_file, cache, **own):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        command = (sys.executable, "-m", "streamlit", "run", script, "--server.port", port)
        options = ("--server.address", "127.0.0.1", "--server.headless", "true")
        environment = os.environ | {"RESNET_CORE_CACHE": str(cache), "PYTHONPATH": str(root)} | own
        with log_file.open("wb") as log:
            server = subprocess.Popen(
                [*command, *options], cwd=root, stdout=log, stderr=log, start_new_session=True, env=environment
            )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_healthy(url, server, log_file)
            yield url
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)

    return serving


@pytest.fixture(scope="session")
def app_url(serve, server_log, tmp_path_factory):
    """Address of the app, served by a process of its own for the whole session."""
    own = {
        "RESNET_RACE_ABSENT_S": "10",  # no test waits for half a minute
        "RESNET_WEIGHTS_DIR": str(save_second_network(tmp_path_factory.mktemp("weights"))),
    }
    with serve("app.py", server_log, tmp_path_factory.mktemp("cache"), **own) as url:  # no race of ours in your history
        yield url


def save_second_network(folder):
    """A tiny network that has learned nothing, under the name `second`: something to compare the bundled ones with."""
    import torch
    from safetensors.torch import save_file

    from resnet_core.models.network import build_model

    torch.set_num_threads(1)
    save_file(build_model("cifar_resnet20", seed=0, widths=(4, 4, 4)).state_dict(), folder / "second.safetensors")
    about = {
        "model": "cifar_resnet20", "recipe": {"overrides": [["widths", [4, 4, 4]]]}, "classes": list("abcdefghij"),
        "image_size": [32, 32], "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    (folder / "second.json").write_text(json.dumps(about))
    return folder


def wait_healthy(url, server, log, limit_s=90):
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The app did not start within {limit_s} s:\n{log.read_text()}")


# For this folder: while Playwright's synchronous interface lives, nothing else in this thread can use asyncio.
@pytest.fixture(scope="package")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def visitor(browser):
    """One browser for all tests of a process: it compiles Streamlit's scripts once, which takes a second each time."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def new_page(visitor, server_log):
    """Opens pages: new_page(width=390). The test fails at its end if one of them had trouble."""
    opened = []
    logged = server_log.stat().st_size if server_log.exists() else 0

    def open_page(*, width=1440, height=900):
        page = visitor.new_page()
        page.set_viewport_size({"width": width, "height": height})
        opened.append((page, watch(page)))
        return page

    yield open_page
    trouble = [sentence for page, noticed in opened for sentence in (*noticed, *exception_boxes(page))]
    for page, _ in opened:
        if page.url != "about:blank":  # of a test that was skipped
            page.evaluate("() => localStorage.clear()")
        page.close()
    visitor.clear_cookies()
    printed = server_log.read_text()[logged:]
    if "Traceback" in printed:
        trouble.append(f"the server printed: {printed}")
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def new_visitor(browser):
    """Opens a browser of its own for each visitor: new_visitor(width=390). The test fails if one had trouble."""
    opened = []

    def open_page(*, width=1280, height=720, **how):
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **how)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        opened.append((page, watch(page)))
        return page

    yield open_page
    trouble = [sentence for page, noticed in opened for sentence in (*noticed, *exception_boxes(page))]
    for page, _ in opened:
        page.context.close()
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def page(new_page):
    """A page at 1440 x 900 pixels in the light theme."""
    return new_page()


@pytest.fixture
def visit(app_url):
    """Takes a page to a path of the app and waits until it is drawn: visit(page, "/architecture?model=resnet18")."""

    def go(page, path="/"):
        page.goto(app_url + path)
        wait_until_idle(page)
        return page

    return go


@pytest.fixture
def wait_idle():
    """Waits until the app has answered the last interaction: wait_idle(page)."""
    return wait_until_idle


@pytest.fixture
def is_wider_than_its_window():
    """Whether one must scroll sideways: is_wider_than_its_window(page). The app scrolls in its main part alone."""
    wider = "main => main.scrollWidth > main.clientWidth + 1"
    return lambda page: page.get_by_test_id("stMain").evaluate(wider)


def wait_until_idle(page):
    page.wait_for_selector(IDLE, state="attached")
    page.wait_for_timeout(300)  # an interaction takes a moment to reach the server, and a chart to be painted
    page.wait_for_selector(IDLE, state="attached")


def watch(page):
    """Sentences about what goes wrong in a page; the list grows while the page lives."""
    noticed = []

    def console(message):
        if message.type == "error" and not any(expected in message.text for expected in EXPECTED):
            noticed.append(f"console error: {message.text}")

    def response(answer):  # a deep link makes Streamlit look for /PAGE/_stcore/ first: those 404s are its own
        if answer.status >= 400 and "/_stcore/" not in answer.url:
            noticed.append(f"status {answer.status}: {answer.url}")

    def request(asked):
        if not THIS_MACHINE.match(asked.url):
            noticed.append(f"left the machine: {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: noticed.append(f"uncaught error: {error}"))
    page.on("response", response)
    page.on("request", request)
    page.on("websocket", request)
    return noticed


def exception_boxes(page):
    boxes = [] if page.is_closed() else page.locator('[data-testid="stException"]').all_inner_texts()
    return [f"exception box: {text}" for text in boxes]
