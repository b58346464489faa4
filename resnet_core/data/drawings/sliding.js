// A window moves over a grid of numbers; beside it stands what is made of the numbers under it. One value is read at a time.
const FRAME_MS = 220;
const STATES = new WeakMap();
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".sliding");
  if (!STATES.has(root)) STATES.set(root, { map: 0, row: data.start[0], column: data.start[1] });
  const view = { root, data, state: STATES.get(root) };
  root.style.setProperty("--muted", data.muted);
  const key = JSON.stringify(data);
  if (view.state.key !== key) build(view);
  view.state.key = key;
  const stop = () => { clearInterval(view.state.timer); view.state.timer = undefined; play.textContent = data.play; };
  const [back, on, play] = root.querySelectorAll("button");
  back.onclick = () => { stop(); step(view, -1); };
  on.onclick = () => { stop(); step(view, 1); };
  play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  play.onclick = () => {
    if (view.state.timer) { stop(); return; }
    play.textContent = "Pause";
    view.state.timer = setInterval(() => step(view, 1), FRAME_MS);
  };
  stop();
  show(view);
  return stop;
}

const outOf = ({ data, state }) => data.maps[state.map].cells;
const minus = (number) => String(number).replace("-", "−");

function step(view, by) {
  const { state } = view, [rows, columns] = [outOf(view).length, outOf(view)[0].length];
  const at = (state.row * columns + state.column + by + rows * columns) % (rows * columns);
  [state.row, state.column] = [Math.floor(at / columns), at % columns];
  show(view);
}

function build(view) {
  const { root, data, state } = view;
  state.map = Math.min(state.map, data.maps.length - 1);
  const left = figure(data.left.name, data.left.shape, grid(data.left.cells, data.colours, data.left.padding));
  left.querySelector(".grid").append(frame(data.side));
  const parts = [left];
  if (data.maps[0].weights) parts.push(figure("filter", "3×3 weights", grid(data.maps[0].weights, data.colours), "weights"));
  data.maps.forEach((map, number) => {
    const out = grid(map.cells, data.colours);
    out.classList.add("out");
    Object.assign(out, { tabIndex: 0 });
    out.setAttribute("role", "group");
    out.setAttribute("aria-label", `${map.name}: arrow keys read another value`);
    out.append(frame(1));
    out.onpointerover = (event) => choose(view, number, event.target, map);
    out.onpointerdown = out.onpointerover;
    out.onfocus = () => { if (state.map !== number) { state.map = number; show(view); } };
    out.onkeydown = (event) => {
      if (!(event.key in MOVES)) return;
      const [down, right] = MOVES[event.key];
      state.row = Math.min(Math.max(state.row + down, 0), map.cells.length - 1);
      state.column = Math.min(Math.max(state.column + right, 0), map.cells[0].length - 1);
      event.preventDefault();
      event.stopPropagation(); // a page's own keys
      show(view);
    };
    parts.push(figure(map.name, map.shape, out, "made"));
  });
  root.querySelector(".maps").replaceChildren(...parts);
}

function choose(view, number, cell, map) {
  const at = cell.tagName === "I" ? [...cell.parentElement.querySelectorAll("i")].indexOf(cell) : -1;
  if (at < 0 || view.state.timer) return;
  Object.assign(view.state, { map: number, row: Math.floor(at / map.cells[0].length), column: at % map.cells[0].length });
  show(view);
}

function figure(name, shape, content, kind = "") {
  const whole = Object.assign(document.createElement("figure"), { className: kind });
  const caption = Object.assign(document.createElement("figcaption"), { textContent: name });
  caption.append(Object.assign(document.createElement("span"), { textContent: shape }));
  whole.append(caption, content);
  return whole;
}

function grid(cells, colours, padding = 0) {
  const whole = Object.assign(document.createElement("div"), { className: "grid" });
  const most = Math.max(1, ...cells.flat().map(Math.abs)), [rows, columns] = [cells.length, cells[0].length];
  whole.style.setProperty("--columns", columns);
  cells.forEach((line, row) => line.forEach((value, column) => {
    const cell = Object.assign(document.createElement("i"), { textContent: minus(value) });
    cell.style.setProperty("--sign", value < 0 ? colours.below : colours.above);
    cell.style.setProperty("--much", Math.abs(value) / most);
    const edge = Math.min(row, column, rows - 1 - row, columns - 1 - column) < padding;
    cell.classList.toggle("zero", edge);
    whole.append(cell);
  }));
  return whole;
}

function frame(side) {
  const whole = document.createElement("b");
  whole.style.setProperty("--side", side);
  return whole;
}

function move(whole, row, column) {
  whole.style.setProperty("--row", row);
  whole.style.setProperty("--column", column);
}

function show(view) {
  const { root, data, state } = view;
  const out = outOf(view);
  state.row = Math.min(state.row, out.length - 1);
  state.column = Math.min(state.column, out[0].length - 1);
  const top = state.row * data.stride, left = state.column * data.stride;
  move(root.querySelector("figure:first-child b"), top, left);
  root.querySelectorAll(".made b").forEach((whole) => move(whole, state.row, state.column));
  const { weights } = data.maps[state.map];
  if (weights) root.querySelector(".weights .grid").replaceWith(grid(weights, data.colours));
  const made = out[state.row][state.column];
  const said = root.querySelector(".said");
  said.replaceChildren(...(weights ? products(data.left.cells, weights, top, left, made) : [words(data.says[made > 0 ? "above" : "below"]
    .replace("{from}", minus(data.left.cells[top][left])).replace("{to}", minus(made)))]));
}

const words = (text, tag = "span") => Object.assign(document.createElement(tag), { textContent: text });

// The nine products, row by row, and their sum. Those with a weight of 0 add nothing and are pale.
function products(cells, weights, top, left, made) {
  const parts = weights.map((line, row) => {
    const whole = document.createElement("span");
    line.forEach((weight, column) => {
      const term = `${minus(cells[top + row][left + column])}×${minus(weight)}`;
      if (row || column) whole.append(words(" + ", weight ? "span" : "em"));
      whole.append(words(term, weight ? "span" : "em"));
    });
    return whole;
  });
  return [...parts, Object.assign(words(`= ${minus(made)}`, "strong"))];
}
