// A race that runs: two charts as wide as they are shown, a button that stops, and a sentence after each pass.
const STATES = new WeakMap();
const ENDED = new Set(["finished", "stopped", "failed"]);

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".race");
  if (!STATES.has(root)) STATES.set(root, {});
  const state = STATES.get(root);
  state.data = data;
  root.style.setProperty("--muted", data.colours.muted);
  tell(root, data, () => setStateValue("wish", "stop"));
  if (!state.observer) {
    state.observer = new ResizeObserver(() => root.clientWidth !== state.width && drawCharts(root, state));
    state.observer.observe(root);
  }
  drawCharts(root, state);
  return () => { state.observer.disconnect(); STATES.delete(root); };
}

function tell(root, { how, step, total, said, state }, stop) {
  const button = root.querySelector(".stop"), bar = root.querySelector(".bar"), words = root.querySelector(".said");
  root.querySelector(".how").textContent = how;
  if (words.textContent !== said) words.textContent = said; // who listens hears it once
  button.hidden = ENDED.has(state);
  button.disabled = state === "stopping";
  button.onclick = () => { button.disabled = true; stop(); };
  bar.setAttribute("aria-valuemax", total);
  bar.setAttribute("aria-valuenow", step);
  bar.firstElementChild.style.width = `${(100 * step) / Math.max(total, 1)}%`;
}

function drawCharts(root, state) {
  state.width = root.clientWidth;
  if (!state.width) return; // not laid out yet
  root.querySelector(".loss").replaceChildren(lossChart(root.querySelector(".loss"), state.data));
  root.querySelector(".error").replaceChildren(errorChart(root.querySelector(".error"), state.data));
}
