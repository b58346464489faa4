// All blocks of a network in a row: each with its branch, a box, and its shortcut, an arc. Both can be cut and mended here;
// Python says what the network answers then.
const SVG = "http://www.w3.org/2000/svg";
const STATES = new WeakMap();
const [WIDEST, LEAST, GAP, TALL] = [64, 32, 18, 124]; // pixels: of a block, between stages, of a row
const LINE = 74; // where the picture runs, from a row's top
const DASHES = { projection: "6 4", zero_pad: "2 4", detached: "1 6" };

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cuts");
  if (!STATES.has(root)) STATES.set(root, { cut: new Set(), off: new Set() });
  const state = STATES.get(root);
  if (data.turn !== state.turn) Object.assign(state, { turn: data.turn, cut: new Set(data.cut), off: new Set(data.off) });
  root.style.setProperty("--muted", data.colours.muted);
  state.view = { root, state, data, send: () => setStateValue("at", { ...chosen(state), turn: state.turn, time: Date.now() }) };
  root.querySelector("button").onclick = () => { state.cut.clear(); state.off.clear(); changed(state.view); };
  if (!state.observer) {
    state.observer = new ResizeObserver(() => root.clientWidth !== state.width && draw(state.view));
    state.observer.observe(root);
  }
  draw(state.view);
  answer(state.view);
  return () => { state.observer.disconnect(); STATES.delete(root); };
}

const chosen = ({ cut, off }) => ({ cut: [...cut].sort(), off: [...off].sort() });
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function changed(view) {
  draw(view);
  view.root.classList.add("asking");
  view.send();
}

// Rows of blocks: one if they fit, else one or more for each stage.
function rows(blocks, width) {
  const stages = [];
  for (const block of blocks) {
    if (stages.at(-1)?.[0].stage !== block.stage) stages.push([]);
    stages.at(-1).push(block);
  }
  const one = (width - GAP * (stages.length - 1) - 2) / blocks.length;
  if (one >= LEAST) return [Math.min(one, WIDEST), [stages]];
  const most = Math.max(1, Math.floor(width / LEAST));
  const cell = Math.min(WIDEST, width / Math.min(most, Math.max(...stages.map((stage) => stage.length))));
  const parts = stages.flatMap((stage) => {
    const pieces = [];
    for (let at = 0; at < stage.length; at += most) pieces.push([stage.slice(at, at + most)]);
    return pieces;
  });
  return [cell, parts];
}

function draw(view) {
  const { root, state, data } = view;
  state.width = root.clientWidth;
  if (!state.width) return;
  const [cell, lines] = rows(data.blocks, state.width);
  const svg = make("svg", { width: state.width, height: TALL * lines.length, role: "group" });
  svg.setAttribute("aria-label", "Blocks from the picture to the answer. Left and right walk, up is a block's shortcut, down its branch; Delete cuts, Enter mends.");
  lines.forEach((stages, row) => {
    let x = 1;
    for (const stage of stages) {
      svg.append(write(x + 2, TALL * row + 116, stage[0].stage, data.colours.muted));
      for (const block of stage) { drawBlock(view, svg, block, x, TALL * row + LINE, cell); x += cell; }
      x += GAP;
    }
  });
  svg.onkeydown = (event) => walk(view, event);
  const focused = root.querySelector(".end:focus")?.dataset.key;
  root.querySelector(".strip").replaceChildren(svg);
  focusable(root, state.at ?? `${data.blocks[0].path} cut`);
  if (focused) focus(root, focused);
  const { cut, off } = chosen(state);
  root.querySelector("button").disabled = !cut.length && !off.length;
}

function drawBlock(view, svg, block, x, y, cell) {
  const { state: { cut, off }, data: { colours } } = view;
  const plus = x + cell - 7, colour = colours[{ detached: "error" }[block.kind] ?? block.kind];
  const [boxX, boxWidth] = [x + 7, cell - 24];
  const isCut = cut.has(block.path), isOff = off.has(block.path);
  svg.append(path(`M${x} ${y}H${x + cell}`, colours.muted, 1.5));
  const arch = `M${x + 2} ${y}C${x + 2} ${y - 76} ${plus} ${y - 76} ${plus} ${y - 6}`;
  const arc = end(view, block, "cut", isCut, `shortcut, ${block.kind.replace("_", " ")}`);
  arc.append(make("path", { class: "hit", d: arch, "stroke-width": 14 }));
  const line = path(arch, isCut ? colours.muted : colour, isCut ? 1.5 : 3, isCut ? "3 6" : DASHES[block.kind]);
  arc.append(line);
  if (isCut) arc.append(cross((x + plus) / 2, y - 58, colours.error));
  svg.append(arc);
  const box = end(view, block, "off", isOff, "branch");
  box.append(make("rect", { class: "hit", x: boxX - 3, y: y - 21, width: boxWidth + 6, height: 42, "stroke-width": 6 }));
  const look = isOff ? { fill: colours.page, stroke: colours.muted, "stroke-dasharray": "3 3" } : { fill: colours[block.colour], stroke: "none" };
  box.append(make("rect", { x: boxX, y: y - 18, width: boxWidth, height: 36, rx: 3, "stroke-width": 1.5, ...look }));
  if (isOff) box.append(cross(boxX + boxWidth / 2, y, colours.error));
  svg.append(box);
  svg.append(make("circle", { cx: plus, cy: y, r: 6, fill: colours.page, stroke: isCut ? colours.muted : colour, "stroke-width": 2 }));
  svg.append(path(`M${plus - 3} ${y}h6M${plus} ${y - 3}v6`, isCut ? colours.muted : colour, 1.5));
}

function end(view, block, kind, is, what) {
  const group = make("g", { class: "end", role: "button", tabindex: -1, "aria-pressed": is, "data-key": `${block.path} ${kind}` });
  group.setAttribute("aria-label", `${block.name}, ${what}${is ? ", cut" : ""}`);
  group.onclick = () => { set(view, block.path, kind, !view.state[kind].has(block.path)); };
  group.onfocus = () => { view.state.at = `${block.path} ${kind}`; focusable(view.root, view.state.at); };
  const title = make("title", {});
  title.textContent = `${block.name}, ${what}`;
  group.append(title);
  return group;
}

function set(view, path, kind, gone) {
  if (gone === view.state[kind].has(path)) return;
  view.state[kind][gone ? "add" : "delete"](path);
  view.state.at = `${path} ${kind}`;
  changed(view);
}

function walk(view, event) {
  const [at, kind] = event.target.closest(".end").dataset.key.split(" ");
  const paths = view.data.blocks.map((block) => block.path), here = paths.indexOf(at);
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -paths.length, End: paths.length }[event.key];
  if (step) focus(view.root, `${paths[Math.min(paths.length - 1, Math.max(0, here + step))]} ${kind}`);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") focus(view.root, `${at} ${event.key === "ArrowUp" ? "cut" : "off"}`);
  else if (event.key === "Delete" || event.key === "Backspace") set(view, at, kind, true);
  else if (event.key === "Enter") set(view, at, kind, false);
  else if (event.key === " ") set(view, at, kind, !view.state[kind].has(at));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

const ends = (root) => [...root.querySelectorAll(".end")];
function focusable(root, key) {
  for (const one of ends(root)) one.setAttribute("tabindex", one.dataset.key === key ? 0 : -1);
}
function focus(root, key) {
  focusable(root, key);
  ends(root).find((one) => one.dataset.key === key)?.focus({ preventScroll: true });
}

// The answer that Python gave for these cuts; while it is asked for others, the last one stands, paler.
function answer({ root, state, data }) {
  root.classList.toggle("asking", !same(chosen(state), { cut: data.cut, off: data.off }));
  root.querySelector(".said").textContent = data.said;
  const place = root.querySelector(".rows");
  while (place.children.length > data.answers.length) place.lastChild.remove();
  data.answers.forEach(([name, before, after, words], number) => {
    const row = place.children[number] ?? place.appendChild(blank());
    const [label, bars, value] = row.children;
    label.textContent = name;
    value.textContent = words;
    [before, after].forEach((share, which) => {
      bars.children[which].style.width = `${100 * share}%`;
      bars.children[which].style.background = which ? data.colours.residual : data.colours.hairline;
    });
  });
  root.querySelector(".note").textContent = data.note;
  Object.assign(root.querySelector("img"), { src: data.seen, alt: data.alt });
}

function blank() {
  const row = document.createElement("div");
  row.className = "row";
  row.innerHTML = "<span></span><span class='bars'><i></i><i></i></span><span></span>";
  return row;
}

const path = (d, stroke, width, dash) => make("path", { d, fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dash ?? "none" });
const cross = (x, y, stroke) => path(`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke, 2.5);

function write(x, y, content, fill) {
  const text = make("text", { x, y });
  text.style.fill = fill;
  text.textContent = content;
  return text;
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
