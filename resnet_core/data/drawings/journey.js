// Steps through the way that Python computed, by itself or by hand, and tells Python where it came to rest.
const SVG = "http://www.w3.org/2000/svg";
const ROWS = (unit) => ["Pixels a side", "Channels", `${unit} so far`, "Memory so far"];
const REST = 400; // milliseconds without a step, after which a stop counts as chosen
const STATES = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".journey");
  if (!STATES.has(root)) STATES.set(root, {});
  const state = STATES.get(root);
  const view = { root, state, ...data, send: (stop) => setStateValue("at", { stop, time: Date.now() }) };
  const drawn = [data.way.name, data.way.unit, data.way.totals, data.way.stops.length, data.colours.page].join(" ");
  if (state.drawn !== drawn) draw(view);
  state.drawn = drawn;
  listen(view);
  connect(view);
  show(view);
  return () => { pause(view); clearTimeout(state.rest); STATES.delete(root); };
}

// A new turn is the page's own move; in between, the visitor's steps count.
function listen(view) {
  const { state, way, start: [at, inside], turn } = view;
  if (turn === state.turn && state.at < way.stops.length) return;
  pause(view);
  Object.assign(state, { at, turn, layers: inside || (way.stops[at][1] === "" && Boolean(state.layers)) });
}

const ends = ({ stops }, at) => at + 1 === stops.length || stops[at + 1][0] !== stops[at][0];
// Where one can stop: after each layer, or after each block and each layer outside blocks.
const halts = ({ state, way }) => way.stops.map((_, at) => at).filter((at) => state.layers || ends(way, at));
// A block's name at its end, where steps are blocks; else the layer's.
function named({ state, way }) {
  const [bar, suffix] = way.stops[state.at];
  return way.bars[bar][0] + (state.layers || !ends(way, state.at) ? suffix : "");
}

function draw({ root, way, picture, colours, state }) {
  root.style.setProperty("--muted", colours.muted);
  root.querySelector(".picture").style.backgroundImage = `url(${picture})`;
  const rows = ROWS(way.unit).map((title, row) => {
    const svg = make("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": true });
    svg.append(...way.bars.map(([, x, width, , heights]) => make("rect", { x, width, y: 100 - heights[row], height: heights[row] })));
    const words = html("p", "");
    words.append(html("span", title, "muted"), html("br"), html("strong", ""));
    const line = html("div", "", "row");
    line.append(words, svg);
    return line;
  });
  root.querySelector(".way").replaceChildren(...rows, html("div", "", "cursor"));
  root.querySelector(".cursor").append(html("i"));
  state.rows = rows;
}

function connect(view) {
  const { root, state } = view;
  const [back, play, on] = root.querySelectorAll(".controls > button");
  const [blocks, layers] = root.querySelectorAll(".steps button");
  const range = root.querySelector("input");
  back.onclick = () => step(view, -1);
  on.onclick = () => step(view, 1);
  play.onclick = () => (state.timer ? rest(view) : run(view));
  blocks.onclick = () => divide(view, false);
  layers.onclick = () => divide(view, true);
  range.oninput = () => go(view, halts(view)[range.value]);
  root.querySelector(".way").onclick = ({ clientX }) => {
    const { left, width } = root.querySelector(".cursor").getBoundingClientRect();
    const bar = Math.floor(((clientX - left) / width) * view.way.bars.length);
    const at = view.way.stops.findIndex((stop, number) => stop[0] === bar && ends(view.way, number));
    if (at >= 0) go(view, at);
  };
}

function go(view, at) {
  pause(view);
  view.state.at = at;
  show(view);
  clearTimeout(view.state.rest);
  view.state.rest = setTimeout(() => rest(view), REST);
}

function step(view, by) {
  const stops = halts(view);
  const here = stops.findIndex((at) => at >= view.state.at);
  go(view, stops[Math.max(0, Math.min(here + by, stops.length - 1))]);
}

// Steps of blocks or of layers; a layer inside a block gives way to the block's end.
function divide(view, layers) {
  view.state.layers = layers;
  go(view, halts(view).find((at) => at >= view.state.at));
}

function run(view) {
  const { state, way } = view;
  if (state.at === way.stops.length - 1) state.at = 0;
  clearTimeout(state.rest);
  const pace = Math.max(320, Math.min(700, 20000 / halts(view).length)); // twenty seconds where the way allows it
  state.timer = setInterval(() => {
    state.at = halts(view).find((at) => at > state.at) ?? state.at;
    if (state.at === way.stops.length - 1) rest(view);
    else show(view);
  }, pace);
  show(view);
}

function pause({ state }) {
  clearInterval(state.timer);
  state.timer = null;
}

function rest(view) {
  pause(view);
  clearTimeout(view.state.rest);
  show(view);
  view.send(named(view));
}

function show(view) {
  const { root, state, way, colours } = view;
  const [bar, , shape, field, x, work, bytes] = way.stops[state.at];
  const [all, channels, pixels] = way.shapes[shape];
  const [seen, width, height] = way.fields[field];
  const [allWork, allBytes] = way.totals;
  const stops = halts(view);
  const values = [pixels, channels, `${work} of ${allWork}`, `${bytes} of ${allBytes}`];
  state.rows.forEach((row, number) => {
    row.querySelector("strong").textContent = values[number];
    row.querySelectorAll("rect").forEach((rect, at) => { rect.style.fill = at <= bar ? colours[way.bars[at][3]] : colours.hairline; });
  });
  Object.assign(root.querySelector(".patch").style, { width: `${width}%`, height: `${height}%` });
  root.querySelector(".cursor i").style.left = `${x / 10}%`;
  const said = root.querySelector(".said");
  // Who listens hears where a walk comes to rest, not each step on its way.
  said.setAttribute("aria-live", state.timer ? "off" : "polite");
  const place = state.at ? `After ${named(view)}` : "The input";
  said.replaceChildren(html("strong", `${place}: ${all}. `), `One value sees ${seen}.`,
    html("span", ` ${work} of ${allWork} ${way.unit} are done, ${bytes} of ${allBytes} are stored.`, "heard"));
  const range = root.querySelector("input");
  Object.assign(range, { max: stops.length - 1, value: stops.findIndex((at) => at >= state.at) });
  range.setAttribute("aria-valuetext", `${place}, ${all}`);
  root.querySelector(".play").textContent = state.timer ? "Pause" : "Play";
  root.querySelectorAll(".steps button").forEach((button, number) => button.setAttribute("aria-pressed", state.layers === Boolean(number)));
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function html(name, content = "", className = "") {
  return Object.assign(document.createElement(name), { textContent: content, className });
}
