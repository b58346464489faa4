// What is cut of a network, by pointer or by keyboard, and the answer that is left: for every drawing that cuts.
// A view has `state` with the sets `cut` (shortcuts) and `off` (branches), `redraw` and `sendCuts`.

// A new turn is the page's own move; in between, the visitor's cuts count.
function hearCuts(state, { turn, cut, off }) {
  if (turn !== state.cutTurn) Object.assign(state, { cutTurn: turn, cut: new Set(cut), off: new Set(off) });
}

const gone = ({ cut, off }) => ({ cut: [...cut].sort(), off: [...off].sort() });

// One arc may stand for several blocks: their paths, with blanks between them.
const isGone = ({ state }, path, kind) => path.split(" ").every((one) => state[kind].has(one));

function setCut(view, path, kind, cut) {
  const now = view.state[kind], changed = path.split(" ").filter((one) => cut !== now.has(one));
  if (!changed.length) return;
  changed.forEach((one) => now[cut ? "add" : "delete"](one));
  tellCuts(view);
}

function mendAll(view) {
  view.state.cut.clear();
  view.state.off.clear();
  tellCuts(view);
}

function tellCuts(view) {
  view.redraw();
  view.root.classList.add("asking");
  view.sendCuts({ ...gone(view.state), turn: view.state.cutTurn, time: Date.now() });
}

// A shortcut or a branch as a button: a click cuts or mends it.
function end(view, path, kind, name, what) {
  const is = isGone(view, path, kind);
  const group = svg("g", { class: "end", role: "button", tabindex: -1, "aria-pressed": is, "aria-label": `${name}, ${what}${is ? ", cut" : ""}` });
  Object.assign(group.dataset, { path, kind });
  group.append(svg("title", {}, `${name}, ${what}: a click ${is ? "mends" : "cuts"}`));
  group.onclick = (event) => { event.stopPropagation(); setCut(view, path, kind, !isGone(view, path, kind)); };
  return group;
}

// Delete cuts what has the focus, Enter mends it. Whether the key did either.
function keyCuts(view, { key, target }) {
  const { path, kind } = target.closest(".end").dataset;
  const wish = { Delete: true, Backspace: true, Enter: false, " ": !isGone(view, path, kind) }[key];
  if (wish !== undefined) setCut(view, path, kind, wish);
  return wish !== undefined;
}

const cross = (x, y, stroke) => svg("path", { class: "cross", d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`, fill: "none", stroke, "stroke-width": 2.5 });

// The answer that Python gave for these cuts; while it is asked for others, the last one stands, paler.
function showAnswer(view, { said, answers, note, cut, off }, colours) {
  const { root, state } = view, mend = root.querySelector(".mend");
  root.classList.toggle("asking", JSON.stringify(gone(state)) !== JSON.stringify({ cut, off }));
  root.querySelector(".said").replaceChildren(html("strong", {}, said[0]), html("span", {}, said[1]));
  root.querySelector(".note").textContent = note;
  mend.disabled = !state.cut.size && !state.off.size;
  mend.onclick = () => mendAll(view);
  const place = root.querySelector(".rows");
  while (place.children.length > answers.length) place.lastChild.remove();
  answers.forEach(([name, before, after, words], number) => {
    const [label, bars, value] = (place.children[number] ?? place.appendChild(answerRow())).children;
    label.textContent = name;
    value.textContent = words;
    [before, after].forEach((share, which) => {
      bars.children[which].style.width = `${100 * share}%`;
      bars.children[which].style.background = which ? colours.residual : colours.hairline;
    });
  });
}

const answerRow = () => html("div", { class: "row" }, html("span"), html("span", { class: "bars" }, html("i"), html("i")), html("span"));
