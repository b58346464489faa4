"""Hands mode: the teacher types how many hands went up, or counts them with the keys 1 to 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.room.judging import choices

if TYPE_CHECKING:
    from pages.room.records import Asked
    from pages.room.steering import Steered

MOST = 999

# The counts live in the browser, so that no key is lost while the server answers: it is told what they are, not that
# one was pressed.
_HANDS = st.components.v2.component(
    "hands",
    html="<div class='hands'></div>",
    css="""
    .hands { display: grid; gap: 8px; color: var(--st-text-color); font: 1rem/1.4 var(--st-font); }
    .hands label { display: grid; grid-template-columns: 1.5rem 1fr 5.5rem; gap: 8px; align-items: center; }
    kbd { font: inherit; text-align: center; border: 1px solid var(--st-border-color); border-radius: 4px; }
    input { font: inherit; padding: 6px 8px; text-align: right; color: inherit; border-radius: 6px;
      background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color); }
    input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
    """,
    js="""export default ({data, parentElement, setStateValue}) => {
      const place = parentElement.querySelector(".hands");
      if (place.dataset.turn !== data.turn) {
        place.dataset.turn = data.turn;
        place.replaceChildren(...data.choices.map((choice, index) => {
          const label = document.createElement("label"), key = document.createElement("kbd");
          const field = document.createElement("input");
          key.textContent = index < 4 ? index + 1 : "";
          key.hidden = index > 3;
          Object.assign(field, {type: "number", min: 0, max: data.most, value: data.counts[index]});
          field.addEventListener("input", () => tell());
          label.append(key, choice, field);
          return label;
        }));
      }
      const fields = [...place.querySelectorAll("input")];
      let timer = 0;
      const counts = () => fields.map(field => Math.min(data.most, Math.max(0, Math.trunc(Number(field.value)) || 0)));
      const tell = () => { clearTimeout(timer); timer = setTimeout(() => setStateValue("counts", counts()), 250); };
      const typing = event => {
        const at = event.composedPath()[0];
        const turned = at.tagName === "INPUT" && ["checkbox", "radio", "range"].includes(at.type);
        return at.isContentEditable || !turned && ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName);
      };
      const count = event => {
        if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
        const field = /^[1-4]$/.test(event.key) && fields[event.key - 1];
        if (!field) return;
        field.value = Math.min(data.most, Number(field.value) + 1);
        tell();
      };
      document.addEventListener("keydown", count);
      return () => { clearTimeout(timer); document.removeEventListener("keydown", count); };
    }""",
)


def count_hands(room: Steered, asked: Asked, given: dict[str, int]) -> None:
    """A field for each answer; what is in it is written down at once."""
    names = choices(asked.question)
    key = f"hands_{room.code}_{asked.step}_{asked.asking}_{asked.round}"
    data = {"choices": names, "counts": [given.get(name, 0) for name in names], "turn": key, "most": MOST}

    def hear() -> None:
        said = st.session_state[key].get("counts")
        if isinstance(said, list) and len(said) == len(names) and all(isinstance(n, (int, float)) for n in said):
            counts = (min(MOST, max(0, int(n))) for n in said)
            room.raise_hands(asked.step, asked.round, dict(zip(names, counts, strict=True)))

    _HANDS(data=data, key=key, on_counts_change=hear)
    st.caption("Count raised hands with the keys 1 to 4, or type how many there are.")
