// A race that runs: two charts as wide as they are shown, a button that stops, and a sentence after each pass.
const STATES = new WeakMap();
const ENDED = new Set(["finished", "stopped", "failed"]);
const CHARTS = { loss: lossChart, error: errorChart };

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".race");
  if (!STATES.has(root)) STATES.set(root, begin(root));
  const state = STATES.get(root);
  state.data = data;
  root.style.setProperty("--muted", data.colours.muted);
  root.style.setProperty("--surface", data.colours.surface);
  tell(root, data, () => setStateValue("wish", "stop"));
  drawCharts(root, state);
  return () => { state.observer.disconnect(); STATES.delete(root); };
}

function begin(root) {
  const state = { readings: {} };
  for (const name of Object.keys(CHARTS)) {
    state.readings[name] = readable(root.querySelector(`.${name}`), () => drawChart(root, state, name));
  }
  state.observer = new ResizeObserver(() => root.clientWidth !== state.width && drawCharts(root, state));
  state.observer.observe(root);
  return state;
}

function tell(root, { lines, how, step, total, said, state, mine }, stop) {
  const button = root.querySelector(".stop"), bar = root.querySelector(".bar"), words = root.querySelector(".said");
  root.querySelector(".how").textContent = how;
  const passes = `${Math.max(...lines.map(({ unseen }) => unseen.length))} ${ENDED.has(state)}`;
  words.setAttribute("aria-live", passes === words.dataset.passes ? "off" : "polite"); // who listens hears each pass, not each step
  words.dataset.passes = passes;
  if (words.textContent !== said) words.textContent = said;
  button.hidden = !mine || ENDED.has(state);
  button.disabled = state === "stopping";
  button.onclick = () => { button.disabled = true; stop(); };
  bar.setAttribute("aria-valuemax", total);
  bar.setAttribute("aria-valuenow", step);
  bar.firstElementChild.style.width = `${(100 * step) / Math.max(total, 1)}%`;
}

function drawCharts(root, state) {
  state.width = root.clientWidth;
  if (state.width) Object.keys(CHARTS).forEach((name) => drawChart(root, state, name)); // else not laid out yet
}

function drawChart(root, state, name) {
  const place = root.querySelector(`.${name}`);
  put(place, CHARTS[name](place, state.data), state.readings[name], state.data.colours);
}
