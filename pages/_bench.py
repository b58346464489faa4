"""Server time of each page, measured by running its script: `python -m pages._bench REPEATS` prints JSON.

It runs the pages as Streamlit's own test harness does, without a browser; `python -m resnet_core bench pages` calls it.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

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
    "bug_lab": ("selectbox", "defect", ("max_pool_padding", "idle_biases")),
    "published": ("text_input", "seen", ("4.1 GFLOPs", "25,636,712")),
}


def measure(page: str, repeats: int) -> dict[str, float]:
    """Milliseconds of the first visit, and the median of a change once both its values have been seen."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page(f"pages/{page}.py")
    first = _duration_ms(app.run)
    change = CHANGES[page]
    if change is None:
        return {"first_ms": first, "change_ms": median(_duration_ms(app.run) for _ in range(repeats))}
    kind, key, values = change
    times = []
    for turn in range(repeats + 2):
        widget = getattr(app, kind)(key=key).set_value(values[turn % 2])
        times.append(_duration_ms(widget.run))
    return {"first_ms": first, "change_ms": median(times[2:])}


def _duration_ms(run) -> float:
    started = time.perf_counter()
    app = run()
    if app.exception:
        raise SystemExit(f"The page shows an error: {app.exception}")
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    print(json.dumps({page: measure(page, int(sys.argv[1])) for page in CHANGES}))
