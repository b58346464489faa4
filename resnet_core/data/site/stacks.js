// The bottleneck's arithmetic: 1x1, 3x3, 1x1 against two 3x3 convolutions, product by product.
// The rules are those of resnet_core.compare_bottleneck, and a test holds the numbers to it.
export const OFFERED = { channels: [64, 128, 256, 512, 1024, 2048], width: [16, 32, 64, 128, 256, 512], groups: [1, 2, 4, 8, 16, 32, 64], size: [7, 14, 28, 56, 112] };
export const FIRST = { channels: 256, width: 64, groups: 1, size: 56 };

// {bottleneck, basic, equal}: each a list of terms {kernel, inputs, outputs, groups, params, macs}.
export function compare({ channels, width, groups, size }) {
  const pair = equalCost(channels, width, groups);
  const term = (kernel, inputs, outputs, of = 1) => {
    const params = (kernel * kernel * inputs * outputs) / of;
    return { kernel, inputs, outputs, groups: of, params, macs: params * size * size };
  };
  return {
    bottleneck: [term(1, channels, width), term(3, width, width, groups), term(1, width, channels)],
    basic: [term(3, channels, channels), term(3, channels, channels)],
    equal: [term(3, pair, pair), term(3, pair, pair)],
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

const [WIDTH, AXIS, LARGEST, GAP, ROOM] = [264, 86, 104, 22, 18]; // as resnet_core.figures.stacks lays them out
export const TITLES = { bottleneck: "1×1, 3×3, 1×1", basic: "two 3×3, full width", equal: "two 3×3, equal cost" };

// One stack as SVG; every square's area is its number of weights, on one scale for all three.
export function drawStack(stacks, name, colours) {
  const terms = stacks[name], most = Math.max(...Object.values(stacks).flat().map(({ params }) => params));
  const sides = terms.map(({ params }) => Math.max(3, (Math.sqrt(params / most)) * LARGEST)), widest = Math.max(...sides);
  const words = (x, y, content, more = {}) => svg("text", { x, y, "font-size": 15, fill: colours.ink, ...more }, content);
  const line = (d, stroke, width) => svg("path", { d, fill: "none", stroke, "stroke-width": width });
  const arrow = (from, to) => line(`M${AXIS} ${from}V${to}M${AXIS - 4} ${to - 5}l4 5l4 -5`, colours.muted, 1.5);
  const end = (y, channels) => words(AXIS, y, `${channels} channels`, { "text-anchor": "middle", fill: colours.muted, "font-size": 14 });
  const marks = [words(0, 18, TITLES[name], { fill: colours.muted, "font-size": 16 }), words(0, 52, whole(total(terms)), { "font-size": 30, "font-weight": 650 }), end(82, terms[0].inputs)];
  let y = 88;
  terms.forEach((term, at) => {
    const side = sides[at], top = y + GAP + Math.max(0, ROOM - side), label = AXIS + widest / 2 + 12;
    marks.push(arrow(y, top - 4), svg("rect", { x: AXIS - side / 2, y: top, width: side, height: side, rx: 2, fill: name === "bottleneck" ? colours.residual : colours.stage2 }));
    marks.push(words(label, top + side / 2 - 4, product(term)), words(label, top + side / 2 + 15, `= ${whole(term.params)}`, { "font-weight": 650 }));
    y = top + side;
  });
  const plus = y + GAP + 4, left = AXIS - widest / 2 - 20;
  marks.push(arrow(y, plus - 12));
  marks.push(line(`M${AXIS} 94H${left + 14}Q${left} 94 ${left} 108V${plus - 14}Q${left} ${plus} ${left + 14} ${plus}H${AXIS - 13}M${AXIS - 20} ${plus - 5}l8 5l-8 5`, colours.identity, 2.5));
  marks.push(svg("circle", { cx: AXIS, cy: plus, r: 9, fill: colours.page, stroke: colours.identity, "stroke-width": 2 }), line(`M${AXIS - 4.5} ${plus}h9M${AXIS} ${plus - 4.5}v9`, colours.identity, 2));
  marks.push(end(plus + 30, terms.at(-1).outputs));
  const said = `${TITLES[name]}: ${terms.map(product).join(" + ")} = ${whole(total(terms))} weights`;
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${plus + 40}`, role: "img", "aria-label": said });
  drawn.append(...marks);
  return drawn;
}
