"""What a link says: parameters that ask in vain, and those that the page changes itself, without a widget.

The browser sends its link with every rerun. A visitor who is quick interrupts a run before the browser has heard what
that run wrote into the link, and so sends an old one: that is no wish to go back, and must not undo what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._layout import literal

# On a change of page Streamlit first takes the page's parameters out of the address, writes those that go along one by
# one, and then goes on, each as a step in the browser's history: one Back would lead to the page without what was set
# on it. All that happens without a touch in between, so that each step can take the place of the one before.
_MEND_BACK = st.components.v2.component(
    "mend_back",
    html="<span hidden></span>",
    js="""export default () => {
      if (history.mended) return;
      history.mended = true;
      const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
      let touched = true;
      for (const touch of ["pointerdown", "keydown", "click", "popstate"])
        addEventListener(touch, () => { touched = true; }, true);
      history.pushState = (state, title, url) => {
        const step = touched ? push : replace;
        touched = false;
        step(state, title, url);
      };
    }""",
)


def mend_back() -> None:
    """Let one Back lead to the page as it was left; to be called at the end of each page."""
    _MEND_BACK(key="mend_back")


def asked_in_vain(**allowed: Iterable[object]) -> dict[str, str]:
    """Parameters of the link whose value is not allowed; to be called before their widgets take them out of it.

    A value that another page has left under the same name goes too, for nobody asked for it here.
    """
    for name, values in allowed.items():
        if st.session_state.get(name) not in (None, *values):
            del st.session_state[name]
    asked = {name: st.query_params[name] for name in allowed if name in st.query_params}
    vain = {name: wish for name, wish in asked.items() if not any(_says(wish, value) for value in allowed[name])}
    return _said_before(allowed) | vain


def _says(wish: str, value: object) -> bool:
    return wish.lower() == written(value) if isinstance(value, bool) else wish == str(value)


def standing(starts: Mapping[str, Any], allowed: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """What widgets are about to say, for the line that folds them away: this visit's word, else the link's.

    Args:
        starts: name -> what the widget begins with.
        allowed: name -> what it offers.
    """
    wishes = st.query_params.to_dict()  # read once: a seed may be one of ten thousand
    heard = {
        name: next((value for value in allowed[name] if _says(wishes[name], value)), start) if name in wishes else start
        for name, start in starts.items()
    }
    return {name: st.session_state.get(name, value) for name, value in heard.items()}


def unknown_among(name: str, allowed: Iterable[object]) -> dict[str, str]:
    """The same for a parameter that stands in the link once for each of several choices, or empty for none of them."""
    unknown = [value for value in st.query_params.get_all(name) if value not in ("", *map(str, allowed))]
    return _said_before([name]) | ({name: ", ".join(unknown)} if unknown else {})


def say_in_vain(asked: dict[str, str], **shown: object) -> None:
    """Warn about what was asked in vain, if anything; to be called after the widgets, which say what stands instead.

    It stays said while the page shows the same instead: the widgets take a wrong wish out of the link at once.

    Args:
        shown: the same for parameters without a widget.
    """
    values = {name: st.session_state.get(name) for name in asked} | shown
    asked = {name: wish for name, wish in asked.items() if still_vain(name, wish, values[name])}
    if asked:
        wishes = " and ".join(f"{name}={value[:40]!r}" for name, value in asked.items())
        there = ", ".join(f"{name}={written(values[name])}" for name in asked)
        st.warning(
            f"The link asks for {literal(wishes)}, which is not offered here. You see {literal(there)}.",
            icon=":material/link_off:",
        )


_CHANGED = object()  # the visitor has set something else since


def still_vain(name: str, wish: str, value: object) -> bool:
    """Whether a widget is on the page and shows what it did when the wish was first called in vain."""
    said = _said()
    if name not in said or wish != said[name][0] or said[name][1] is None:
        said[name] = wish, value
    if said[name][1] not in (None, value):
        said[name] = wish, _CHANGED
    return value is not None and said[name][1] == value


def _said_before(names: Iterable[str]) -> dict[str, str]:
    """Of these parameters: what this page has called a wish in vain."""
    said = _said()
    return {name: said[name][0] for name in names if name in said}


def _said() -> dict[str, tuple[str, object]]:
    """What this page has said of its link: parameter -> what was asked in vain, and what was shown instead."""
    page = getattr(get_script_run_ctx(suppress_warning=True), "page_script_hash", "")
    pages: dict[str, dict[str, tuple[str, object]]] = st.session_state.setdefault("_asked_in_vain", {})
    return pages.setdefault(page, {})


def written(value: object) -> str:
    """A value as a link and a text field have it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def hear_link(name: str) -> str:
    """The value of a parameter, "" if there is none: what was written last, or what a visitor's own link asks for.

    A value that was left before is the visitor's wish only if the browser went back: else it is an old link's.
    """
    memory = _memory(name)
    asked = st.query_params.get(name, "")
    if asked != memory["now"] and (asked not in memory["before"] or _gone_back()):
        memory["before"].add(memory["now"])
        memory["now"] = asked
    _write(name, memory["now"])
    return str(memory["now"])


def linked(name: str) -> str:
    """What was heard or changed last; for callbacks, where the browser's link may be an old one."""
    return str(_memory(name)["now"])


def link(name: str, value: str) -> None:
    """Change a parameter, "" removes it; the page's next `hear_link` writes it into the link.

    Not at once, because to write is a moment at which Streamlit may cut a callback off in its middle.
    """
    memory = _memory(name)
    memory["before"].add(memory["now"])
    memory["now"] = value


def _gone_back() -> bool:
    """Whether the browser's own Back or Forward began this run."""
    return bool(getattr(get_script_run_ctx(suppress_warning=True), "is_history_navigation", False))


def _memory(name: str) -> dict[str, Any]:
    memory: dict[str, dict[str, Any]] = st.session_state.setdefault("_linked", {})
    return memory.setdefault(name, {"now": "", "before": set()})


def _write(name: str, value: str) -> None:
    if value == st.query_params.get(name, ""):
        return
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
