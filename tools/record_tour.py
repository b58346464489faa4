"""The README's moving picture: `python tools/record_tour.py` drives the app in a Chromium and writes it again.

It needs the tests' requirements and a Chromium (Debian: `apt-get install chromium`, or CHROMIUM with its path).
"""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TOUR = ROOT / "assets" / "screenshots" / "tour.webp"
WINDOW = (1000, 640)
FRAME = (800, 512)
STEP = re.compile(r"Step (\d+) of")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CALM = (
    "[data-testid='stSidebar'], [data-testid='stHeader'] { display: none !important }"
    "[data-testid='stMainBlockContainer'] { padding-top: 1.5rem !important }"
)
ARROW = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))
RACE_STEPS = range(5, 121, 5)  # of 230: by then it is decided
RACE_LIMIT_S = 420


@dataclass
class Film:
    """The frames of one page so far, each with how long it stands in ms; the mouse is drawn where it was last."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)
    mouse: tuple[float, float] = (WINDOW[0] * 0.7, WINDOW[1] * 0.8)

    def shoot(self, duration_ms: int) -> None:
        """Add what the window shows now."""
        frame = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB").resize(FRAME, Image.Resampling.LANCZOS)
        x, y = (at * to / of for at, to, of in zip(self.mouse, FRAME, WINDOW, strict=True))
        outline = [(x + dx, y + dy) for dx, dy in ARROW]
        ImageDraw.Draw(frame).polygon(outline, fill="black", outline="white")
        self.frames.append(frame)
        self.durations.append(duration_ms)

    def go(self, path: str, duration_ms: int) -> None:
        """Open an address, and look at it."""
        self.page.goto(path)
        wait_idle(self.page)
        self.shoot(duration_ms)

    def click(self, target: Locator, duration_ms: int) -> None:
        """Move the mouse to what is clicked, click, and look at what came of it."""
        target.hover()  # unlike scrolling alone, it waits until the page stands still
        box = target.bounding_box()
        assert box, f"{target} is not to be seen"
        start, end = self.mouse, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for part in (0.5, 0.85, 1.0):
            self.mouse = (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
            self.shoot(80)
        target.click()
        wait_idle(self.page)
        self.shoot(duration_ms)

    def save(self, path: Path) -> None:
        """Write the frames as one picture that moves, and begins again when it has ended."""
        self.frames[0].save(
            path, save_all=True, append_images=self.frames[1:], duration=self.durations, loop=0, quality=80, method=6
        )


def main() -> None:
    """Record the tour, and say how long and how large it is."""
    with TemporaryDirectory() as cache, served(Path(cache)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]}, base_url=url)
        page.set_default_timeout(90_000)
        page.add_init_script(f"addEventListener('load', () => document.head.append(Object.assign("
                             f"document.createElement('style'), {{ textContent: {CALM!r} }})))")  # fmt: skip
        film = Film(page)
        play(film)
        film.save(TOUR)
        browser.close()
    print(f"{TOUR.name}: {sum(film.durations) / 1000:.1f} s, {TOUR.stat().st_size / 1e6:.2f} MB")


def play(film: Film) -> None:
    """The tour: the question, a network that opens down to one convolution, an answer to a photo, a race."""
    page = film.page
    for path in ("/classify", "/race", "/architecture"):  # what a server loads once is no part of the tour
        page.goto(path)
        wait_idle(page)
    film.go("/", 1100)
    film.go("/architecture?model=resnet50", 800)
    film.click(page.get_by_role("button", name=re.compile("^conv4_x, ")), 700)
    film.click(page.get_by_role("button", name=re.compile("^block 1, ")), 700)
    film.click(page.get_by_role("button", name=re.compile("^conv2, 3×3")), 900)
    film.go("/classify?sample=flower", 600)
    scroll_to(page.get_by_role("radio", name="car"))
    film.click(page.get_by_role("radio", name="car"), 1300)
    film.go("/race", 200)
    film.click(page.get_by_role("radio", name="residual", exact=True), 200)
    film.click(page.get_by_role("button", name="Start the race"), 200)
    watch_race(film)


def watch_race(film: Film) -> None:
    """The curves as they grow: a frame for every five steps, however fast the machine is."""
    page = film.page
    page.get_by_text(re.compile(r"After \d+ steps? the")).wait_for()
    scroll_to(page.get_by_text(STEP).first)
    deadline = time.monotonic() + RACE_LIMIT_S
    for step in RACE_STEPS:
        while step_of(page) < step and time.monotonic() < deadline:
            page.wait_for_timeout(200)
        film.shoot(100)
    film.shoot(1400)


def step_of(page: Page) -> int:
    """The step that the progress line says."""
    found = STEP.search(page.get_by_text(STEP).first.inner_text())
    return int(found[1]) if found else 0


def scroll_to(target: Locator) -> None:
    """Bring it to the window's upper edge."""
    target.evaluate("element => element.scrollIntoView()")
    target.page.wait_for_timeout(400)


def wait_idle(page: Page) -> None:
    """Wait until the app has answered, and the browser has painted it."""
    for _ in range(2):
        page.wait_for_selector(IDLE, state="attached")
        page.wait_for_timeout(400)


def chromium() -> str:
    """Path of a Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return path or sys.exit("No Chromium found. Install one, or set CHROMIUM to its path.")


@contextmanager
def served(cache: Path) -> Iterator[str]:
    """Address of the app, served by a process of its own whose races are kept in `cache`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = os.environ | {"RESNET_CORE_CACHE": str(cache), "MALLOC_ARENA_MAX": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_healthy(url)
            yield url
        finally:
            server.terminate()


def wait_healthy(url: str, limit_s: float = 90) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    sys.exit(f"The app did not answer within {limit_s:.0f} s.")


if __name__ == "__main__":
    main()
