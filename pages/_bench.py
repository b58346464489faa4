"""Server time of pages, measured by running their scripts: `python -m pages._bench REPEATS [racing] [PAGE ...]`.

It prints JSON. The pages run as in Streamlit's own test harness, without a browser; `bench pages` calls it.
"""

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[1]
# Page -> what a visitor changes, and to what; the two values are taken in turn.
CHANGES = {
    "home": None,
    "architecture": ("selectbox", "model", ("resnet152", "resnet50")),
    "compare": ("selectbox", "right", ("resnet18", "plain34")),
    "bottleneck": ("select_slider", "width", (128, 64)),
    "variants": ("multiselect", "variants", (["resnet50", "resnet50d"], ["resnet50", "seresnet50"])),
    "build": ("text_input", "depths", ("2, 2, 2, 2", "3, 4, 6, 3")),
    "classify": ("slider", "top_k", (4, 5)),
    "inside": ("slider", "opacity", (0.5, 0.7)),
    "race": ("select_slider", "depth", (20, 56)),
    "degradation": None,
    "bug_lab": ("selectbox", "defect", ("max_pool_padding", "idle_biases")),
    "published": ("text_input", "seen", ("4.1 GFLOPs", "25,636,712")),
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


def _changes_ms(app, page: str, count: int) -> list[float]:
    change = CHANGES[page]
    if change is None:
        return [_duration_ms(app.run) for _ in range(count)]
    kind, key, values = change
    return [_duration_ms(getattr(app, kind)(key=key).set_value(values[turn % 2]).run) for turn in range(count)]


@contextmanager
def one_race():
    """The default race, endless, under way."""
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.board import BoardLimits
    from resnet_core.lab.runs.history import RunHistory
    from resnet_core.lab.runs.jobs import JobManager
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


def _duration_ms(run) -> float:
    started = time.perf_counter()
    app = run()
    if app.exception:
        raise SystemExit(f"The page shows an error: {app.exception}")
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    repeats, *words = sys.argv[1:]
    asked = [word for word in words if word != "racing"] or CHANGES
    times = {page: measure(page, int(repeats), racing="racing" in words) for page in asked}
    print(json.dumps(times))
