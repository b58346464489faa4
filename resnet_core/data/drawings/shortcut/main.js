// Holds what the visitor looks at, draws it, and asks the server only for what is not here yet.
const STATES = new WeakMap();
const MOST_BLOCKS = 12; // kept here, so that a step back asks nobody
const PAUSE = 250; // milliseconds on one block, after which its answers are asked for: whoever only passes need not wait for them

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".shortcut");
  if (!STATES.has(root)) STATES.set(root, {});
  const state = STATES.get(root);
  const ask = (more) => setStateValue("at", { key: data.key, block: state.path, channel: state.channel, first: state.first ?? 0, turn: state.turn, ...more, time: Date.now() });
  const view = { root, state, data, ask };
  listen(view);
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  root.style.setProperty("--below", data.scale[0]);
  buildTiles(view);
  connect(view);
  show(view);
  state.view = view;
  state.observer ??= new ResizeObserver(() => resized(state));
  state.observer.observe(root);
  return () => { state.observer.disconnect(); clearTimeout(state.pause); STATES.delete(root); };
}

// Charts are drawn as wide as they are shown, so that their words keep their size.
function resized(state) {
  const width = state.view.root.clientWidth;
  if (!width || width === state.width) return;
  state.width = width;
  drawCharts(state.view);
}

function drawCharts(view) {
  if (!view.root.clientWidth) return; // not laid out yet
  drawBack(view);
  drawAll(view);
}

// A new turn is the page's own move; in between, the visitor's choices in the drawing count.
function listen({ state, data }) {
  if (state.key !== data.key) Object.assign(state, { key: data.key, cache: new Map(), sweeps: new Map(), values: new Map(), options: new Map(), asked: new Set(), fresh: null, law: null, tenths: 10, all: false, first: 0 });
  if (state.turn !== data.turn) Object.assign(state, { turn: data.turn, path: data.open, channel: data.channel, pinned: null, pointed: null, ...data.alone });
  if (data.block) {
    state.cache.set(data.block.path, data.block);
    if (state.cache.size > MOST_BLOCKS) state.cache.delete([...state.cache.keys()].find((path) => path !== data.block.path));
    if (data.block.path === state.path && !data.block.sent.includes(state.channel)) state.channel = data.block.liked;
  }
  for (const [path, sweep] of Object.entries(data.sweeps ?? {})) state.sweeps.set(path, sweep);
  for (const [path, options] of Object.entries(data.options ?? {})) state.options.set(path, options);
  if (data.value && state.valueKey) state.values.set(state.valueKey, data.value);
  if (state.values.size > 40) state.values.delete(state.values.keys().next().value);
  if (data.fresh) Object.assign(state, { fresh: data.fresh, law: data.law });
}

function connect(view) {
  const { root, data, state } = view;
  connectAlpha(view);
  connectDeeper(view);
  const rows = root.querySelector(".equation");
  rows.onkeydown = (event) => walkPixels(view, event);
  rows.querySelectorAll(".box").forEach((box) => {
    box.onpointermove = (event) => event.pointerType === "mouse" && point(view, box, event, false);
    box.onpointerleave = (event) => { if (event.pointerType === "mouse" && state.pinned) { state.pointed = null; read(view, state.pinned); } };
    box.onpointerdown = (event) => point(view, box, event, true);
  });
  const [back, on] = root.querySelectorAll(".steps button");
  const here = data.blocks.findIndex(([path]) => path === state.path);
  const step = (by) => data.blocks[here + by] && openBlock(view, data.blocks[here + by][0]);
  back.onclick = () => step(-1);
  on.onclick = () => step(1);
  back.disabled = here <= 0;
  on.disabled = here >= data.blocks.length - 1;
  root.querySelector(".channels .more").onclick = () => {
    const block = blockOf(view), next = (state.first ?? 0) + block.sent.length;
    state.first = next >= block.channels ? 0 : next;
    state.channel = -1;
    view.ask({ have: false });
  };
}

function openBlock(view, path) {
  const { state } = view;
  Object.assign(state, { path, first: 0, pinned: null, pointed: null });
  const block = state.cache.get(path);
  if (block && !block.sent.includes(state.channel)) state.channel = block.liked;
  connect(view);
  if (!show(view)) view.ask({ have: true });
}

function openChannel(view, channel) {
  Object.assign(view.state, { channel, pinned: null, pointed: null });
  if (!show(view)) view.ask({ have: true });
}

function show(view) {
  const { root, state, data } = view, block = blockOf(view);
  drawStrip(view);
  root.classList.toggle("waiting", !block);
  root.querySelector(".title").textContent = data.blocks.find(([path]) => path === state.path)[1];
  if (block) {
    state.pinned ??= tellingValue(mapsOf(view));
    drawTiles(view);
    drawChannels(view);
    read(view, state.pointed ?? state.pinned);
    drawAlpha(view);
    wantValue(view);
  }
  drawOptions(view);
  painted(() => drawCharts(state.view ?? view)); // what is further down can wait
  return want(view, block);
}

// A page without a server keeps all of this in its link; a server need not know.
function tell({ state, data, ask }) {
  const { tenths, all, pinned } = state;
  if (data.alone) ask({ have: true, alone: { tenths, all, pinned } });
}

const painted = (next) => requestAnimationFrame(() => setTimeout(next));

// Images first: the answers for all alphas are asked for once one rests on them. Whether the server was asked.
function want({ state, ask }, block) {
  clearTimeout(state.pause);
  const missing = !block || (!block.plain && !(state.sweeps.has(state.path) && state.fresh));
  const wish = [state.path, Boolean(block), state.sweeps.size].join(" ");
  if (!missing || state.asked.has(wish)) return false;
  const tell = () => { state.asked.add(wish); ask({ have: Boolean(block) }); };
  if (block && state.sweeps.size) state.pause = setTimeout(tell, PAUSE);
  else if (block) painted(tell);
  else tell();
  return true;
}
