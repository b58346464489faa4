"""How long the server works on each page, first and after a change: `python tools/bench_pages.py --help`.

The pages run as in Streamlit's own test harness, without a browser.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the app is no package: it is measured in a checkout
os.environ["RESNET_WARM_UP"] = "off"

import typer
from streamlit.testing.v1 import AppTest

from resnet_core.bench.report import BenchRow, Report
from resnet_core.cli.bench import print_report
from resnet_core.cli.forms import Form, Target
from resnet_core.errors import InvalidSpecError, ResNetCoreError, require

# Page -> what a visitor changes, and to what; the two values are taken in turn.
CHANGES = {
    "home": None,
    "lesson_plan": None,
    "basics": ("selectbox", "digit", (3, 7)),
    "architecture": ("selectbox", "model", ("resnet152", "resnet50")),
    "bottleneck": ("select_slider", "width", (128, 64)),
    "variants": ("multiselect", "variants", (["resnet50", "resnet50d"], ["resnet50", "seresnet50"])),
    "build": ("text_input", "depths", ("2, 2, 2, 2", "3, 4, 6, 3")),
    "classify": ("slider", "top_k", (4, 5)),
    "teach": ("segmented_control", "taught", ("two tables", "digits")),
    "shortcut": ("selectbox", "weights", ("cifar_resnet20", "cifar_resnet56")),
    "race": ("select_slider", "depth", (20, 56)),
    "bug_lab": ("segmented_control", "document", ("002", "000")),
    "published": ("text_input", "seen", ("4.1 GFLOPs", "25,636,712")),
    "why": ("segmented_control", "view", ("Gradients", "Grow")),
    "compare": None,  # this one and the last two are old addresses: what they cost is one page more
    "degradation": None,
    "inside": None,
}


def measure(page: str, repeats: int, racing: bool) -> dict[str, float]:
    """Milliseconds of the first visit, and the median of a change once both its values have been seen.

    With `racing` also that median while the default race trains in a thread of the same process, as on a server.
    """
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page(f"pages/{page}.py")
    times = {"first_ms": _duration_ms(app.run)}
    _changes_ms(app, page, 2)
    times["change_ms"] = median(_changes_ms(app, page, repeats))
    if racing:
        with one_race():
            times["racing_ms"] = median(_changes_ms(app, page, repeats))
    return times


def _changes_ms(app: AppTest, page: str, count: int) -> list[float]:
    change = CHANGES[page]
    if change is None:
        return [_duration_ms(app.run) for _ in range(count)]
    kind, key, values = change
    return [_duration_ms(getattr(app, kind)(key=key).set_value(values[turn % 2]).run) for turn in range(count)]


@contextmanager
def one_race() -> Iterator[None]:
    """The default race, endless, under way."""
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.history import RunHistory
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.limits import BoardLimits
    from resnet_core.lab.runs.records import RunRequest

    with TemporaryDirectory() as folder:
        jobs = JobManager(RunHistory(Path(folder) / "races.sqlite"), BoardLimits(absent_s=3600, run_s=3600))
        run = jobs.submit(RunRequest(config=RACE.override(epochs=10_000)), "bench")
        while run.step == 0:
            time.sleep(0.05)
            run = jobs.snapshot(run.id)
        try:
            yield
        finally:
            jobs.close()


def _duration_ms(run: Callable[[], AppTest]) -> float:
    started = time.perf_counter()
    app = run()
    if app.exception:
        raise InvalidSpecError(f"The page shows an error: {app.exception}")
    return (time.perf_counter() - started) * 1000


def bench_pages(repeats: int = 7, while_racing: bool = False, pages: Sequence[str] = ()) -> Report:
    """Run pages' scripts and report the median duration of a warm change.

    Args:
        pages: their names, as their files'; all of them if left out.
        while_racing: measure each change a second time while the default race trains in the same process.

    Raises:
        InvalidSpecError: for less than one repeat, no such page, or a page that shows an error.
    """
    if repeats < 1:
        raise InvalidSpecError(f"repeats={repeats} does not work: measure at least once.")
    for page in pages:
        require(page in CHANGES, "page", page, f"one of {', '.join(sorted(CHANGES))}")
    times = {page: measure(page, repeats, while_racing) for page in pages or CHANGES}
    kinds = {"first visit": "first_ms", "a change, warm": "change_ms", "a change while a race runs": "racing_ms"}
    rows = [
        BenchRow(engine=f"{page}, {name}", precision="auto", batch=1, median_ms=values[key])
        for page, values in times.items()
        for name, key in kinds.items()
        if key in values
    ]
    growth = {
        page: values["racing_ms"] / values["change_ms"] for page, values in times.items() if "racing_ms" in values
    }
    facts = {f"{page}_times_as_long_while_racing": round(ratio, 2) for page, ratio in growth.items()}
    if growth:
        facts["median_times_as_long_while_racing"] = round(median(growth.values()), 2)
    return Report(title="Server time of each page, without the browser", rows=tuple(rows), facts=facts)


def main(
    repeats: Annotated[int, typer.Option(help="How often each change is measured; the median counts.")] = 7,
    while_racing: Annotated[
        bool, typer.Option("--while-racing", help="Measure a second time while a race trains in the same process.")
    ] = False,
    page: Annotated[list[str] | None, typer.Option(help="One page; may be repeated. All if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure how long the server works on each page, at the first visit and at a warm change."""
    try:
        print_report(bench_pages(repeats, while_racing, page or ()), Target(Form.json if as_json else Form.table))
    except ResNetCoreError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    typer.run(main)
