// Draws the scenes that Python computed, opens and closes levels in place, and tells Python where it stands.
const NARROW = 640; // pixels: below, the drawing runs from top to bottom
const STATES = new WeakMap();

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".explorer");
  if (!STATES.has(root)) STATES.set(root, { at: 0, cut: new Set(), off: new Set() });
  const state = STATES.get(root);
  const view = { root, state, data, homes: homesOf(data.diagram), redraw: () => draw(state.view), sendCuts: (cuts) => setStateValue("gone", cuts) };
  // The time makes each move a new value: going to the same place twice is two moves.
  view.send = () => {
    clearTimeout(state.rest);
    const { open, layer, turn } = state;
    setStateValue("at", { name: data.diagram.name, open, layer, stop: named(view), turn, time: Date.now() });
  };
  view.propose = () => setStateValue("proposed", Date.now());
  state.view = view;
  listen(view);
  root.style.setProperty("--muted", data.colours.muted);
  root.classList.toggle("alive", Boolean(data.alive));
  if (!state.observer) {
    state.observer = new ResizeObserver(() => isNarrow(root) !== state.narrow && draw(state.view));
    state.observer.observe(root);
  }
  draw(view);
  connectCursor(view);
  showCursor(view);
  showBeside(view);
  return () => { pause(view); clearTimeout(state.rest); state.observer.disconnect(); STATES.delete(root); };
}

// A new turn is the page's own move; in between, the visitor's moves in the drawing count.
function listen(view) {
  const { state, data: { diagram, alive, way, open, layer, stop, turn } } = view;
  if (turn !== state.turn) {
    pause(view);
    Object.assign(state, { open, layer, turn });
    stand(view, stop);
  }
  if (alive) hearCuts(state, alive.cuts);
  while (!diagram.places[state.open]) state.open = state.open.split(".").slice(0, -1).join(".");
  if (!way.stops[state.at]) state.at = 0;
}

// What one asks of the drawing beside it: the answer for what is cut, or a picture to cut with.
function showBeside(view) {
  const { root, data: { alive, colours, proposal } } = view, offer = root.querySelector(".offer");
  root.querySelector(".cuts").hidden = !alive;
  root.querySelector(".proposal").hidden = Boolean(alive) || !proposal;
  Object.assign(offer, { textContent: proposal, onclick: view.propose });
  if (alive) showAnswer(view, alive.cuts, colours);
}

const isNarrow = (root) => root.clientWidth > 0 && root.clientWidth < NARROW;

function scene({ data, state }) {
  const [number, prefix] = data.diagram.places[state.open];
  return { ...data.diagram.scenes[number], prefix };
}

function draw(view, motion) {
  const { root, state, data } = view;
  const now = scene(view);
  const focused = root.querySelector(".stage :focus-visible, .stage :focus")?.dataset;
  state.narrow = isNarrow(root);
  const [width, tall, behind, drawn] = state.narrow ? now.narrow : now.wide;
  const [film, height] = filmOf(view, now, tall, behind, drawn);
  const sheet = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "group" });
  sheet.setAttribute("aria-label", `${trail(view).map((path) => title(data, path)).join(", ")}. ${
    data.diagram.places[state.open][4]}. Arrow keys walk, Enter opens, Escape goes back.`);
  const arcs = arcsOf(view, now, behind, drawn);
  sheet.append(...behind.filter((mark) => !arcs.has(mark)).map((mark) => drawMark(mark, data.colours)));
  // Parts stand in the order of reading and of the arrow keys.
  const inOrder = [...drawn].sort((a, b) => a[0] - b[0]);
  const parts = inOrder.map((one) => drawPart(view, now, one, arcs));
  // The shortcut of an open block runs behind its own layers, those of a stage over their blocks.
  const [shortcuts, trunks] = drawArcs(view, arcs);
  sheet.append(trunks);
  sheet.append(...(state.open in cutNames(view) ? [shortcuts, ...parts] : [...parts, shortcuts]), drawTexts(inOrder, data.colours));
  sheet.append(...film);
  sheet.onkeydown = (event) => walk(view, sheet, event);
  crumbs(view);
  root.querySelector(".stage").replaceChildren(sheet);
  crossOut(view, sheet);
  aimBack(view, sheet);
  drawSum(view, now, drawn, sheet);
  reach(parts, Math.max(0, standing(view, now)));
  roveArcs(view, sheet);
  explain(view, now, standing(view, now));
  if (motion && !matchMedia("(prefers-reduced-motion: reduce)").matches) move(sheet, motion, width, height);
  focusAgain(view, sheet, focused);
  return sheet;
}

// Who had the focus has it again once all has been drawn anew.
function focusAgain(view, sheet, focused) {
  if (!focused) return;
  if (focused.kind) focusArc(view, sheet, focused.path);
  else focusPart(sheet, Math.max(0, [...sheet.querySelectorAll(".part")].findIndex((part) => part.dataset.path === focused.path)));
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
  const items = trail(view).flatMap((path, index) => {
    const item = html("button", { type: "button" }, title(data, path));
    if (path === state.open) item.setAttribute("aria-current", "page");
    item.onclick = () => leave(view, path);
    return index ? [html("span", { class: "muted" }, "›"), item] : [item];
  });
  root.querySelector("nav").replaceChildren(...items, html("span", { class: "muted flow" }, data.diagram.places[state.open][4]));
}

// What becomes what: the opened part grows into the level, the closed level shrinks back into its part.
function move(sheet, { area, inward }, all, tall) {
  const [x, y, width, height] = area ?? [0, 0, all, tall];
  const scale = !area ? 1 : inward ? 0.55 : 1.7;
  const [dx, dy] = [x + width / 2 - all / 2, y + height / 2 - tall / 2];
  const origin = `${((x + width / 2) / all) * 100}% ${((y + height / 2) / tall) * 100}%`;
  const shift = inward ? `translate(${(dx / all) * 20}%, ${(dy / tall) * 20}%)` : "";
  sheet.style.transformOrigin = origin;
  sheet.animate([{ opacity: 0, transform: `${shift} scale(${scale})` }, { opacity: 1, transform: "none" }],
    { duration: 220, easing: "ease-out" });
}
