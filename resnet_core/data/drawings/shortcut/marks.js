// The few elements that the drawing is made of.
const SVG = "http://www.w3.org/2000/svg";

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== false) element.setAttribute(key, value === true ? "" : value);
  element.append(...children);
  return element;
}

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function button(words, label, act, attributes = {}) {
  const element = html("button", { type: "button", "aria-label": label, ...attributes }, words);
  element.onclick = act;
  return element;
}

// One of a row has the focus; arrows, Home and End walk, and tell where they came to.
function rove(row, items, at, go) {
  items.forEach((item, number) => item.setAttribute("tabindex", number === at ? 0 : -1));
  row.onkeydown = (event) => {
    const here = items.indexOf(event.target.closest("button"));
    const to = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(items.length - 1, to));
    if (next !== here) go(next);
  };
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// Values as colours: white at zero, one end below, one above.
function paint(canvas, values, height, width, bound, [low, zero, high]) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const [below, white, above] = [low, zero, high].map(rgb);
  const pixels = new ImageData(width, height);
  values.forEach((value, at) => {
    const share = Math.min(1, Math.abs(value) / bound), end = value < 0 ? below : above;
    for (let part = 0; part < 3; part += 1) pixels.data[4 * at + part] = white[part] + (end[part] - white[part]) * share;
    pixels.data[4 * at + 3] = 255;
  });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
