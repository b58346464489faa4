// All blocks of a network in a row: each with its branch, a box, and its shortcut, an arc, to be cut and mended.
const STATES = new WeakMap();
const [WIDEST, LEAST, GAP, TALL] = [64, 32, 18, 124]; // pixels: of a block, between stages, of a row
const LINE = 74; // where the picture runs, from a row's top
const DASHES = { projection: "6 4", zero_pad: "2 4", detached: "1 6" };

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cuts");
  if (!STATES.has(root)) STATES.set(root, {});
  const state = STATES.get(root);
  const view = { root, state, data, redraw: () => draw(state.view), sendCuts: (cuts) => setStateValue("gone", cuts) };
  state.view = view;
  hearCuts(state, data);
  root.style.setProperty("--muted", data.colours.muted);
  if (!state.observer) {
    state.observer = new ResizeObserver(() => root.clientWidth !== state.width && draw(state.view));
    state.observer.observe(root);
  }
  draw(view);
  showAnswer(view, data, data.colours);
  Object.assign(root.querySelector("img"), { src: data.seen, alt: data.alt });
  return () => { state.observer.disconnect(); STATES.delete(root); };
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
  const sheet = svg("svg", { width: state.width, height: TALL * lines.length, role: "group" });
  sheet.setAttribute("aria-label", "Blocks from the picture to the answer. Left and right walk, up is a block's shortcut, down its branch; Delete cuts, Enter mends.");
  lines.forEach((stages, row) => {
    let x = 1;
    for (const stage of stages) {
      sheet.append(svg("text", { x: x + 2, y: TALL * row + 116, style: `fill: ${data.colours.muted}` }, stage[0].stage));
      for (const block of stage) { drawBlock(view, sheet, block, x, TALL * row + LINE, cell); x += cell; }
      x += GAP;
    }
  });
  sheet.onkeydown = (event) => walk(view, event);
  const focused = root.querySelector(".end:focus");
  root.querySelector(".strip").replaceChildren(sheet);
  const at = state.at ?? { path: data.blocks[0].path, kind: "cut" };
  reachable(root, at);
  if (focused) focus(root, at);
}

function drawBlock(view, sheet, block, x, y, cell) {
  const { state: { cut, off }, data: { colours } } = view;
  const plus = x + cell - 7, colour = colours[{ detached: "error" }[block.kind] ?? block.kind];
  const [boxX, boxWidth] = [x + 7, cell - 24];
  const isCut = cut.has(block.path), isOff = off.has(block.path);
  sheet.append(path(`M${x} ${y}H${x + cell}`, colours.muted, 1.5));
  const arch = `M${x + 2} ${y}C${x + 2} ${y - 76} ${plus} ${y - 76} ${plus} ${y - 6}`;
  const arc = reached(view, end(view, block.path, "cut", block.name, `shortcut, ${block.kind.replace("_", " ")}`));
  arc.append(svg("path", { class: "hit", d: arch, "stroke-width": 14 }));
  arc.append(path(arch, isCut ? colours.muted : colour, isCut ? 1.5 : 3, isCut ? "3 6" : DASHES[block.kind]));
  if (isCut) arc.append(cross((x + plus) / 2, y - 58, colours.error));
  const box = reached(view, end(view, block.path, "off", block.name, "branch"));
  box.append(svg("rect", { class: "hit", x: boxX - 3, y: y - 21, width: boxWidth + 6, height: 42, "stroke-width": 6 }));
  const look = isOff ? { fill: colours.page, stroke: colours.muted, "stroke-dasharray": "3 3" } : { fill: colours[block.colour], stroke: "none" };
  box.append(svg("rect", { x: boxX, y: y - 18, width: boxWidth, height: 36, rx: 3, "stroke-width": 1.5, ...look }));
  if (isOff) box.append(cross(boxX + boxWidth / 2, y, colours.error));
  sheet.append(arc, box);
  sheet.append(svg("circle", { cx: plus, cy: y, r: 6, fill: colours.page, stroke: isCut ? colours.muted : colour, "stroke-width": 2 }));
  sheet.append(path(`M${plus - 3} ${y}h6M${plus} ${y - 3}v6`, isCut ? colours.muted : colour, 1.5));
}

// Where the focus is, there it is again once the strip has been drawn anew.
function reached(view, group) {
  group.onfocus = () => { view.state.at = { ...group.dataset }; reachable(view.root, view.state.at); };
  return group;
}

function walk(view, event) {
  const { path, kind } = event.target.closest(".end").dataset;
  const paths = view.data.blocks.map((block) => block.path), here = paths.indexOf(path);
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -paths.length, End: paths.length }[event.key];
  if (step) focus(view.root, { path: paths[Math.min(paths.length - 1, Math.max(0, here + step))], kind });
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") focus(view.root, { path, kind: event.key === "ArrowUp" ? "cut" : "off" });
  else if (!keyCuts(view, event)) return;
  event.preventDefault();
  event.stopPropagation();
}

const ends = (root) => [...root.querySelectorAll(".end")];
const found = (root, { path, kind }) => ends(root).findIndex(({ dataset }) => dataset.path === path && dataset.kind === kind);
const reachable = (root, at) => reach(ends(root), found(root, at));

function focus(root, at) {
  reachable(root, at);
  ends(root)[found(root, at)]?.focus({ preventScroll: true });
}

const path = (d, stroke, width, dash) => svg("path", { d, fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dash ?? "none" });
