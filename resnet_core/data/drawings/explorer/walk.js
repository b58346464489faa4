// Ways through the drawing by pointer and keyboard: into a part, back out, and along parts and shortcuts.

// A part with parts of its own opens; a layer becomes the page's layer, and the picture goes there.
function act(view, now, number, area) {
  const { state } = view, [suffix, , , opens] = now.parts[number], path = now.prefix + suffix;
  pause(view);
  if (opens) {
    openPlace(view, path);
    focusPart(draw(view, { area, inward: true }), 0);
  } else {
    state.layer = path;
    stand(view, path);
    focusPart(draw(view), number);
  }
  showCursor(view);
  view.send();
}

// Inside a block one steps by layers, elsewhere by blocks.
function openPlace(view, path) {
  view.state.open = path;
  view.state.layers = isInBlock(view, path);
}

function leave(view, path) {
  const from = view.state.open;
  if (from === path) return;
  const steps = [...trail(view), from];
  pause(view);
  openPlace(view, path);
  const now = scene(view);
  const child = now.parts.findIndex(([suffix]) => steps.includes(now.prefix + suffix));
  const [, , , drawn] = isNarrow(view.root) ? now.narrow : now.wide;
  const found = drawn.find(([number]) => number === child);
  focusPart(draw(view, found && { area: found[1], inward: false }), Math.max(child, 0));
  showCursor(view);
  view.send();
}

function walk(view, sheet, event) {
  const parts = [...sheet.querySelectorAll(".part")];
  const here = parts.indexOf(event.target.closest(".part"));
  const to = walked(event.key, here, parts.length);
  if (to !== undefined) focusPart(sheet, (to + parts.length) % parts.length);
  else if (event.key === "Enter" || event.key === " ") parts[here].dispatchEvent(new MouseEvent("click"));
  else if (event.key === "Escape" && view.state.open) leave(view, view.data.diagram.places[view.state.open][3]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function focusPart(sheet, number) {
  const parts = [...sheet.querySelectorAll(".part")];
  reach(parts, number);
  parts[number]?.focus({ preventScroll: true });
}

function walkArcs(view, layer, event) {
  const arcs = [...layer.querySelectorAll(".end")], here = arcs.indexOf(event.target.closest(".end"));
  const to = walked(event.key, here, arcs.length);
  if (to !== undefined) arcs[(to + arcs.length) % arcs.length].focus({ preventScroll: true });
  else if (!keyCuts(view, event)) return; // Escape goes on to the drawing
  event.preventDefault();
  event.stopPropagation();
}

function roveArcs({ state }, sheet) {
  const arcs = [...sheet.querySelectorAll(".end")];
  reach(arcs, Math.max(0, arcs.findIndex((arc) => arc.dataset.path === state.arc)));
}

function focusArc(view, sheet, path) {
  [...sheet.querySelectorAll(".end")].find((arc) => arc.dataset.path === path)?.focus({ preventScroll: true });
}
