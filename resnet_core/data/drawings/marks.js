// The few elements that all drawings are made of.
const SVG = "http://www.w3.org/2000/svg";
const html = (name, attributes = {}, ...children) => made(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) => made(document.createElementNS(SVG, name), attributes, children);

function made(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function button(words, label, act, attributes = {}) {
  const element = html("button", { type: "button", "aria-label": label, ...attributes }, words);
  element.onclick = act;
  return element;
}

// One of a row can be reached by Tab; the others by arrows from there.
const reach = (items, at) => items.forEach((item, number) => item.setAttribute("tabindex", number === at ? 0 : -1));

// Where a key leads to in a row of so many; undefined for a key that leads nowhere.
const walked = (key, here, count) => ({ ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: count - 1 })[key];

// One of a row has the focus; arrows, Home and End walk, and tell where they came to.
function rove(row, items, at, go) {
  reach(items, at);
  row.onkeydown = (event) => {
    const here = items.indexOf(event.target.closest("button"));
    const to = walked(event.key, here, items.length);
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(items.length - 1, to));
    if (next !== here) go(next);
  };
}
