// The plus of the block that is open, of one channel: x on the arc, F(x) on the trunk before it, their sum behind it.
const TERM = 44; // of its pictures, in the drawing's own units

function drawSum(view, now, drawn, sheet) {
  const { state, data: { alive, colours } } = view, plus = alive?.plus;
  const [, [, , pitch] = [], marks = []] = (plus && drawn.find(([number]) => now.prefix + now.parts[number][0] === plus.path)) ?? [];
  const circle = marks.find(([kind]) => kind === "c"), arc = [...sheet.querySelectorAll(".end path:not(.hit)")].at(-1);
  if (!circle || !arc || state.narrow) return;
  const [, x, y] = circle, side = Math.min(TERM, pitch / 2), top = arc.getBBox().y;
  // Behind all that lies on the shortcut.
  const boxes = [...sheet.querySelectorAll(".part rect:not(.area)")].map((box) => box.getBBox());
  const ends = boxes.filter((box) => box.y < top && top < box.y + box.height).map((box) => box.x + box.width + side / 2 + 6);
  const from = Math.max(x - 1.5 * pitch, ...ends);
  const places = [[from, top - side / 2, -6], [x - pitch / 2, y + 8, side + 16], [x + pitch / 2, y + 8, side + 16]];
  const layer = svg("g", { class: "sum", "aria-hidden": true });
  plus.names.forEach((name, index) => {
    const [middle, above, word] = places[index];
    layer.append(svg("rect", { x: middle - side / 2 - 1, y: above - 1, width: side + 2, height: side + 2, fill: colours.page, stroke: colours.muted }));
    layer.append(square([plus.uri, plus.names.length], index, middle, above, side));
    layer.append(drawMark(["t", middle, above + word, name, "ink", 14, "middle", 400], colours));
  });
  sheet.append(layer);
}
