// The parts of a level, each with what it puts out for the visitor's picture, and the shortcuts that can be cut.
const FRAME = 56; // of the small pictures below the parts, in the drawing's own units
const SHORTCUTS = new Set(["identity", "projection", "zero_pad", "error"]); // colours of arcs
const isArc = ([kind, d, colour]) => kind === "p" && SHORTCUTS.has(colour) && /[ACQ]/i.test(d);
const cutNames = ({ data }) => data.alive?.cuts.names ?? {};

// What a part puts out for the visitor's picture, if there is one: [picture of its channels, how many, words, words of the gradient].
const shown = ({ data }, now, number) => data.alive?.parts[now.prefix + now.parts[number][0]];

// The small pictures, and how tall the drawing is with them.
function filmOf(view, now, tall, behind, drawn) {
  const lowest = Math.max(...drawn.map(([, [, y, , high]]) => y + high));
  const inTheRow = ([number, [, y, , high]]) => shown(view, now, number) && y + high > lowest - FRAME; // none on a shortcut
  const filmed = view.state.narrow ? [] : drawn.filter(inTheRow);
  if (!filmed.length) return [[], tall];
  const top = below(tall, behind, lowest + 8);
  const frames = filmed.map(([number, [x, , wide]]) => square(shown(view, now, number), 0, x + wide / 2, top, Math.min(FRAME, wide - 4)));
  return [frames, Math.max(tall, top + FRAME + 8)];
}

// Where small pictures have room: under the parts, unless words stand there, else under the drawing.
function below(tall, behind, bottom) {
  return behind.some(([kind, , y]) => kind === "t" && y > bottom) ? tall + 4 : bottom;
}

// One of the squares of a strip; of a part's channels the first, which is the strongest.
function square([uri, count], index, middle, y, side) {
  const window = svg("svg", { x: middle - side / 2, y, width: side, height: side, viewBox: `${side * index} 0 ${side} ${side}`, "aria-hidden": true });
  window.append(svg("image", { href: uri, width: side * count, height: side, preserveAspectRatio: "none", style: "image-rendering: pixelated" }));
  return window;
}

function drawPart(view, now, [number, [x, y, width, height], marks], arcs) {
  const [suffix, , label, opens] = now.parts[number], path = now.prefix + suffix;
  const { state, data: { colours } } = view;
  const group = svg("g", { class: state.off.has(path) ? "part off" : "part", role: "button", tabindex: -1, "data-path": path, "aria-label": label });
  if (!opens) group.setAttribute("aria-pressed", path === state.layer);
  group.append(svg("rect", { class: "area", x, y, width, height, rx: 6 }));
  group.append(...marks.filter((mark) => mark[0] !== "t" && !arcs.has(mark)).map((mark) => drawMark(weighed(view, mark, path), colours)));
  if (number === standing(view, now) && state.at) {
    group.setAttribute("aria-current", "step");
    group.append(svg("path", { class: "here", d: `M${x + width / 2 - 8} ${y - 4}h16l-8 11z` }));
  }
  const cut = [...state.cut].filter((one) => one.startsWith(`${path}.`)).length;
  if (cut) group.append(drawMark(["t", x + width / 2, y + 14, `${cut} cut`, "error", 14, "middle", 650], colours));
  group.onclick = () => act(view, now, number, [x, y, width, height]);
  group.onpointerenter = () => explain(view, now, number);
  group.onpointerleave = () => explain(view, now, standing(view, now));
  group.onfocus = () => explain(view, now, number);
  return group;
}

// The figures on the parts are rounded; their labels say them in full, so a reader need not hear both.
function drawTexts(drawn, colours) {
  const layer = svg("g", { "aria-hidden": true });
  for (const [, , marks] of drawn) layer.append(...marks.filter(([kind]) => kind === "t").map((mark) => drawMark(mark, colours)));
  return layer;
}

// The arcs that can be cut, mark -> path of its block: in a stage those of its blocks, in a block its own. In the whole
// network an arc may stand for several blocks: their paths, with blanks between them.
function arcsOf(view, now, behind, drawn) {
  const names = cutNames(view), arcs = new Map();
  const take = (path, marks) => path in names && marks.filter(isArc).forEach((mark) => arcs.set(mark, path));
  for (const [number, , marks] of drawn) {
    const path = now.prefix + now.parts[number][0], blocks = Object.keys(names).filter((one) => one.startsWith(`${path}.`));
    take(path, marks);
    const runs = (now.parts[number][5] ?? []).map((count) => blocks.splice(0, count).join(" "));
    marks.filter(isArc).forEach((mark, run) => runs[run] && arcs.set(mark, runs[run]));
  }
  take(view.state.open, behind);
  return arcs;
}

function drawArcs(view, arcs) {
  const { state, data: { colours } } = view, names = cutNames(view);
  const layer = svg("g", { class: "arcs" }), trunks = svg("g", { class: "trunks" });
  if (arcs.size) for (const [key, value] of Object.entries({ role: "group", "aria-label": "Shortcuts. Arrow keys walk, Delete cuts, Enter mends." })) layer.setAttribute(key, value);
  for (const [mark, path] of arcs) {
    const [, d, colour, width, dash] = weighed(view, mark, path), isCut = isGone(view, path, "cut");
    const blocks = path.split(" ").map((one) => names[one]), name = blocks.length > 1 ? `${blocks[0]} to ${blocks.at(-1)}` : blocks[0];
    const arc = end(view, path, "cut", name, `shortcut, ${colour === "error" ? "detached" : colour.replace("_", " ")}`);
    arc.append(svg("path", { class: "hit", d, "stroke-width": 16 }));
    arc.append(drawMark(["p", d, isCut ? "muted" : colour, isCut ? 1.5 : width, isCut ? "3 6" : dash], colours));
    arc.onfocus = () => { state.arc = path; roveArcs(view, layer); };
    layer.append(arc);
    trunks.append(...trunkOf(view, mark, path));
  }
  layer.onkeydown = (event) => walkArcs(view, layer, event);
  return [layer, trunks];
}

// A cross in the middle of each arc that is cut and on each box whose branch is off; to be called once both are on the page.
function crossOut(view, sheet) {
  const { colours } = view.data;
  const along = sheet.querySelectorAll(".end").length > 1 ? 0.5 : 0.25; // of one long arc the middle may be a layer
  for (const arc of sheet.querySelectorAll(".end")) {
    if (!isGone(view, arc.dataset.path, "cut")) continue;
    const line = arc.querySelector("path:not(.hit)"), { x, y } = line.getPointAtLength(line.getTotalLength() * along);
    arc.append(cross(x, y, colours.error));
  }
  for (const part of sheet.querySelectorAll(".part.off")) {
    const { x, y, width, height } = part.querySelector("rect:not(.area)").getBBox();
    part.append(cross(x + width / 2, y + height / 2, colours.error));
  }
}

function drawMark([kind, ...values], colours) {
  if (kind === "r") {
    const [x, y, width, height, fill, stroke, rx] = values;
    return svg("rect", { x, y, width, height, rx, fill: colours[fill], stroke: colours[stroke] ?? "none", "stroke-width": 1.5 });
  }
  if (kind === "p") {
    const [d, stroke, width, dash] = values;
    return svg("path", { d, fill: "none", stroke: colours[stroke], "stroke-width": width, "stroke-dasharray": dash || "none" });
  }
  if (kind === "c") {
    const [cx, cy, r, fill, stroke] = values;
    return svg("circle", { cx, cy, r, fill: colours[fill], stroke: colours[stroke], "stroke-width": 2 });
  }
  const [x, y, content, fill, size, anchor, weight] = values;
  return svg("text", { x, y, fill: colours[fill], "font-size": size, "text-anchor": anchor, "font-weight": weight }, content);
}
