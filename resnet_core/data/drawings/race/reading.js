// The exact values at one step: where a pointer is, or where the arrow keys have led.
function readable(place, redraw) {
  const reading = { step: undefined, chart: undefined };
  const go = (step) => { reading.step = step; redraw(); };
  place.onpointermove = place.onpointerdown = (event) => {
    const at = event.clientX - place.getBoundingClientRect().left;
    if (reading.chart) go(nearest(drawnSteps(reading.chart), reading.chart.step(at)));
  };
  place.onpointerleave = ({ pointerType }) => pointerType === "mouse" && go(undefined);
  place.onblur = () => go(undefined);
  place.onkeydown = (event) => {
    const steps = reading.chart ? drawnSteps(reading.chart) : [];
    const here = reading.step === undefined ? steps.length : steps.indexOf(nearest(steps, reading.step));
    const to = event.key === "Escape" ? steps.length : walked(event.key, here, steps.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(event.key === "Escape" ? undefined : steps[Math.max(0, Math.min(steps.length - 1, to))]);
  };
  return reading;
}

const drawnSteps = ({ told }) => [...new Set(told.flatMap(({ points }) => points.map(([step]) => step)))].sort((a, b) => a - b);
const nearest = (steps, wanted) => steps.reduce((best, step) => (Math.abs(step - wanted) < Math.abs(best - wanted) ? step : best), steps[0]);

// Put a chart in its place, and over it the values at the step that is read; to a screen reader it is a slider of steps.
function put(place, chart, reading, colours) {
  reading.chart = chart;
  const steps = drawnSteps(chart), step = reading.step === undefined ? undefined : nearest(steps, reading.step);
  place.replaceChildren(chart.sheet);
  place.tabIndex = steps.length ? 0 : -1;
  const said = step ?? steps.at(-1), values = steps.length ? valuesAt(chart, said) : [];
  for (const [key, value] of [["valuemin", steps[0] ?? 0], ["valuemax", steps.at(-1) ?? 0], ["valuenow", said ?? 0]]) place.setAttribute(`aria-${key}`, value);
  place.setAttribute("aria-valuetext", values.length ? `step ${said}: ${values.map(({ words }) => words).join("; ")}` : "Nothing is drawn yet.");
  if (step === undefined) return;
  const x = chart.x(step), left = x < chart.width / 2;
  chart.sheet.append(svg("path", { class: "cursor", d: `M${x} ${chart.high}V${chart.low}` }));
  for (const { line, value } of values) chart.sheet.append(mark(chart, [step, value], line.mark, colours[line.colour], colours.page));
  const rows = values.map(({ words, line }) => html("span", { style: `color: ${colours[line.colour]}` }, words));
  place.append(html("div", { class: "values", style: left ? `left: ${x + 12}px` : `right: ${chart.width - x + 12}px` }, html("b", {}, `step ${step}`), ...rows));
}

// What each line says at a step; one that has ended before it, or has no point there, says nothing.
function valuesAt({ told, write }, step) {
  return told.flatMap(({ said, line, points }) => {
    const point = points.find(([at]) => at === step);
    return point ? [{ line, value: point[1], words: `${said} ${write(point[1])}` }] : [];
  });
}
