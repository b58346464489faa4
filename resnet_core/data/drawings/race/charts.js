// Lines over the steps of a race, named at their ends; a plain network is dashed with squares wherever it appears.
const [LEFT, RIGHT, BOTTOM, TOP, LABEL] = [48, 8, 44, 12, 20]; // pixels: around a chart, and the height of a label
const LOOKS = { plain: "8 6", residual: "none", projection: "2 5", identity: "12 5", zero_pad: "8 4 2 4" };
const TICKS = [-6, -5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

// Where steps and values lie, and the axes. `up` takes a value to a share of the height, 0 to 1.
function frame(place, total, up, ticks, write) {
  const width = place.clientWidth, height = narrow(place) ? 220 : 280, low = height - BOTTOM;
  const sheet = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
  const x = (step) => LEFT + (step / Math.max(total, 1)) * (width - LEFT - RIGHT), y = (value) => low - up(value) * (low - TOP);
  for (const tick of ticks) {
    sheet.append(svg("path", { class: "rule", d: `M${LEFT} ${y(tick)}H${width - RIGHT}` }));
    sheet.append(svg("text", { x: LEFT - 8, y: y(tick) + 5, "text-anchor": "end" }, write(tick)));
  }
  sheet.append(svg("text", { x: LEFT, y: low + 20, "text-anchor": "middle" }, "0"));
  sheet.append(svg("text", { x: width - RIGHT, y: low + 20, "text-anchor": "end" }, String(total)));
  sheet.append(svg("text", { x: (LEFT + width - RIGHT) / 2, y: height - 6, "text-anchor": "middle" }, "training step"));
  return { sheet, x, y, low, half: total / 2 };
}

const narrow = (place) => place.closest(".race").clientWidth <= 640;

function lossChart(place, { lines, total, colours }) {
  const values = lines.flatMap(({ smooth }) => smooth.map(([, loss]) => loss));
  const low = Math.log10(Math.max(Math.min(0.5, ...values), 1e-6) / 2), high = Math.log10(Math.min(Math.max(3, ...values), 500) * 2);
  const up = (loss) => Math.min(1, Math.max(0, (Math.log10(Math.max(loss, 1e-12)) - low) / (high - low)));
  const fits = TICKS.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
  const chart = frame(place, total, up, fits.length > 7 ? fits.filter((tick) => String(tick).replace(/[.0]/g, "") === "1") : fits, String);
  for (const { faint, look } of lines) chart.sheet.append(stroke(chart, faint, colours[look], { "stroke-width": 1, opacity: 0.25 }));
  for (const { smooth, look } of lines) chart.sheet.append(stroke(chart, smooth, colours[look], { "stroke-width": 3, "stroke-dasharray": LOOKS[look] }));
  name(chart, lines.map(({ name: said, look, smooth }) => [said, look, smooth.at(-1)]), (loss) => String(Number(loss.toPrecision(3))), colours);
  return chart.sheet;
}

function errorChart(place, { lines, total, colours }) {
  const chart = frame(place, total, (share) => share, [0, 0.25, 0.5, 0.75, 1], (share) => `${100 * share} %`);
  for (const { train, unseen, look } of lines) {
    for (const [points, fill] of [[train, colours[look]], [unseen, colours.page]]) {
      chart.sheet.append(stroke(chart, points, colours[look], { "stroke-width": 2, "stroke-dasharray": LOOKS[look] }));
      chart.sheet.append(...points.map((point) => mark(chart, point, look, colours[look], fill)));
    }
  }
  name(chart, lines.map(({ name: said, look, unseen }) => [said, look, unseen.at(-1)]), (share) => `${(100 * share).toFixed(1)} %`, colours);
  if (!lines.some(({ unseen }) => unseen.length)) {
    const waits = svg("text", { x: chart.x(chart.half), y: chart.low / 2, "text-anchor": "middle" }, "The first point appears after the first pass over the data.");
    chart.sheet.append(waits);
  }
  return chart.sheet;
}

function stroke({ x, y }, points, colour, look) {
  const d = points.map(([step, value], at) => `${at ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return svg("path", { d, fill: "none", stroke: colour, "stroke-linejoin": "round", ...look });
}

function mark({ x, y }, [step, value], look, colour, fill) {
  const at = { fill, stroke: colour, "stroke-width": 2 };
  return look === "plain" ? svg("rect", { x: x(step) - 3.5, y: y(value) - 3.5, width: 7, height: 7, ...at }) : svg("circle", { cx: x(step), cy: y(value), r: 4, ...at });
}

// A name and a value at the end of each line: behind it where there is room, else above, and below the lowest line.
function name({ sheet, x, y, low, half }, ends, write, colours) {
  const drawn = ends.filter(([, , end]) => end), lowest = Math.max(...drawn.map(([, , [, value]]) => y(value)));
  const wanted = drawn.map(([, , [step, value]]) => y(value) + (step <= half ? 5 : y(value) === lowest && drawn.length > 1 ? LABEL : 5 - LABEL / 2 - 4));
  const places = apart(wanted, TOP + 12, low - 4);
  drawn.forEach(([said, look, [step, value]], number) => {
    const at = step <= half ? { x: x(step) + 8, "text-anchor": "start" } : { x: x(step), "text-anchor": "end" };
    sheet.append(svg("text", { class: "name", y: places[number], style: `fill: ${colours[look]}`, ...at }, `${said}  ${write(value)}`));
  });
  const words = drawn.map(([said, , [step, value]]) => `${said} ${write(value)} at step ${step}`);
  sheet.setAttribute("aria-label", words.length ? `${words.join("; ")}.` : "Nothing is drawn yet.");
}

// Places as near as possible to the wanted ones, in their order, none on another.
function apart(wanted, high, low) {
  const order = wanted.map((_, at) => at).sort((a, b) => wanted[a] - wanted[b]), places = [...wanted];
  let least = high, most = low;
  for (const at of order) { places[at] = Math.max(places[at], least); least = places[at] + LABEL; }
  for (const at of order.reverse()) { places[at] = Math.min(places[at], most); most = places[at] - LABEL; }
  return places;
}
