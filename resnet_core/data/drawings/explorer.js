// Draws the scenes that Python computed, opens and closes levels in place, and tells Python where it stands.
const SVG = "http://www.w3.org/2000/svg";
const NARROW = 640; // pixels: below, the drawing runs from top to bottom
const STATES = new WeakMap();
const FRAME = 56; // of the small pictures below the parts, in the drawing's own units
const SHORTCUTS = new Set(["identity", "projection", "zero_pad", "error"]); // colours of arcs

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".explorer");
  if (!STATES.has(root)) STATES.set(root, {});
  const state = STATES.get(root);
  // The time makes each move a new value: going to the same place twice is two moves.
  const send = () => {
    const { open, layer, turn } = state;
    setStateValue("at", { name: data.diagram.name, open, layer, turn, time: Date.now() });
  };
  const view = { root, state, data, send };
  listen(state, data);
  root.style.setProperty("--muted", data.colours.muted);
  root.classList.toggle("alive", Boolean(data.alive));
  state.view = view;
  if (!state.observer) {
    state.observer = new ResizeObserver(() => isNarrow(root) !== state.narrow && draw(state.view));
    state.observer.observe(root);
  }
  const focused = root.querySelector(".part:focus");
  const svg = draw(view);
  if (focused) focusPart(svg, Math.max(0, [...svg.querySelectorAll(".part")].findIndex((part) => part.dataset.path === focused.dataset.path)));
  return () => { state.observer.disconnect(); STATES.delete(root); };
}

// A new turn is the page's own move; in between, the visitor's moves in the drawing count.
function listen(state, { diagram, open, layer, turn }) {
  if (turn !== state.turn) Object.assign(state, { open, layer, turn });
  while (!diagram.places[state.open]) state.open = state.open.split(".").slice(0, -1).join(".");
}

// What a part puts out for the visitor's picture, if there is one: [picture of its channels, how many, words, words of the gradient].
const shown = ({ data }, now, number) => data.alive?.parts[now.prefix + now.parts[number][0]];

// The strongest channel alone: the first square of the strip.
function frame([uri, count], middle, y, side) {
  const window = make("svg", { x: middle - side / 2, y, width: side, height: side, viewBox: `0 0 ${side} ${side}`, "aria-hidden": true });
  window.append(make("image", { href: uri, width: side * count, height: side, preserveAspectRatio: "none", style: "image-rendering: pixelated" }));
  return window;
}

// Where small pictures have room: under the parts, unless words stand there, else under the drawing.
function below(tall, behind, bottom) {
  return behind.some(([kind, , y]) => kind === "t" && y > bottom) ? tall + 4 : bottom;
}

const isNarrow = (root) => root.clientWidth > 0 && root.clientWidth < NARROW;

function scene({ data, state }) {
  const [number, prefix] = data.diagram.places[state.open];
  return { ...data.diagram.scenes[number], prefix };
}

function draw(view, motion) {
  const { root, state, data } = view;
  const now = scene(view);
  state.narrow = isNarrow(root);
  const [width, tall, behind, drawn] = state.narrow ? now.narrow : now.wide;
  const lowest = Math.max(...drawn.map(([, [, y, , high]]) => y + high));
  const inTheRow = ([number, [, y, , high]]) => shown(view, now, number) && y + high > lowest - FRAME; // none on a shortcut
  const filmed = state.narrow ? [] : drawn.filter(inTheRow);
  const film = filmed.length ? below(tall, behind, lowest + 8) : 0;
  const height = Math.max(tall, film && film + FRAME + 8);
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "group" });
  svg.setAttribute("aria-label", `${trail(view).map((path) => title(data, path)).join(", ")}. ${
    data.diagram.places[state.open][4]}. Arrow keys walk, Enter opens, Escape goes back.`);
  for (const mark of behind) svg.append(drawMark(mark, data.colours));
  // Parts stand in the order of reading and of the arrow keys.
  const inOrder = [...drawn].sort((a, b) => a[0] - b[0]);
  svg.append(...inOrder.map((one) => drawPart(view, now, one)), drawTexts(inOrder, data.colours));
  for (const [number, [x, , wide]] of filmed) svg.append(frame(shown(view, now, number), x + wide / 2, film, Math.min(FRAME, wide - 4)));
  svg.onkeydown = (event) => walk(view, svg, event);
  crumbs(view);
  root.querySelector(".stage").replaceChildren(svg);
  rove(svg, Math.max(0, selected(now, state)));
  explain(view, now, selected(now, state));
  if (motion && !matchMedia("(prefers-reduced-motion: reduce)").matches) move(svg, motion, width, height);
  return svg;
}

function drawPart(view, now, [number, [x, y, width, height], marks]) {
  const [suffix, , label, opens] = now.parts[number];
  const group = make("g", { class: "part", role: "button", tabindex: -1, "data-path": now.prefix + suffix });
  group.setAttribute("aria-label", label);
  if (!opens) group.setAttribute("aria-pressed", now.prefix + suffix === view.state.layer);
  group.append(make("rect", { class: "area", x, y, width, height, rx: 6 }));
  const share = view.data.alive?.back?.[now.prefix + suffix];
  group.append(...marks.filter(([kind]) => kind !== "t").map((mark) => drawMark(weighed(mark, share), view.data.colours)));
  group.onclick = () => act(view, now, number, [x, y, width, height]);
  group.onpointerenter = () => explain(view, now, number);
  group.onpointerleave = () => explain(view, now, selected(now, view.state));
  group.onfocus = () => { explain(view, now, number); };
  return group;
}

// The figures on the parts are rounded; their labels say them in full, so a reader need not hear both.
function drawTexts(drawn, colours) {
  const layer = make("g", { "aria-hidden": true });
  for (const [, , marks] of drawn) layer.append(...marks.filter(([kind]) => kind === "t").map((mark) => drawMark(mark, colours)));
  return layer;
}

// A part with parts of its own opens; a layer becomes the page's layer.
function act(view, now, number, area) {
  const [suffix, , , opens] = now.parts[number];
  const path = now.prefix + suffix;
  if (opens) {
    view.state.open = path;
    focusPart(draw(view, { area, inward: true }), 0);
  } else {
    view.state.layer = path;
    focusPart(draw(view), number);
  }
  view.send();
}

function leave(view, path) {
  const from = view.state.open;
  if (from === path) return;
  const steps = [...trail({ ...view }), from];
  view.state.open = path;
  const now = scene(view);
  const child = now.parts.findIndex(([suffix]) => steps.includes(now.prefix + suffix));
  const [, , , drawn] = isNarrow(view.root) ? now.narrow : now.wide;
  const found = drawn.find(([number]) => number === child);
  focusPart(draw(view, found && { area: found[1], inward: false }), Math.max(child, 0));
  view.send();
}

function walk(view, svg, event) {
  const parts = [...svg.querySelectorAll(".part")];
  const here = parts.indexOf(event.target.closest(".part"));
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) focusPart(svg, (here + step + parts.length) % parts.length);
  else if (event.key === "Home") focusPart(svg, 0);
  else if (event.key === "End") focusPart(svg, parts.length - 1);
  else if (event.key === "Enter" || event.key === " ") parts[here].dispatchEvent(new MouseEvent("click"));
  else if (event.key === "Escape" && view.state.open) leave(view, view.data.diagram.places[view.state.open][3]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function rove(svg, number) {
  svg.querySelectorAll(".part").forEach((part, index) => part.setAttribute("tabindex", index === number ? 0 : -1));
}

function focusPart(svg, number) {
  rove(svg, number);
  svg.querySelectorAll(".part")[number]?.focus({ preventScroll: true });
}

function selected(now, state) {
  return now.parts.findIndex(([suffix]) => now.prefix + suffix === state.layer);
}

// The way from the whole network to where we are.
function trail({ data, state }) {
  const path = [];
  for (let at = state.open; at; at = data.diagram.places[at][3]) path.unshift(at);
  return ["", ...path];
}

const title = (data, path) => data.diagram.places[path][2];

function crumbs(view) {
  const { root, data, state } = view;
  const nav = root.querySelector("nav");
  const items = trail(view).flatMap((path, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title(data, path);
    if (path === state.open) button.setAttribute("aria-current", "page");
    button.onclick = () => leave(view, path);
    return index ? [span("›", "muted"), button] : [button];
  });
  const save = document.createElement("button");
  save.type = "button";
  save.className = "save";
  save.textContent = "Save as PNG";
  save.onclick = () => savePicture(view);
  nav.replaceChildren(...items, span(data.diagram.places[state.open][4], "muted flow"), save);
}

// What is shown, on the page's background, at twice the drawing's size.
async function savePicture({ root, data, state }) {
  const shown = root.querySelector("svg");
  const [, , width, height] = shown.getAttribute("viewBox").split(" ").map(Number);
  const copy = shown.cloneNode(true);
  copy.querySelectorAll(".area").forEach((area) => area.remove());
  copy.prepend(make("rect", { width, height, fill: data.colours.page }));
  for (const [key, value] of Object.entries({ xmlns: SVG, width: 2 * width, height: 2 * height, "font-family": "sans-serif" })) {
    copy.setAttribute(key, value);
  }
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const link = document.createElement("a");
  link.download = `${[data.diagram.name, state.open.replaceAll(".", "_")].filter(Boolean).join("_")}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}

function explain(view, now, number) {
  const facts = view.root.querySelector(".facts");
  if (number < 0) {
    const hint = view.state.open ? "Choose a part to see its arithmetic. Escape goes back." : "Open a stage to see its blocks.";
    facts.replaceChildren(line([span(hint, "muted")]));
    return;
  }
  const [, name, label, , [flow, ...sums]] = now.parts[number];
  const what = document.createElement("strong");
  what.textContent = `${name}  `;
  const kind = label.slice(name.length + 2).split(", input ")[0];
  const rows = line(sums.map((sum) => span(sum)));
  rows.className = "sums";
  facts.replaceChildren(line([what, span(`${kind}, ${flow}`)]), rows);
  const seen = shown(view, now, number);
  if (seen) facts.append(strip(seen));
}

function strip([uri, count, words, back]) {
  const figure = document.createElement("figure");
  const picture = Object.assign(document.createElement("img"), { src: uri, alt: words });
  picture.style.aspectRatio = count;
  figure.append(picture, line([span(back ? `${words} ${back}` : words, "muted")]));
  return figure;
}

// What becomes what: the opened part grows into the level, the closed level shrinks back into its part.
function move(svg, { area: [x, y, width, height], inward }, all, tall) {
  const scale = inward ? 0.55 : 1.7;
  const [dx, dy] = [x + width / 2 - all / 2, y + height / 2 - tall / 2];
  const origin = `${((x + width / 2) / all) * 100}% ${((y + height / 2) / tall) * 100}%`;
  const shift = inward ? `translate(${(dx / all) * 20}%, ${(dy / tall) * 20}%)` : "";
  svg.style.transformOrigin = origin;
  svg.animate([{ opacity: 0, transform: `${shift} scale(${scale})` }, { opacity: 1, transform: "none" }],
    { duration: 220, easing: "ease-out" });
}

// With the gradient shown, an arc is as wide as the share that came back through it.
function weighed(mark, share) {
  if (share === undefined || mark[0] !== "p" || !SHORTCUTS.has(mark[2]) || !/[ACQ]/i.test(mark[1])) return mark;
  return [...mark.slice(0, 3), 1 + 9 * Math.min(1, Math.abs(share)), mark[4]];
}

function drawMark([kind, ...values], colours) {
  if (kind === "r") {
    const [x, y, width, height, fill, stroke, rx] = values;
    return make("rect", { x, y, width, height, rx, fill: colours[fill], stroke: colours[stroke] ?? "none", "stroke-width": 1.5 });
  }
  if (kind === "p") {
    const [d, stroke, width, dash] = values;
    return make("path", { d, fill: "none", stroke: colours[stroke], "stroke-width": width, "stroke-dasharray": dash || "none" });
  }
  if (kind === "c") {
    const [cx, cy, r, fill, stroke] = values;
    return make("circle", { cx, cy, r, fill: colours[fill], stroke: colours[stroke], "stroke-width": 2 });
  }
  const [x, y, content, fill, size, anchor, weight] = values;
  const text = make("text", { x, y, fill: colours[fill], "font-size": size, "text-anchor": anchor, "font-weight": weight });
  text.textContent = content;
  return text;
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function span(content, className = "") {
  const element = document.createElement("span");
  element.textContent = content;
  element.className = className;
  return element;
}

function line(children) {
  const element = document.createElement("p");
  element.append(...children);
  return element;
}
