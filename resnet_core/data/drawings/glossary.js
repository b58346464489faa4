// The look of explained words, for the whole page, and Escape, which puts a meaning away until the pointer or the focus moves.
export default function ({ data }) {
  let style = document.getElementById("glossary-style");
  if (!style) {
    style = Object.assign(document.createElement("style"), { id: "glossary-style" });
    document.head.append(style);
    const away = (yes) => document.documentElement.classList.toggle("meanings-away", yes);
    addEventListener("keydown", (event) => { if (event.key === "Escape") away(true); }, true);
    for (const moved of ["pointerover", "focusin", "pointerdown"]) {
      addEventListener(moved, (event) => { if (event.target.closest?.(".term")) away(false); }, true);
    }
  }
  if (style.textContent !== data) style.textContent = data;
}
