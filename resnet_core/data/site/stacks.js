// The bottleneck's arithmetic: 1x1, 3x3, 1x1 against two 3x3 convolutions, product by product.
// The rules are those of resnet_core.compare_bottleneck, and a test holds the numbers to it.
// What can be chosen, the stacks' names and the layout come from Python; a test holds the drawing to stack_drawing().
import { load } from "page";

export const { offered, first, titles, layout } = await load("bottleneck.json");

// {bottleneck, basic, equal_cost}: each a list of terms {kernel, inputs, outputs, groups, params, macs}.
export function compare({ channels, width, groups, size }) {
  const pair = equalCost(channels, width, groups);
  const term = (kernel, inputs, outputs, of = 1) => {
    const params = (kernel * kernel * inputs * outputs) / of;
    return { kernel, inputs, outputs, groups: of, params, macs: params * size * size };
  };
  return {
    bottleneck: [term(1, channels, width), term(3, width, width, groups), term(1, width, channels)],
    basic: [term(3, channels, channels), term(3, channels, channels)],
    equal_cost: [term(3, pair, pair), term(3, pair, pair)],
  };
}

// The width, in steps of 8, at which two 3x3 convolutions come closest to the bottleneck's weights.
function equalCost(channels, width, groups) {
  const target = 2 * channels * width + Math.floor((9 * width * width) / groups);
  const below = Math.max(8, 8 * Math.floor(Math.floor(Math.sqrt(Math.floor(target / 18))) / 8)), off = (one) => Math.abs(18 * one * one - target);
  return off(below) <= off(below + 8) ? below : below + 8;
}

export const total = (terms, what = "params") => terms.reduce((sum, term) => sum + term[what], 0);
export const withNorm = (terms) => terms.reduce((sum, { params, outputs }) => sum + params + 2 * outputs, 0); // a scale and a shift a channel
export const product = ({ kernel, inputs, outputs, groups }) => `${kernel}×${kernel}×${groups === 1 ? inputs : `(${inputs}/${groups})`}×${outputs}`;
export const whole = (number) => number.toLocaleString("en");

// One stack as SVG; every square's area is its number of weights, on one scale for all three.
export function drawStack(stacks, name, colours) {
  const { width, axis, largest, room, gap, names, sizes: [nameSize, totalSize, small, termSize] } = layout;
  const terms = stacks[name], most = Math.max(...Object.values(stacks).flat().map(({ params }) => params));
  const sides = terms.map(({ params }) => Math.max(3, Math.sqrt(params / most) * largest)), widest = Math.max(...sides);
  const words = (x, y, content, size, more = {}) => svg("text", { x, y, "font-size": size, fill: colours.ink, ...more }, content);
  const muted = (x, y, content, size, more = {}) => words(x, y, content, size, { fill: colours.muted, ...more });
  const line = (d, stroke, wide) => svg("path", { d, fill: "none", stroke, "stroke-width": wide });
  const arrow = (from, to) => line(`M${axis} ${from}V${to}M${axis - 4} ${to - 6}L${axis} ${to}L${axis + 4} ${to - 6}`, colours.muted, 2);
  const end = (y, channels) => muted(axis, y, `${channels} channels`, small, { "text-anchor": "middle" });
  const marks = [muted(0, names[0], titles[name], nameSize), words(0, names[1], whole(total(terms)), totalSize, { "font-weight": 650 }), end(names[2], terms[0].inputs)];
  let y = names[2] + 6;
  const start = y + 6;
  terms.forEach((term, at) => {
    const side = sides[at], top = y + gap + Math.max(0, room - side), label = axis + widest / 2 + 12, middle = top + side / 2;
    marks.push(arrow(y, top - 4), svg("rect", { x: axis - side / 2, y: top, width: side, height: side, rx: 2, fill: name === "bottleneck" ? colours.residual : colours.stage2 }));
    marks.push(words(label, middle - 4, product(term), termSize), words(label, middle + termSize, `= ${whole(term.params)}`, termSize, { "font-weight": 650 }));
    y = top + side;
  });
  const plus = y + gap + 4, left = axis - widest / 2 - 20, last = plus + 16 + small;
  marks.push(arrow(y, plus - 12));
  marks.push(line(`M${axis} ${start}H${left + 14}Q${left} ${start} ${left} ${start + 14}V${plus - 14}Q${left} ${plus} ${left + 14} ${plus}H${axis - 13}M${axis - 20} ${plus - 5}L${axis - 12} ${plus}L${axis - 20} ${plus + 5}`, colours.identity, 2.5));
  marks.push(svg("circle", { cx: axis, cy: plus, r: 11, fill: colours.page, stroke: colours.identity, "stroke-width": 2 }), line(`M${axis - 5} ${plus}h10M${axis} ${plus - 5}v10`, colours.identity, 2));
  marks.push(end(last, terms.at(-1).outputs), muted(0, last + 16 + small, terms.map(({ params }) => whole(params)).join(" + "), small));
  const said = `${titles[name]}: ${terms.map(product).join(" + ")} = ${whole(total(terms))} weights`;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${last + 24 + small}`, role: "img", "aria-label": said });
  drawn.append(...marks);
  return drawn;
}
