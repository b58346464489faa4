// The formula in steps, each beside its images, and the measured split of the gradient as arrows on one axis.
function drawFormula(view, x, f) {
  const { root, data } = view, block = blockOf(view), place = root.querySelector(".formula");
  place.hidden = block.plain;
  if (block.plain) return;
  const maps = mapsOf(view), bound = block.bounds[maps.at] * 10 ** block.places, terms = termsOf(x, f, block.places);
  const images = { x: Array.from(maps.x), f: Array.from(maps.f), sum: Array.from(maps.f, (value, at) => value + maps.x[at]) };
  for (const canvas of place.querySelectorAll("canvas")) {
    const drawn = [data.key, block.path, view.state.channel].join(" ");
    if (canvas.dataset.drawn !== drawn) paint(canvas, images[canvas.dataset.map], maps.height, maps.width, bound, data.scale);
    canvas.dataset.drawn = drawn;
  }
  const less = terms.x.startsWith("−") ? `(${terms.x})` : terms.x, bare = terms.f.replace(/[()]/g, "");
  const said = [`H = ${terms.sum}`, `F = ${terms.sum} − ${less} = ${bare}`, `y = ${bare} + ${less} = ${terms.sum}`];
  place.querySelectorAll(".read").forEach((line, number) => { line.textContent = said[number]; });
}

function drawBack(view) {
  const { root, data, state } = view, place = root.querySelector(".back");
  const block = data.blocks.find(([path]) => path === state.path);
  place.hidden = !block[2];
  if (place.hidden) return;
  const [, name, kind, , , share, stopped] = block, branch = 1 - share;
  const low = Math.min(0, share, 1) - 0.12, high = Math.max(1, share) + 0.12;
  const [width, left] = [640, 8], to = (value) => left + ((value - low) / (high - low)) * (width - 2 * left);
  const chart = svg("svg", { viewBox: `0 0 ${width} 104`, role: "img", "aria-label": `Of the gradient at the input of ${name}, ${percent(share)} came through the shortcut and ${percent(branch)} through F.` });
  for (const tick of [0, 1]) {
    chart.append(svg("path", { class: "rule", d: `M${to(tick)} 0V84` }));
    chart.append(svg("text", { class: "muted", x: to(tick), y: 100, "text-anchor": "middle" }, tick ? "100 %, the gradient at x" : "0"));
  }
  chart.append(...arrow(to(0), to(share), 24, kind === "identity" ? "identity" : "other"), ...arrow(to(share), to(1), 62, "branch"));
  const words = (from, end, y, text, className) => {
    const middle = (from + end) / 2, inside = Math.min(Math.max(middle, 110), width - 110);
    return svg("text", { class: className, x: inside, y, "text-anchor": "middle" }, text);
  };
  const through = kind === "identity" ? "the 1: through the shortcut" : `through the shortcut (${kind.replace("_", " ")})`;
  chart.append(words(to(0), to(share), 16, `${through}, ${percent(share).replace("-", "−")}`, kind === "identity" ? "identity" : "other"));
  chart.append(words(to(share), to(1), 54, `through F, ${percent(branch).replace("-", "−")}`, "branch"));
  place.querySelector(".axis").replaceChildren(chart);
  const relu = blockOf(view)?.rectified ? `The ReLU comes first on the way back: of what arrived there it stopped ${percent(stopped)}.` : "No ReLU follows this plus: all of the gradient that arrived came to it.";
  const against = share < 0 || share > 1 ? " The two pull against each other: one of them is longer than their sum." : "";
  place.querySelector(".words").textContent = `${relu}${against} ${kind === "identity" ? "" : "Here x changes its shape on the way, so that the derivative of that stands in place of the 1."}`;
}

function arrow(from, end, y, className) {
  const head = 9 * Math.sign(end - from || 1), short = Math.abs(end - from) < 10;
  const tip = `M${end - (short ? end - from : head)} ${y - (short ? 4 : 6)}L${end} ${y}L${end - (short ? end - from : head)} ${y + (short ? 4 : 6)}`;
  return [svg("path", { class: `arrow ${className}`, d: `M${from} ${y}H${end}` }), svg("path", { class: `arrow ${className}`, d: tip })];
}
