// A published listing. A line is clicked, or walked to with the arrow keys and chosen with Enter; Python judges it.
const STATES = new WeakMap();
const SIGNS = { wrong: ["✓", "found: something is wrong here"], fine: ["·", "tried: nothing is known to be wrong here"] };
const PARTS = /(#.*$)|("[^"]*"|'[^']*')|\b(class|def|return|import|from|as|for|in|if|else|is|not|None|and|super|self)\b/g;

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".listing");
  const state = STATES.get(root) ?? {};
  STATES.set(root, state);
  root.style.setProperty("--muted", data.muted);
  const lines = root.querySelector(".lines");
  if (state.document !== data.document) {
    Object.assign(state, { document: data.document, at: 0, seen: null });
    lines.className = `lines ${data.code ? "code" : "prose"}`;
    lines.setAttribute("aria-label", data.name);
    lines.replaceChildren(...data.lines.map((line) => row(line, data.code)));
    lines.scrollTop = 0;
  }
  const send = (line) => setStateValue("at", { document: data.document, line, time: Date.now() });
  lines.onclick = (event) => choose(event.target.closest(".line"), send);
  lines.onkeydown = (event) => walk(event, lines, state, send);
  mark(lines, data);
  const chosen = [...lines.children].findIndex((one) => Number(one.dataset.line) === data.chosen);
  if (chosen >= 0 && state.seen !== data.chosen) {
    state.at = chosen;
    bring(lines, lines.children[chosen]);
  }
  state.seen = data.chosen;
  rove(lines, state.at);
  const said = root.querySelector(".state");
  if (said.textContent !== data.state) said.textContent = data.state;
}

function row([number, text, translation], code) {
  const line = element("div", "line");
  line.setAttribute("role", "option");
  line.dataset.line = number;
  const words = element("span", "text");
  words.style.setProperty("--in", text.length - text.trimStart().length);
  if (code) words.append(...coloured(text.trimStart()));
  else words.append(translation || text, ...(translation ? [original(text)] : []));
  const sign = element("span", "mark");
  sign.setAttribute("aria-hidden", "true");
  const place = element("span", "number");
  place.append(element("span", "unseen", "Line "), String(number), element("span", "unseen", text.trim() ? " " : " empty"));
  line.append(sign, place, words, element("span", "unseen said"));
  return line;
}

function original(text) {
  const span = element("span", "original", text);
  span.lang = "zh";
  return span;
}

function coloured(text) {
  const pieces = [];
  let last = 0;
  for (const found of text.matchAll(PARTS)) {
    pieces.push(text.slice(last, found.index), element("span", found[1] ? "remark" : found[2] ? "string" : "word", found[0]));
    last = found.index + found[0].length;
  }
  return [...pieces, text.slice(last)];
}

function mark(lines, { marks, chosen }) {
  for (const line of lines.children) {
    const kind = marks[line.dataset.line];
    line.className = kind ? `line ${kind}` : "line";
    line.querySelector(".mark").textContent = kind ? SIGNS[kind][0] : "";
    line.querySelector(".said").textContent = kind ? `, ${SIGNS[kind][1]}` : "";
    line.setAttribute("aria-selected", Number(line.dataset.line) === chosen);
  }
}

function choose(line, send) {
  if (line) send(Number(line.dataset.line));
}

function walk(event, lines, state, send) {
  const here = [...lines.children].indexOf(event.target.closest(".line"));
  if (here < 0) return;
  const last = lines.children.length - 1;
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + 10, PageUp: here - 10, Home: 0, End: last }[event.key];
  if (event.key === "Enter" || event.key === " ") choose(lines.children[here], send);
  else if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  else {
    state.at = Math.max(0, Math.min(last, to));
    rove(lines, state.at);
    lines.children[state.at].focus({ preventScroll: true });
    bring(lines, lines.children[state.at]);
  }
  event.preventDefault();
  event.stopPropagation();
}

function rove(lines, at) {
  [...lines.children].forEach((line, index) => line.setAttribute("tabindex", index === at ? 0 : -1));
}

// Into sight within the listing; the page itself stays where it is.
function bring(lines, line) {
  const [top, tall] = [line.offsetTop - lines.offsetTop, line.offsetHeight];
  if (top < lines.scrollTop + 24) lines.scrollTop = top - 48;
  else if (top + tall > lines.scrollTop + lines.clientHeight - 24) lines.scrollTop = top + tall - lines.clientHeight + 48;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
