// All blocks: a strip to choose one, and three small charts of what each does, trained and before.
const TOP = 1.1; // of the strip's axis

function drawStrip(view) {
  const { data, state, root } = view;
  const strip = root.querySelector(".strip");
  root.querySelector(".legend").hidden = !data.blocks[0][2];
  const drawn = [data.key, data.blocks.length].join(" ");
  if (strip.dataset.drawn !== drawn) {
    strip.dataset.drawn = drawn;
    const stages = new Map();
    data.blocks.forEach(([path, name, kind, ratio, cosine, share], number) => {
      const [stage, at] = name.split(".");
      if (!stages.has(stage)) stages.set(stage, html("div", { class: "stage" }, html("div", { class: "row" }), html("span", { class: "name" }, stage)));
      const says = kind ? `${name}, ${kind.replace("_", " ")} shortcut, length of F ${ratio} of x, ${percent(share)} of the gradient came through the shortcut` : `${name}, no shortcut`;
      const item = button("", says, () => openBlock(view, path), { class: "block", title: says });
      const up = (value) => `${(100 * Math.max(0, Math.min(value, TOP))) / TOP}%`;
      if (kind) item.append(html("span", { class: "plot" }, html("i", { class: "bar", style: `height:${up(ratio)}` }), html("i", { class: "dot", style: `bottom:${up(share)}` })));
      item.append(html("b", {}, at));
      item.dataset.path = path;
      stages.get(stage).querySelector(".row").append(item);
    });
    for (const stage of stages.values()) stage.style.flexGrow = stage.querySelectorAll(".block").length;
    strip.replaceChildren(...stages.values());
    strip.classList.toggle("bare", !data.blocks[0][2]);
    strip.classList.toggle("many", data.blocks.length > 40);
  }
  const items = [...strip.querySelectorAll(".block")];
  const at = data.blocks.findIndex(([path]) => path === state.path);
  items.forEach((item, number) => item.setAttribute("aria-pressed", number === at));
  rove(strip, items, at, (to) => { openBlock(view, data.blocks[to][0]); items[to].focus(); });
}

const CHARTS = [
  [3, "|F(x)| / |x|", "How long the correction is, beside what it corrects.", [0, 1.5], [0, 1]],
  [4, "Cosine of x and F(x)", "Above 0 it strengthens, below 0 it takes away, at 0 it is new.", [-1, 1], [-1, 0, 1]],
  [5, "Gradient through the shortcut", "Signed share of the gradient at the block's input.", [-0.2, 1.2], [0, 1]],
];

function drawAll(view) {
  const { data, state, root } = view;
  const place = root.querySelector(".all .charts"), narrow = root.clientWidth <= 640;
  if (!data.blocks.length || !data.blocks[0][2]) { root.querySelector(".all").hidden = true; return; }
  root.querySelector(".all").hidden = false;
  const [fresh, law] = [state.fresh, state.law];
  place.replaceChildren(...CHARTS.map(([column, title, words, range, ticks], number) => {
    const width = narrow ? root.clientWidth : (root.clientWidth - 48) / 3, [height, left, bottom] = [128, 26, 20];
    const across = (at) => left + ((at + 0.5) / data.blocks.length) * (width - left);
    const up = (value) => (height - bottom) * (1 - (Math.max(range[0], Math.min(range[1], value)) - range[0]) / (range[1] - range[0])) + 4;
    const chart = svg("svg", { viewBox: `0 0 ${width} ${height + 8}`, role: "img", "aria-label": `${title} of each block. ${words}` });
    for (const tick of ticks) {
      chart.append(svg("path", { class: "rule", d: `M${left} ${up(tick)}H${width}` }));
      chart.append(svg("text", { x: left - 6, y: up(tick) + 5, "text-anchor": "end" }, minus(String(tick))));
    }
    const step = (width - left) / data.blocks.length;
    const here = data.blocks.findIndex(([path]) => path === state.path);
    chart.append(svg("rect", { class: "here", x: across(here) - step / 2, width: step, y: 0, height: height - bottom + 4 }));
    data.blocks.forEach((block, at) => {
      const zero = up(0), value = up(block[column]);
      chart.append(svg("rect", { class: number === 2 ? "share" : "trained", x: across(at) - step * 0.32, width: step * 0.64, y: Math.min(zero, value), height: Math.max(1, Math.abs(zero - value)) }));
    });
    if (number === 0 && law) chart.append(svg("path", { class: "law", d: law.map((value, at) => `${at ? "L" : "M"}${across(at)} ${up(value)}`).join("") }));
    if (fresh) fresh.forEach((block, at) => chart.append(svg("circle", { class: "fresh", cx: across(at), cy: up(block[column - 3]), r: Math.min(2.6, step * 0.4) })));
    let from = 0;
    data.blocks.forEach(([, name], at) => {
      const stage = name.split(".")[0], next = data.blocks[at + 1]?.[1].split(".")[0];
      if (stage === next) return;
      chart.append(svg("text", { x: (across(from) + across(at)) / 2, y: height + 2, "text-anchor": "middle" }, stage));
      from = at + 1;
    });
    return html("figure", {}, html("figcaption", {}, html("strong", {}, title), html("span", { class: "muted" }, ` ${words}`)), chart);
  }));
  root.querySelector(".all .key").hidden = !fresh;
  root.querySelector(".all .lawkey").hidden = !law;
}
