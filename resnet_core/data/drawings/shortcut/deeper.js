// One level deeper: a value of a convolution as patch times kernel, channel by channel, and the batch norm behind it.
const REST_MS = 250; // without a move, before the server is asked

function connectDeeper(view) {
  const { root, state } = view, details = root.querySelector(".deeper");
  details.ontoggle = () => { state.deeper = details.open; wantValue(view, 0); };
}

// What is read now, as the server is asked for it.
function valueAsked({ state }, block) {
  const names = block.convolutions;
  if (!names.includes(state.layer)) state.layer = names.filter((name) => !name.includes("downsample")).at(-1);
  return [state.layer, state.channel, ...state.pinned];
}

function wantValue(view, wait = REST_MS) {
  const { root, state, ask } = view, block = blockOf(view);
  clearTimeout(state.rest);
  if (!state.deeper || !block || !state.pinned) return;
  const asked = valueAsked(view, block), key = asked.join(" ");
  drawLayers(view, block);
  if (state.values.has(key)) drawValue(view, state.values.get(key));
  else {
    root.querySelector(".deeper .value").classList.add("waiting");
    state.rest = setTimeout(() => { state.valueKey = key; ask({ have: true, value: asked }); }, wait);
  }
}

function drawLayers(view, block) {
  const { root, state } = view, row = root.querySelector(".deeper .layers");
  const choose = (name) => { state.layer = name; wantValue(view, 0); };
  const items = block.convolutions.map((name) => button(name.split(".").slice(2).join("."), `Convolution ${name}`, () => choose(name), { "aria-pressed": name === state.layer }));
  row.replaceChildren(...items);
  rove(row, items, block.convolutions.indexOf(state.layer), (to) => { choose(block.convolutions[to]); row.children[to].focus(); });
}

function grid(title, values, [height, width], outside, bound, scale) {
  const digits = bound < 0.1 ? 4 : 2;
  const cells = values.map((value, at) => {
    const cell = html("span", { class: outside(at) ? "cell padded" : "cell" }, minus((Math.round(value * 10 ** digits) / 10 ** digits || 0).toFixed(digits)));
    const share = Math.min(1, Math.abs(value) / bound), end = rgb(value < 0 ? scale[0] : scale[2]);
    const mixed = rgb(scale[1]).map((white, part) => Math.round(white + (end[part] - white) * 0.55 * share));
    cell.style.background = `rgb(${mixed})`;
    return cell;
  });
  return html("figure", {}, html("span", { class: "head" }, title), html("div", { class: "cells", style: `grid-template-columns:repeat(${width}, 1fr)` }, ...cells));
}

function drawValue(view, value) {
  const { root, data, state } = view, place = root.querySelector(".deeper .value"), [height, width] = value.window, area = height * width;
  place.classList.remove("waiting");
  if (state.valueShown !== value) state.input = value.sums.reduce((best, one, at) => (Math.abs(one) > Math.abs(value.sums[best]) ? at : best), 0);
  state.valueShown = value;
  const at = state.input, cut = (all) => all.slice(at * area, (at + 1) * area), patch = cut(value.patch), kernel = cut(value.kernel);
  const bound = (all) => Math.max(...all.map(Math.abs), 1e-9), products = patch.map((one, number) => one * kernel[number]);
  const [rows, columns] = value.input, none = () => false;
  const padded = (cell) => { const row = value.top + Math.floor(cell / width), column = value.left + (cell % width); return row < 0 || column < 0 || row >= rows || column >= columns; };
  const most = bound(value.sums);
  const bars = value.sums.map((one, number) => {
    const words = `Input channel ${value.inputs[number]}: ${minus(one.toFixed(4))}`;
    const item = button("", words, () => { state.input = number; drawValue(view, value); }, { title: words, "aria-pressed": number === at });
    item.append(html("i", { class: one < 0 ? "below" : "above", style: `height:${(50 * Math.abs(one)) / most}%` }));
    return item;
  });
  const strip = html("div", { class: "sums", role: "group", "aria-label": "Input channels" }, ...bars);
  const [stride, padding] = [value.stride.join("×"), value.padding.join("×")], four = (one) => minus(one.toFixed(4));
  const inside = (one) => (one < 0 ? `(${four(one)})` : four(one));
  const where = `Channel ${value.at[0]}, row ${value.at[1]}, column ${value.at[2]} of ${value.layer}: a window of ${height}×${width}, stride ${stride}, padding ${padding}, over ${value.inputs.length} input channels.${patch.some((_, cell) => padded(cell)) ? " Hatched: the padding, zeros around the map." : ""}`;
  const says = [
    html("p", { class: "muted" }, where),
    html("div", { class: "grids" }, grid(`patch, channel ${value.inputs[at]}`, patch, value.window, padded, bound(value.patch), data.scale), html("b", { "aria-hidden": true }, "×"),
      grid("kernel", kernel, value.window, none, bound(value.kernel), data.scale), html("b", { "aria-hidden": true }, "="),
      grid(`products, together ${four(value.sums[at])}`, products, value.window, none, bound(products), data.scale)),
    html("p", { class: "muted" }, "The sums of all input channels; arrow keys step through them."),
    strip,
    html("p", {}, "All together: ", html("strong", {}, four(value.sum)), value.bias ? `, with the bias ${four(value.bias)}.` : "."),
  ];
  if (value.norm) {
    const [mean, deviation, scale, shift, result] = value.norm;
    says.push(html("p", {}, `Batch norm: (${four(value.sum)} − ${inside(mean)}) / ${four(deviation)} · ${inside(scale)} + ${inside(shift)} = `, html("strong", {}, four(result)), html("span", { class: "muted" }, "  (value − mean) / deviation · scale + shift, rounded")));
  }
  const focused = root.querySelector(".sums button:focus");
  place.replaceChildren(...says);
  rove(strip, bars, at, (to) => { state.input = to; drawValue(view, value); });
  if (focused) place.querySelectorAll(".sums button")[at].focus();
}
