// Lines over the steps of a race, named at their ends; dash, mark and colour say which network it is.
const [LEFT, RIGHT, BOTTOM, TOP, LETTER] = [48, 8, 44, 12, 8]; // pixels: around a chart, and a letter of a label
const DASHES = { solid: "none", dash: "8 6", dot: "2 5", longdash: "12 5", dashdot: "8 4 2 4" };
const MARKS = {
  square: "M-3.5-3.5h7v7h-7z", circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", diamond: "M0-5 5 0 0 5-5 0z",
  "triangle-up": "M0-5 4.5 3.5h-9z", x: "M-4-4 4 4M-4 4 4-4",
};
const TICKS = [-6, -5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

// Where steps and values lie, and the axes. `up` takes a value to a share of the height, 0 to 1. On a wall all is larger.
function frame(place, total, up, ticks, write) {
  const large = Number(getComputedStyle(place).getPropertyValue("--large")) || 1;
  const width = place.clientWidth, height = large > 1 ? Math.min(280 * large, 0.4 * innerHeight) : narrow(place) ? 220 : 280;
  const left = LEFT * large, right = width - RIGHT * large, low = height - BOTTOM * large, high = TOP * large;
  const sheet = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
  const x = (step) => left + (step / Math.max(total, 1)) * (right - left), y = (value) => low - up(value) * (low - high);
  const step = (at) => ((at - left) / (right - left)) * total;
  for (const tick of ticks) {
    sheet.append(svg("path", { class: "rule", d: `M${left} ${y(tick)}H${right}` }));
    sheet.append(svg("text", { x: left - 8, y: y(tick) + 5 * large, "text-anchor": "end" }, write(tick)));
  }
  sheet.append(svg("text", { x: left, y: low + 20 * large, "text-anchor": "middle" }, "0"));
  if (total) sheet.append(svg("text", { x: right, y: low + 20 * large, "text-anchor": "end" }, String(total)));
  sheet.append(svg("text", { x: (left + right) / 2, y: height - 6 * large, "text-anchor": "middle" }, "training step"));
  return { sheet, x, y, step, low, high, width, right, large, middle: (left + right) / 2 };
}

const narrow = (place) => place.closest(".race").clientWidth <= 640;

function lossChart(place, { lines, total, colours }) {
  const values = lines.flatMap(({ smooth }) => smooth.map(([, loss]) => loss));
  const low = Math.log10(Math.max(Math.min(0.5, ...values), 1e-6) / 2), high = Math.log10(Math.min(Math.max(3, ...values), 500) * 2);
  const up = (loss) => Math.min(1, Math.max(0, (Math.log10(Math.max(loss, 1e-12)) - low) / (high - low)));
  const fits = TICKS.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
  const chart = frame(place, total, up, fits.length > 7 ? fits.filter((tick) => String(tick).replace(/[.0]/g, "") === "1") : fits, String);
  for (const { faint, colour } of lines) chart.sheet.append(stroke(chart, faint, 1, colours[colour], { opacity: 0.25 }));
  for (const { smooth, colour, dash } of lines) chart.sheet.append(stroke(chart, smooth, 3, colours[colour], { "stroke-dasharray": DASHES[dash] }));
  const told = lines.map((line) => ({ said: line.name, line, points: line.smooth }));
  name(chart, told, told, (loss) => String(Number(loss.toPrecision(3))), colours);
  return { ...chart, told, write: (loss) => loss.toPrecision(5) };
}

function errorChart(place, { lines, total, colours }) {
  const chart = frame(place, total, (share) => share, [0, 0.25, 0.5, 0.75, 1], (share) => `${100 * share} %`);
  for (const { train, unseen, colour, dash, mark: form } of lines) {
    for (const [points, fill] of [[train, colours[colour]], [unseen, colours.page]]) {
      chart.sheet.append(stroke(chart, points, 2, colours[colour], { "stroke-dasharray": DASHES[dash] }));
      chart.sheet.append(...points.map((point) => mark(chart, point, form, colours[colour], fill)));
    }
  }
  if (!lines.some(({ unseen }) => unseen.length)) {
    const waits = svg("text", { x: chart.middle, y: chart.low / 2, "text-anchor": "middle" }, "The first point appears after the first pass.");
    chart.sheet.append(waits);
  }
  const told = lines.flatMap((line) => [["training", line.train], ["unseen", line.unseen]].map(([what, points]) => ({ said: `${line.name}, ${what}`, line, points })));
  name(chart, told.filter(({ line, points }) => points === line.unseen), told, (share) => `${(100 * share).toFixed(1)} %`, colours);
  return { ...chart, told, write: (share) => `${(100 * share).toFixed(2)} %` };
}

function stroke({ x, y, large }, points, width, colour, look) {
  const d = points.map(([step, value], at) => `${at ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return svg("path", { d, fill: "none", stroke: colour, "stroke-width": width * large, "stroke-linejoin": "round", ...look });
}

function mark({ x, y, large }, [step, value], form, colour, fill) {
  return svg("path", { d: MARKS[form], transform: `translate(${x(step)} ${y(value)}) scale(${large})`, fill, stroke: colour, "stroke-width": 2 });
}

// A name and a value at the end of each line, behind it where there is room: as near as possible, on no line and no other name.
function name(chart, ends, all, write, colours) {
  const { sheet, x, y, low, high, right, large } = chart, [up, down] = [12 * large, 4 * large], names = []; // of a label above and below its baseline
  const lowestFirst = ends.filter(({ points }) => points.length).sort((one, other) => one.points.at(-1)[1] - other.points.at(-1)[1]);
  for (const { line, points } of lowestFirst) {
    const [step, value] = points.at(-1), words = `${line.name}  ${write(value)}`, wide = LETTER * words.length * large, end = x(step);
    const behind = end + wide + 8 * large <= right, from = behind ? end + 8 * large : end - wide, to = from + wide;
    const lines = all.flatMap((one) => covered(chart, one.points, from - 4, to + 4));
    const taken = [...lines, ...names.filter((one) => one.from < to && from < one.to).map(({ span }) => span)];
    const cost = (at) => Math.abs(at - 5 * large - y(value)) + 8 * taken.reduce((sum, [top, bottom]) => sum + Math.max(0, Math.min(bottom, at + down) - Math.max(top, at - up)), 0);
    const places = Array.from({ length: Math.floor((low - high - up - down) / 2) }, (_, number) => high + up + 2 * number);
    const at = places.reduce((best, place) => (cost(place) < cost(best) ? place : best));
    names.push({ from, to, span: [at - up - 4, at + down + 4] });
    sheet.append(svg("text", { class: "name", x: behind ? from : end, y: at, "text-anchor": behind ? "start" : "end", style: `fill: ${colours[line.colour]}; stroke: ${colours.page}` }, words));
  }
}

// From where to where a line reaches up and down between two places across, with its width; nothing where it is not there.
function covered({ x, y, large }, points, from, to) {
  const reached = points.flatMap(([step, value], at) => {
    const [x1, y1] = [x(points[Math.max(at - 1, 0)][0]), y(points[Math.max(at - 1, 0)][1])], [x2, y2] = [x(step), y(value)];
    if (x2 < from || x1 > to) return [];
    return [from, to].map((place) => (x2 > x1 ? y1 + ((y2 - y1) * (Math.min(Math.max(place, x1), x2) - x1)) / (x2 - x1) : y2));
  });
  return reached.length ? [[Math.min(...reached) - 5 * large, Math.max(...reached) + 5 * large]] : [];
}
