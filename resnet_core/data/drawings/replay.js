// Reveals the drawing's lines up to the epoch that the slider names, and shows that epoch's numbers beside them.
const FRAME_MS = 160;
const STATES = new WeakMap();

function drawing({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".replay");
  if (!STATES.has(root)) STATES.set(root, { epoch: data.epoch, turn: data.turn });
  const state = STATES.get(root);
  if (state.turn !== data.turn) { // the host's own move; in between, the slider's count
    clearInterval(state.timer);
    Object.assign(state, { epoch: data.epoch, turn: data.turn, timer: undefined });
  }
  const slider = root.querySelector("input"), button = root.querySelector("button");
  root.style.setProperty("--muted", data.muted);
  fill(root, state, data);
  slider.max = data.last;
  const stop = () => {
    clearInterval(state.timer);
    state.timer = undefined;
    button.textContent = "Play";
  };
  const go = (epoch) => {
    state.epoch = Math.min(Math.max(epoch, 1), data.last);
    show(root, state.epoch, data);
  };
  slider.oninput = () => { stop(); go(Number(slider.value)); };
  slider.onchange = () => setStateValue("epoch", state.epoch);
  button.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  button.onclick = () => {
    if (state.timer) { stop(); setStateValue("epoch", state.epoch); return; }
    if (state.epoch >= data.last) go(1);
    button.textContent = "Pause";
    state.timer = setInterval(() => {
      go(state.epoch + 1);
      if (state.epoch >= data.last) { stop(); setStateValue("epoch", state.epoch); }
    }, FRAME_MS);
  };
  go(state.epoch);
  return stop;
}

// The drawings change with the theme and with the runs; a rerun of the page for another reason leaves them alone.
function fill(root, state, data) {
  if (state.wide === data.wide) return;
  state.wide = data.wide;
  root.querySelector(".wide").innerHTML = data.wide;
  root.querySelector(".narrow").innerHTML = data.narrow;
  const heading = (text) => Object.assign(document.createElement("th"), { textContent: text, scope: "col" });
  root.querySelector("thead tr").replaceChildren(...data.headings.map(heading));
  root.querySelector("tbody").replaceChildren(...data.rows.map((row) => {
    const line = document.createElement("tr");
    const name = Object.assign(document.createElement("th"), { textContent: row.name, scope: "row" });
    name.style.color = row.colour;
    line.append(name, ...row.cells.map(() => document.createElement("td")));
    return line;
  }));
}

function show(root, epoch, data) {
  const slider = root.querySelector("input");
  slider.value = epoch;
  slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${data.last}`);
  root.querySelector("output").textContent = `${epoch} of ${data.last}, learning rate ${data.rates[epoch - 1]}`;
  for (const svg of root.querySelectorAll("svg")) {
    const away = data.last - epoch;
    for (const line of svg.querySelectorAll(".cursor")) line.setAttribute("transform", `translate(${-away * line.dataset.step} 0)`);
    const step = Number(svg.querySelector(".cursor")?.dataset.step ?? 0);
    for (const area of svg.querySelectorAll(".shown")) {
      area.dataset.full ??= area.getAttribute("width");
      area.setAttribute("width", Math.max(area.dataset.full - away * step, 0));
    }
    for (const label of svg.querySelectorAll(".end")) {
      const errors = label.dataset.errors.split("|");
      label.textContent = `${label.dataset.name}  ${errors[Math.min(epoch, errors.length) - 1]}`;
    }
    for (const marks of svg.querySelectorAll(".at")) marks.style.display = Number(marks.dataset.epoch) === epoch ? "" : "none";
  }
  [...root.querySelectorAll("tbody tr")].forEach((line, number) => {
    [...line.querySelectorAll("td")].forEach((cell, place) => { cell.textContent = data.rows[number].cells[place][epoch - 1] ?? ""; });
  });
}
