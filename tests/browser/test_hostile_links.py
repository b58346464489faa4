"""Nothing that a link says becomes a link, a picture or a formula of the app's own, on any page, under any name."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("[!_]*.py"))
ADDRESSES = {"home": "", "lesson_plan": "lesson"}  # where it is not the file's name
# Each name that some page reads: what no page reads stands here too, for a name may be quoted as well as a value.
NAMES = (
    "batch", "batch_norm", "block", "cardinality", "channel", "channels", "check", "class", "code", "compare",
    "crops", "defect", "depth", "depths", "digit", "epoch", "family", "features", "filter", "filters", "first_width",
    "in_channels", "init", "inside", "k", "kinds", "layer", "left", "lesson", "line",
    "notes", "document", "present", "look", "map_size", "method", "model",
    "networks", "norm", "off", "opacity", "open", "optimiser", "padding", "path", "picture", "question", "rate",
    "right", "run", "sample", "scale", "seed", "seen", "set", "shift", "shortcut", "size", "source", "stage",
    "stages", "stem", "stop", "stride", "table", "taught", "temperature", "top_k", "unit", "variants", "view",
    "weights", "width", "widths", "www.evil.example",
)  # fmt: skip
HOSTILE = "http://evil.example/a www.evil.example b@evil.example ![c](http://evil.example/d) [e](/f) $g^2$ <u>h</u> :i:"
FOREIGN = "a[href*='evil.example'], a[href^='mailto'], a[href$='/f'], [src*='evil.example'], .katex:has-text('g^2'), u"


@pytest.mark.slow
@pytest.mark.parametrize("path", [ADDRESSES.get(name, name) for name in PAGES])
def test_what_a_link_says_is_only_text(page, visit, path):
    visit(page, f"/{path}?{urlencode(dict.fromkeys(NAMES, HOSTILE))}")
    assert page.locator("h1").count() == 1
    assert page.locator(FOREIGN).evaluate_all("found => found.map(one => one.outerHTML)") == []
    if path:
        assert page.get_by_text("evil.example").count() > 0, "the page says what it was asked in vain"
