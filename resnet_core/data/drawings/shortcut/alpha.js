// x + alpha F(x): the slider, the answers for each alpha that came along, and where training ends.
const alphaText = (tenths) => minus((tenths / 10).toFixed(1));
const sweepOf = ({ state }) => (state.all ? state.sweeps.get("") : state.sweeps.get(state.path));
const across = (tenths) => ((tenths + 10) / 30) * 100;

function connectAlpha(view) {
  const { root, state } = view, panel = root.querySelector(".alpha");
  const range = panel.querySelector("input");
  range.oninput = () => setAlpha(view, Number(range.value));
  range.onkeydown = (event) => event.stopPropagation();
  panel.querySelectorAll(".ticks button").forEach((tick) => {
    tick.style.left = `${across(Number(tick.value))}%`;
    tick.onclick = () => setAlpha(view, Number(tick.value));
  });
  const [one, all] = panel.querySelectorAll(".which button");
  one.onclick = () => { state.all = false; drawAlpha(view); tell(view); };
  all.onclick = () => { state.all = true; drawAlpha(view); tell(view); };
}

function setAlpha(view, tenths) {
  view.state.tenths = tenths;
  drawTiles(view);
  read(view, view.state.pointed ?? view.state.pinned);
  drawAlpha(view);
  tell(view);
}

function drawAlpha(view) {
  const { root, state } = view, panel = root.querySelector(".alpha"), sweep = sweepOf(view);
  panel.hidden = isPlain(view);
  if (panel.hidden) return;
  const { tenths } = state, range = panel.querySelector("input");
  range.value = tenths;
  const outside = tenths < 0 || tenths > 10;
  range.setAttribute("aria-valuetext", `alpha ${alphaText(tenths)}${outside ? ", outside what the network was trained for" : ""}`);
  panel.querySelector(".value").textContent = `α = ${alphaText(tenths)}`;
  panel.querySelector(".means").textContent = meaning(tenths, state.all);
  panel.querySelectorAll(".which button").forEach((item, number) => item.setAttribute("aria-pressed", state.all === Boolean(number)));
  const answered = sweep?.tops[tenths + 10]; // a page that computes by itself has some of the answers first
  panel.classList.toggle("waiting", !answered);
  panel.querySelector(".answers").setAttribute("aria-busy", !answered);
  drawCurve(view, sweep);
  if (answered) drawAnswers(view, sweep);
  else if (sweep) panel.querySelector(".said").textContent = "Asking the network";
  else panel.querySelector(".said").textContent = "Asking the network 31 times, in one batch";
}

function meaning(tenths, all) {
  if (tenths === 10) return "as trained";
  if (tenths === 0) return all ? "every block is its shortcut alone" : "the block is its shortcut alone";
  if (tenths < 0) return "the correction the wrong way round; it was not trained for this";
  return tenths > 10 ? "more correction than it was trained for" : "a part of the correction";
}

function drawCurve({ root, state }, sweep) {
  const chart = root.querySelector(".curve");
  const marks = [[0, across(0)], [across(10), 100]].map(([x, end]) => svg("rect", { class: "outside", x, width: end - x, y: 0, height: 100 }));
  for (const [number, [, values]] of [...(sweep?.rows ?? []).entries()].reverse()) {
    const d = values.map((value, at) => (value === null ? "" : `${at && values[at - 1] !== null ? "L" : "M"}${across(at - 10)} ${97 - 94 * value}`)).join("");
    marks.push(svg("path", { class: number ? "other" : "first", d, "vector-effect": "non-scaling-stroke" }));
  }
  marks.push(svg("path", { class: "now", d: `M${across(state.tenths)} 0V100`, "vector-effect": "non-scaling-stroke" }));
  chart.replaceChildren(...marks);
}

function drawAnswers({ root, state }, { rows, tops }) {
  const panel = root.querySelector(".alpha"), at = state.tenths + 10, list = panel.querySelector(".answers");
  const [name, share] = tops[at], [zero, there] = tops[10] ?? [];
  panel.querySelector(".said").replaceChildren(html("strong", {}, name), ` ${percent(share)}`);
  if (list.children.length !== rows.length) list.replaceChildren(...rows.map(() => html("li", {}, html("span", { class: "class" }), html("span", { class: "track" }, html("i", {})), html("span", { class: "share" }))));
  rows.forEach(([label, values], number) => {
    const line = list.children[number];
    line.querySelector(".class").textContent = label;
    line.querySelector(".class").title = label;
    line.querySelector("i").style.width = `${100 * values[at]}%`;
    line.querySelector(".share").textContent = percent(values[at]);
    line.classList.toggle("likeliest", label === name);
  });
  const whole = state.all ? "Without any correction" : "Without this block's correction";
  panel.querySelector(".without").textContent = !zero ? "" : `${whole} (α = 0) the answer ${zero === tops[20][0] ? "stays" : "becomes"} ${zero}, ${percent(there)}.`;
}
