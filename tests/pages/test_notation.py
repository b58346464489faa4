"""No page writes 56x56, 150MB, 69.8% or 12.4ms: what is read is `resnet_core.notation`'s."""

import json
import re

import pytest

# What is forbidden in anything that a page says outside code, names in links and quotations.
FORBIDDEN = {
    "an x between sizes": r"(?<![\w./])\d+x\d+(?![\w])",
    "a unit without a space": r"\d(?:%|MB|GB|kB|ms\b)",
    "a unit that a line may part from its number": r"\d (?:%|MB|GB|kB|ms)(?!\w)",
    "a bare unit": r"(?<![\d\s\u00a0.])[ \u00a0]%\s",
}
IN_A_LINE = {kind: pattern for kind, pattern in FORBIDDEN.items() if "part from" not in kind}
PAGES = {
    "architecture": {}, "bottleneck": {}, "variants": {"more": "What it costs"}, "build": {}, "race": {},
    "shortcut": {}, "classify": {"sample": "cat"}, "published": {}, "bug_lab": {"line": "266"}, "why": {}, "home": {},
    "basics": {}, "lesson_plan": {}, "teach": {},
}  # fmt: skip
VIEWS = {
    "architecture layers": ("architecture", {"view": "Layers"}),
    "architecture compare": ("architecture", {"view": "Compare"}),
    "classify why": ("classify", {"view": "Why", "look": "Time", "sample": "cat"}),
    "race recorded": ("race", {"view": "Recorded"}),
    "why claims": ("why", {"view": "Claims"}),
    "basics relu": ("basics", {"view": "ReLU"}),
    "basics batch norm": ("basics", {"view": "Batch norm"}),
    "basics softmax": ("basics", {"view": "Softmax"}),
    "basics words": ("basics", {"view": "Words"}),
    "lesson handout": ("lesson_plan", {"view": "Handout"}),
    "lesson key": ("lesson_plan", {"view": "Key"}),
    "teach sources": ("teach", {"taught": "two tables", "look": "Why it works"}),
    "teach stages": ("teach", {"look": "Which stage knows"}),
    "published errors": ("published", {"table": "Table 3"}),
}
LONG = {"teach sources", "teach stages"}
OF_A_PAGE = {name: (name, query) for name, query in PAGES.items()} | VIEWS


def told(app):
    """Sentences of a page, in which a line may end."""
    for kind in ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "metric"):
        for element in getattr(app, kind):
            yield element.value
            yield getattr(element, "label", "") or ""
    for page in app.get("html"):
        yield re.sub(r"<style.*?</style>|<[^>]+>", " ", page.proto.body, flags=re.DOTALL)


def labels(app):
    """What stands in one line: labels, choices, heads and cells of tables, words of drawings."""
    for kind in ("selectbox", "multiselect", "toggle", "slider", "select_slider", "number_input", "text_input"):
        for element in app.get(kind):
            yield element.label
    for kind in ("selectbox", "segmented_control", "pills"):
        for element in app.get(kind):
            yield from map(str, getattr(element, "options", ()))
    for table in app.dataframe:
        yield from map(str, table.value.columns)
        for name in table.value:
            yield from (cell for cell in table.value[name] if isinstance(cell, str))
    for drawing in app.get("bidi_component"):
        data = getattr(drawing.proto, "json", "") or ""
        yield from re.findall(r">([^<>]+)</text>", json.loads(data) if data.startswith('"') else "")


def without_code(text):
    """Neither code nor what a link says of itself."""
    return re.sub(r"`[^`]*`|\$\$.*?\$\$|\]\([^)]*\)|^>.*$", "", text, flags=re.MULTILINE)


@pytest.mark.usefixtures("through_the_router")
@pytest.mark.parametrize(
    ("page", "query"),
    [pytest.param(*one, id=name, marks=[pytest.mark.slow] if name in LONG else []) for name, one in OF_A_PAGE.items()],
)
def test_numbers_are_written_as_the_notation_has_them(open_page, page, query):
    app = open_page(page, **query)
    texts = [(text, FORBIDDEN) for text in told(app)] + [(text, IN_A_LINE) for text in labels(app)]
    assert len(texts) > 10
    found = [
        f"{kind}: {text[max(0, hit.start() - 40) : hit.end() + 20]!r}"
        for text, rules in ((without_code(text), rules) for text, rules in texts)
        for kind, pattern in rules.items()
        for hit in [re.search(pattern, text)]
        if hit
    ]
    assert found == []


@pytest.mark.parametrize("wrong", ["56x56 pixels", "150MB", "69.8%", "69.8 %", "12.4 ms", "is % of"])
def test_each_rule_can_fail(wrong):
    assert any(re.search(pattern, wrong) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("right", ["56×56", "150.2\u00a0MB", "resnext50_32x4d", "32x4d", "12 msgs", "4,089,184,256"])
def test_what_is_right_passes(right):
    assert not any(re.search(pattern, right) for pattern in FORBIDDEN.values())
