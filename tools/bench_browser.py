"""How long a visitor of Classify waits for an answer, in a real browser: `python tools/bench_browser.py --help`.

It starts a server of its own. The page itself notes when a headline is seen, from the request on: who asks a browser
from outside looks again after up to half a second. Browser and server share this machine's cores.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the app is no package: it is measured in a checkout

import typer
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from resnet_core.bench.report import BenchRow, Report
from resnet_core.cli.bench import print_report
from resnet_core.cli.forms import Form, Target
from resnet_core.errors import ResNetCoreError, require
from tools.bench_room import served

SAMPLES = ("cat", "flower")  # a visit begins with the coffee
EMPTY = 'import streamlit as st\nst.markdown("## Nothing else")\n'  # what Streamlit itself takes
SETTLED_MS = 700  # between two measurements
# Headlines with the moment at which each is seen, in milliseconds since the page was asked for.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const head = document.querySelector("h2");
    if (head?.offsetHeight && head.innerText !== seen.at(-1)?.[0]) seen.push([head.innerText, performance.now()]);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  const beat = () => { look(); requestAnimationFrame(beat); };
  beat();
  document.addEventListener("click", () => { window.clicked = performance.now(); }, { capture: true });
}"""


@contextmanager
def launched(player: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser that was never here."""
    browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    try:
        yield browser
    finally:
        browser.close()


def opened(browser: Browser, url: str) -> Page:
    """A new tab in a profile of its own, with the page's first headline seen."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(f"({WATCH})()")
    return visited(page, url)


def visited(page: Page, url: str) -> Page:
    """The same tab at an address, with its first headline seen."""
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.seen?.length > 0", timeout=120_000)
    page.wait_for_timeout(SETTLED_MS)
    return page


def first_ms(page: Page) -> float:
    """From the request to the first headline."""
    return float(page.evaluate("seen[0][1]"))


def change_ms(page: Page, sample: str) -> float:
    """From the click on another sample to its headline."""
    before = page.evaluate("seen.length")
    page.get_by_role("radio", name=sample).or_(page.get_by_role("button", name=sample, exact=True)).first.click()
    page.wait_for_function("before => seen.length > before", arg=before)
    page.wait_for_timeout(SETTLED_MS)
    return float(page.evaluate("seen.at(-1)[1] - clicked"))


def bench_browser(chromium: str | None = None, repeats: int = 7) -> Report:
    """Serve the app and an empty one, and report how long the first answer and each further one take.

    Raises:
        InvalidSpecError: for less than one repeat, or without a Chromium.
    """
    require(repeats >= 1, "repeats", repeats, "at least 1")
    found = chromium or shutil.which("chromium") or shutil.which("google-chrome")
    require(found is not None, "chromium", chromium, "the path of a Chromium")
    times: dict[str, list[float]] = {}

    def note(name: str, ms: float) -> None:
        times.setdefault(name, []).append(ms)

    with TemporaryDirectory() as one, TemporaryDirectory() as other, sync_playwright() as player:
        empty = Path(other) / "empty.py"
        empty.write_text(EMPTY, "utf-8")
        with (
            served("app.py", Path(one)) as (url, _),
            served(str(empty), Path(other)) as (bare, _),
            launched(player, found) as browser,
        ):
            page = opened(browser, f"{url}/classify")  # the server's warm-up ends before this one answers
            for turn in range(repeats):
                with launched(player, found) as fresh:
                    note("first answer, a browser that was never here", first_ms(opened(fresh, f"{url}/classify")))
                with launched(player, found) as fresh:
                    note("an empty page of Streamlit, the same", first_ms(opened(fresh, bare)))
                note("first answer, a browser that has been here", first_ms(visited(page, f"{url}/classify")))
                note("another sample", change_ms(page, SAMPLES[turn % len(SAMPLES)]))
    rows = [BenchRow(engine=name, precision="auto", batch=1, median_ms=median(ms)) for name, ms in times.items()]
    slowest = {f"slowest_ms {name}": round(max(ms)) for name, ms in times.items()}
    return Report(title="Classify in a browser on this machine", rows=tuple(rows), facts=slowest)


def main(
    chromium: Annotated[str | None, typer.Option(help="The browser; by default the one that is installed.")] = None,
    repeats: Annotated[int, typer.Option(help="How often each is measured.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure from the request to the answer, and from a click to the next one."""
    try:
        print_report(bench_browser(chromium, repeats), Target(Form.json if as_json else Form.table))
    except ResNetCoreError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    typer.run(main)
