// The sum as images: the picture, x, F(x), their sum and what goes on; one value of them is read.
const TILES = [
  ["photo", "the picture", ""],
  ["x", "x", "came in"],
  ["f", "F(x)", "the correction"],
  ["sum", "x + F(x)", "the addition"],
  ["out", "ReLU", "goes on"],
];
const ARRIVALS = { zero_pad: "came in, padded", projection: "came in, projected" };
const SIGNS = { f: "+", sum: "=", out: "→" };

const blockOf = (view) => view.state.cache.get(view.state.path);
const isPlain = (view) => Boolean(blockOf(view)?.plain);

// Of the channel shown: its place among those sent, and its values as whole numbers.
function mapsOf(view) {
  const { state } = view, block = blockOf(view), [height, width] = block.size;
  if (!block.numbers) block.numbers = { f: decode(block.f), x: block.plain ? null : decode(block.x) };
  const at = Math.max(0, block.sent.indexOf(state.channel));
  const cut = (all) => all.subarray(at * height * width, (at + 1) * height * width);
  const f = cut(block.numbers.f);
  return { at, height, width, f, x: block.plain ? new Int16Array(f.length) : cut(block.numbers.x) };
}

function buildTiles(view) {
  const row = view.root.querySelector(".equation");
  if (row.childElementCount) return;
  for (const [key, title, words] of TILES) {
    if (SIGNS[key]) row.append(html("span", { class: `sign ${key}`, "aria-hidden": true }, SIGNS[key]));
    const box = html("div", { class: "box" }, key === "photo" ? html("img", { alt: "" }) : html("canvas", {}));
    if (key === "photo") box.append(html("i", { class: "field wide" }), html("i", { class: "field near" }));
    else box.append(html("i", { class: "at" }));
    row.append(html("figure", { class: key }, html("span", { class: "head" }, title), box, html("figcaption", { class: "muted" }, words)));
  }
}

function point(view, box, event, pin) {
  if (!blockOf(view)) return;
  const { left, top, width, height } = box.getBoundingClientRect(), [rows, columns] = blockOf(view).size;
  const inside = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  const pixel = [inside((event.clientY - top) / height, rows), inside((event.clientX - left) / width, columns)];
  view.state[pin ? "pinned" : "pointed"] = pixel;
  read(view, pixel);
  if (pin) { wantValue(view); tell(view); }
}

function walkPixels(view, event) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!step || !blockOf(view)) return;
  event.preventDefault();
  event.stopPropagation();
  const size = blockOf(view).size;
  view.state.pinned = view.state.pinned.map((place, axis) => Math.max(0, Math.min(size[axis] - 1, place + step[axis])));
  read(view, view.state.pinned);
  wantValue(view);
  tell(view);
}

// A value, away from the edges, to which both terms matter: so there is always a sum to read that is one.
function tellingValue({ x, f, width, height }) {
  const edge = Math.floor(Math.min(height, width) / 6), bare = x.every((value) => !value);
  const worth = (at) => (bare ? Math.abs(f[at]) : Math.min(Math.abs(x[at]), Math.abs(f[at])));
  let best = edge * width + edge;
  for (let row = edge; row < height - edge; row += 1) {
    for (let at = row * width + edge; at < (row + 1) * width - edge; at += 1) if (worth(at) > worth(best)) best = at;
  }
  return [Math.floor(best / width), best % width];
}

function scaled(view) {
  const { x, f } = mapsOf(view), share = isPlain(view) ? 1 : view.state.tenths / 10;
  const branch = Array.from(f, (value) => share * value), sum = branch.map((value, at) => x[at] + value);
  const rectified = blockOf(view).rectified;
  return { x: Array.from(x), f: branch, sum, out: rectified ? sum.map((value) => Math.max(0, value)) : sum };
}

function drawTiles(view) {
  const { root, data, state } = view, block = blockOf(view), maps = mapsOf(view), plain = isPlain(view);
  const bound = block.bounds[maps.at] * 10 ** block.places, values = scaled(view);
  const row = root.querySelector(".equation");
  row.classList.toggle("plain", plain);
  const names = { f: state.tenths === 10 ? "F(x)" : `${alphaText(state.tenths)} · F(x)`, sum: state.tenths === 10 ? "x + F(x)" : "x + α F(x)", out: block.rectified ? "ReLU" : "no ReLU here" };
  if (plain) Object.assign(names, { sum: "H(x)", out: "ReLU" });
  for (const [key] of TILES.slice(1)) {
    paint(row.querySelector(`.${key} canvas`), values[key], maps.height, maps.width, bound, data.scale);
    if (names[key]) row.querySelector(`.${key} .head`).textContent = names[key];
  }
  row.querySelector(".sum .muted").textContent = plain ? "all that is left of x" : "the addition";
  row.querySelector(".x .muted").textContent = ARRIVALS[data.blocks.find(([path]) => path === block.path)[2]] ?? "came in";
  row.querySelector(".photo img").src = data.photo;
  const end = block.bounds[maps.at].toPrecision(2);
  root.querySelector(".scale .low").textContent = `−${end}`;
  root.querySelector(".scale .high").textContent = `+${end}`;
  root.querySelector(".scale i").style.background = `linear-gradient(to right, ${data.scale.join(",")})`;
  root.querySelector(".facts").textContent = `channel ${state.channel} of ${block.channels}, ${maps.height}×${maps.width} values${block.here ? ", computed in this browser" : ""}`;
}

// Read one value: mark it in all images, frame what it sees, and write its sum.
function read(view, [row, column]) {
  const { root, data, state } = view, block = blockOf(view);
  if (!block) return;
  const { x, f, height, width } = mapsOf(view), at = row * width + column;
  const mark = { left: `${(100 * column) / width}%`, top: `${(100 * row) / height}%`, width: `${100 / width}%`, height: `${100 / height}%` };
  root.querySelectorAll(".equation .at").forEach((one) => Object.assign(one.style, mark));
  const [near, wide] = block.fields;
  for (const [name, field] of [["near", near], ["wide", wide]]) frame(root.querySelector(`.field.${name}`), field, [row, column], [height, width], data.side);
  const tenths = block.plain ? 10 : state.tenths;
  const words = block.plain ? `H = ${termsOf(0, f[at], block.places).sum} → relu ${termsOf(0, f[at], block.places).out}` : sentence(x[at], f[at], block.places, tenths, block.rectified);
  const line = root.querySelector(".line");
  line.querySelector(".numbers").textContent = words;
  line.querySelector(".where").textContent = `row ${row}, column ${column}`;
  root.querySelector(".equation").setAttribute("aria-label", `Channel ${state.channel}, row ${row}, column ${column}: ${words}. Arrow keys move.`);
  root.querySelector(".photo .muted").textContent = block.plain ? `H(x) sees ${squareOf(wide, data.side)}` : `x sees ${squareOf(near, data.side)}, F(x) ${squareOf(wide, data.side)}`;
  drawFormula(view, x[at], f[at]);
}

const squareOf = (field, side) => (field >= 2 * side - 1 ? "all" : `${field}×${field}`);

function frame(box, field, place, size, side) {
  const edges = place.map((at, axis) => {
    const centre = (at * Math.round(side / size[axis]) + 0.5) / side, half = field / side / 2;
    return [Math.max(0, centre - half), Math.min(1, centre + half)];
  });
  Object.assign(box.style, { top: `${100 * edges[0][0]}%`, height: `${100 * (edges[0][1] - edges[0][0])}%`, left: `${100 * edges[1][0]}%`, width: `${100 * (edges[1][1] - edges[1][0])}%` });
}

function drawChannels(view) {
  const { root, data, state } = view, block = blockOf(view), [height, width] = block.size, area = height * width;
  mapsOf(view);
  const row = root.querySelector(".channels .row"), drawn = [data.key, block.path, block.sent.join()].join(" ");
  if (row.dataset.drawn !== drawn) {
    row.dataset.drawn = drawn;
    row.replaceChildren(...block.sent.map((channel, number) => {
      const item = button(html("canvas", {}), `Channel ${channel}`, () => openChannel(view, channel));
      item.append(html("span", {}, String(channel)));
      paint(item.querySelector("canvas"), Array.from(block.numbers.f.subarray(number * area, (number + 1) * area)), height, width, block.fbound * 10 ** block.places, data.scale);
      return item;
    }));
    row.scrollLeft = 0;
  }
  const items = [...row.children], at = Math.max(0, block.sent.indexOf(state.channel));
  items.forEach((item, number) => item.setAttribute("aria-pressed", number === at));
  rove(row, items, at, (to) => { openChannel(view, block.sent[to]); items[to].focus(); });
  const chosen = items[at], from = chosen.offsetLeft - row.offsetLeft;
  if (from < row.scrollLeft || from + chosen.offsetWidth > row.scrollLeft + row.clientWidth) row.scrollLeft = from - row.clientWidth / 2;
  const whole = block.sent.length === block.channels;
  root.querySelector(".channels .words").textContent = `${block.plain ? "H(x)" : "F(x)"} of ${whole ? `all ${block.channels}` : `${block.sent.length} of ${block.channels}`} channels, those that ${block.plain ? "are longest" : "it changes most"} first, on one scale. Choose one.`;
  root.querySelector(".channels .more").hidden = whole;
}
