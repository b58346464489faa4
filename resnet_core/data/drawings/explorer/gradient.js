// The gradient on its way back: an arc and the trunk beside it, each as wide as its signed share, with where it goes.
const widthOf = (share) => 1 + 9 * Math.min(1, Math.abs(share));

// What came back through a shortcut, of the gradient at its block's input; of several blocks, their mean.
function shareOf({ data }, path) {
  const shares = path.split(" ").map((one) => data.alive?.back?.[one]).filter((one) => one !== undefined);
  return shares.length ? shares.reduce((sum, one) => sum + one, 0) / shares.length : undefined;
}

function weighed(view, mark, path) {
  const share = shareOf(view, path);
  return share === undefined || !isArc(mark) ? mark : [...mark.slice(0, 3), widthOf(share), mark[4]];
}

// The trunk from where the arc leaves it to the plus: the way of what came back through the branch.
function trunkOf(view, [, d], path) {
  const share = shareOf(view, path);
  if (share === undefined) return [];
  const numbers = d.match(/-?[\d.]+/g).map(Number), [x, y, toX, toY] = [...numbers.slice(0, 2), ...numbers.slice(-2)];
  const way = Math.abs(toX - x) > Math.abs(toY - y) ? `H${toX}` : `V${toY}`;
  return [svg("path", { class: "trunk", "data-path": path, d: `M${x} ${y}${way}`, fill: "none", stroke: view.data.colours.residual, "stroke-width": widthOf(1 - share) })];
}

// Arrowheads against the way of the picture, and a minus where a share opposes the whole; once all is on the page.
function aimBack(view, sheet) {
  const layer = svg("g", { class: "heads", "aria-hidden": true });
  for (const arc of sheet.querySelectorAll(".end")) {
    const share = shareOf(view, arc.dataset.path), line = arc.querySelector("path:not(.hit, .cross)");
    if (share !== undefined && !isGone(view, arc.dataset.path, "cut")) layer.append(...headOf(line, 0.2, share, line.getAttribute("stroke"), view));
  }
  for (const line of sheet.querySelectorAll(".trunk")) layer.append(...headOf(line, 0, 1 - shareOf(view, line.dataset.path), view.data.colours.residual, view));
  sheet.append(layer);
}

// At that part of a line, its tip towards the line's beginning.
function headOf(line, part, share, fill, { data: { colours } }) {
  const length = line.getTotalLength() * part, tip = line.getPointAtLength(length), behind = line.getPointAtLength(length + 4);
  const turn = (Math.atan2(tip.y - behind.y, tip.x - behind.x) * 180) / Math.PI, half = 6 + widthOf(share) / 2;
  const head = svg("path", { class: "head", d: `M0 0L-11 ${-half}V${half}Z`, transform: `translate(${tip.x} ${tip.y}) rotate(${turn})`, fill, stroke: colours.page, "stroke-width": 1 });
  return share < 0 ? [head, minusAt(tip.x - 15, tip.y - 15, colours)] : [head];
}

const minusAt = (x, y, colours) => svg("g", { class: "minus" },
  svg("circle", { cx: x, cy: y, r: 8, fill: colours.page, stroke: colours.plain, "stroke-width": 1.5 }),
  svg("path", { d: `M${x - 4} ${y}h8`, stroke: colours.plain, "stroke-width": 2.5 }));
