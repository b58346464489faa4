// The presenter's bar: keys of a clicker, arrows, Escape and a clock. One listener at a time, whatever page is open.
const kept = (window.presenter ??= { visit: "", pressed: "" });

const focused = () => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one;
};
const inWidget = () => {
  const one = focused();
  if (!one || one === document.body || one.closest("nav")) return false;
  return one.matches("input, textarea, select, button, a, summary, [role], [contenteditable]") || one.tabIndex >= 0 &&
    !one.matches('[data-testid="stMain"], [data-testid="stApp"], section');
};
const isOpen = () => document.querySelector('[role="dialog"], [role="listbox"], [role="menu"]');
const written = (seconds) =>
  [Math.floor(seconds / 60), seconds % 60].map((one) => String(one).padStart(2, "0")).join(":");

const begun = () => {
  const now = Number(sessionStorage.getItem("lesson-begun"));
  if (now) return now;
  sessionStorage.setItem("lesson-begun", String(Date.now()));
  return Date.now();
};

export default ({ data, parentElement, setStateValue, setTriggerValue }) => {
  const find = (name) => parentElement.querySelector(name);
  if (kept.visit !== data.visit) Object.assign(kept, { visit: data.visit, pressed: "" });
  find(".place").textContent = data.place;

  const move = (by) => {
    kept.pressed += by > 0 ? "+" : "-";
    setStateValue("moves", { visit: kept.visit, pressed: kept.pressed });
  };
  const leave = () => setTriggerValue("leave", true);
  const tell = () => { find(".clock").textContent = written(Math.max(0, Math.floor((Date.now() - begun()) / 1000))); };
  const keys = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const clicker = { PageDown: 1, PageUp: -1 }[event.key];
    const arrow = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (clicker || (arrow && !inWidget())) {
      event.preventDefault();
      event.stopPropagation();
      move(clicker ?? arrow);
    } else if (event.key === "Enter" && !event.repeat && !inWidget()) {
      document.querySelector('[data-testid="stMain"] button[data-testid="stBaseButton-primary"]')?.click();
    } else if (event.key === "Escape" && !isOpen()) {
      if (focused()?.matches("input, textarea, select")) focused().blur();
      else leave();
    }
  };

  for (const button of parentElement.querySelectorAll(".step")) button.onclick = () => move(Number(button.value));
  find(".leave").onclick = leave;
  find(".clock").onclick = () => { sessionStorage.removeItem("lesson-begun"); tell(); };
  window.removeEventListener("keydown", kept.keys, true);
  clearInterval(kept.ticking);
  kept.keys = keys;
  window.addEventListener("keydown", keys, true);
  kept.ticking = setInterval(tell, 1000);
  tell();
  return () => {
    window.removeEventListener("keydown", keys, true);
    if (kept.keys === keys) clearInterval(kept.ticking);
  };
};
