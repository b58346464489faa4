// One question after the other: a handle is dragged to a guess and let go, then what was measured appears.
const STATES = new WeakMap();
const KINDS = ["plain", "residual"];
const STEP = 0.5, LEAP = 5; // percent
const MOVES = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP, PageUp: LEAP, PageDown: -LEAP };

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".foretold-asked");
  if (!STATES.has(root)) STATES.set(root, { guesses: { ...data.guesses }, at: {} });
  const state = STATES.get(root);
  const tell = () => setStateValue("guesses", { ...state.guesses });
  const let_go = (kind) => {
    if (stageOf(state) !== KINDS.indexOf(kind)) return;
    state.guesses[kind] = state.at[kind];
    show(root, state, data);
    arrive(root, kind, state, data);
    tell();
  };
  if (state.drawn !== data.wide) {
    state.drawn = data.wide;
    for (const size of ["wide", "narrow"]) root.querySelector(`.${size}`).innerHTML = data[size];
    for (const handle of root.querySelectorAll(".handle")) listen(handle, root, state, data, let_go);
  }
  root.querySelector("button").onclick = () => {
    const stage = stageOf(state);
    if (stage < KINDS.length) { let_go(KINDS[stage]); return; }
    state.guesses = {};
    state.at = {};
    show(root, state, data);
    tell();
  };
  show(root, state, data);
}

const stageOf = (state) => KINDS.filter((kind) => state.guesses[kind] !== undefined).length;

function listen(handle, root, state, data, let_go) {
  const kind = KINDS.find((one) => handle.classList.contains(one));
  const svg = handle.ownerSVGElement;
  const move = (value) => {
    const { least, most } = { least: 0, most: Number(handle.getAttribute("aria-valuemax")) };
    state.at[kind] = Math.min(Math.max(Math.round(value / STEP) * STEP, least), most);
    place(root, kind, state);
  };
  const pointed = (event) => {
    const { zero, unit } = svg.querySelector(".foretold").dataset;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return (zero - point.y) / unit;
  };
  let from = null;
  handle.onpointerdown = (event) => {
    if (event.button) return;
    from = event.clientY;
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus({ focusVisible: false });
  };
  handle.onpointermove = (event) => { if (from !== null) move(pointed(event)); };
  handle.onpointerup = (event) => {
    const moved = from !== null && Math.abs(event.clientY - from) > 3;
    if (from !== null) move(pointed(event));
    from = null;
    if (moved) let_go(kind); // a mere touch sets the handle, and is no guess yet
  };
  handle.onpointercancel = () => { from = null; };
  handle.onkeydown = (event) => {
    if (event.key in MOVES) move(state.at[kind] + MOVES[event.key]);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(Infinity);
    else if (event.key === "Enter" || event.key === " ") let_go(kind);
    else return;
    event.preventDefault();
    event.stopPropagation(); // a page's own keys
  };
}

function show(root, state, data) {
  const stage = stageOf(state);
  root.dataset.stage = stage;
  for (const kind of KINDS) place(root, kind, state);
  const told = stage ? data.questions[stage - 1].told.replace("{guess}", spoken(state.guesses[KINDS[stage - 1]])) : "";
  const asked = stage < KINDS.length ? data.questions[stage].ask : "";
  for (const [name, words] of [["verdict", told], ["ask", asked]]) write(root.querySelector(`p.${name}`), words);
  root.querySelector("button").textContent = stage < KINDS.length ? "That is my guess" : "Ask me again";
}

// The text with its **strong** parts; a part that stands there already is left alone, so that nothing is read twice.
function write(paragraph, words) {
  if (paragraph.dataset.words === words) return;
  paragraph.dataset.words = words;
  paragraph.replaceChildren(...words.split("**").map((part, number) => number % 2
    ? Object.assign(document.createElement("strong"), { textContent: part }) : part));
}

const spoken = (value) => String(Math.round(value * 10) / 10);

function place(root, kind, state) {
  for (const handle of root.querySelectorAll(`.handle.${kind}`)) {
    const { zero, unit } = handle.closest(".foretold").dataset;
    state.at[kind] ??= state.guesses[kind] ?? Number(handle.dataset.start);
    const y = zero - state.at[kind] * unit;
    handle.querySelector(".moved").setAttribute("transform", `translate(0 ${y})`);
    handle.querySelector(".value").textContent = `${spoken(state.at[kind])} %`;
    handle.setAttribute("aria-valuenow", state.at[kind]);
    handle.setAttribute("aria-valuetext", `${spoken(state.at[kind])} percent`);
    const line = handle.querySelector(".line");
    line.setAttribute("d", line.getAttribute("d").replace(/[\d.-]+$/, y));
    root.querySelectorAll(`.guess.${kind}`).forEach((mark) => {
      if (mark.closest("svg") === handle.ownerSVGElement) mark.setAttribute("transform", `translate(0 ${y})`);
    });
  }
}

// The measured end begins where the guess was and goes to its place: how far one was off is what is seen.
function arrive(root, kind, state, data) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const off = data.questions[KINDS.indexOf(kind)].measured - state.guesses[kind];
  for (const end of root.querySelectorAll(`.told.${kind} .end`)) {
    const shift = off * Number(end.closest(".foretold").dataset.unit);
    end.animate([{ transform: `translateY(${shift}px)` }, { transform: "none" }], { duration: 300, easing: "ease-out" });
  }
}
