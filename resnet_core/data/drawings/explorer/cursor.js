// The cursor: one picture on its way through the drawing, stepped by hand or by itself. Python is told where it rests.
const REST = 400; // milliseconds without a step, after which a stop counts as chosen

// Where each path is drawn: path -> the place that has it as a part.
function homesOf({ places, scenes }) {
  const homes = new Map();
  for (const [place, [number, prefix]] of Object.entries(places)) {
    for (const [suffix] of scenes[number].parts) if (!homes.has(prefix + suffix)) homes.set(prefix + suffix, place);
  }
  return homes;
}

const placeAt = ({ data: { way } }, at) => way.places[way.stops[at][0]];
const pathAt = (view, at) => placeAt(view, at) + view.data.way.stops[at][1];
const endsAt = ({ data: { way: { stops } } }, at) => at + 1 === stops.length || stops[at + 1][0] !== stops[at][0];
// Where one can stop: after each layer, or after each block and each layer outside blocks.
const halts = (view) => view.data.way.stops.map((_, at) => at).filter((at) => view.state.layers || endsAt(view, at));
// A block's name at its end, where steps are blocks; else the layer's. Nothing at the input.
const named = (view) => (view.state.at ? (view.state.layers || !endsAt(view, view.state.at) ? pathAt : placeAt)(view, view.state.at) : "");
// A layer outside blocks is a place of its own, and so is each block.
const isInBlock = (view, path) => view.data.way.places.some((place) => path === place || path.startsWith(`${place}.`));

// All that is around a stop, from the layer to the stage.
function around(view, at) {
  const paths = new Set([placeAt(view, at), pathAt(view, at)]);
  for (let home = homeOf(view, at, true); home; home = view.data.diagram.places[home][3]) paths.add(home);
  return paths;
}

// The place whose drawing shows a stop: as a layer, or as a block.
function homeOf(view, at, layers) {
  const paths = [pathAt(view, at), placeAt(view, at)];
  return (layers ? paths : paths.reverse()).map((path) => view.homes.get(path)).find((home) => home !== undefined) ?? "";
}

// The part that the picture is at, or in; else the chosen one; -1 for none.
function standing(view, now) {
  const { state } = view, paths = state.at ? around(view, state.at) : new Set();
  const at = now.parts.findIndex(([suffix]) => paths.has(now.prefix + suffix));
  return at >= 0 ? at : now.parts.findIndex(([suffix]) => now.prefix + suffix === state.layer);
}

// Take the picture to a layer or to a block's end; what is on no way leaves it where it is.
function stand(view, path) {
  const { state, data: { way } } = view;
  const layer = way.stops.findIndex((_, at) => pathAt(view, at) === path);
  const block = way.stops.findIndex((_, at) => placeAt(view, at) === path && endsAt(view, at));
  if (!path) state.at = 0;
  else if (Math.max(layer, block) >= 0) state.at = layer >= 0 ? layer : block;
  state.layers = isInBlock(view, state.open) || (layer >= 0 && placeAt(view, layer) !== path);
}

function connectCursor(view) {
  const { root, state } = view;
  const [back, play, on] = root.querySelectorAll(".cursor button");
  back.onclick = () => step(view, -1);
  on.onclick = () => step(view, 1);
  play.onclick = () => (state.timer ? rest(view) : run(view));
  root.querySelector(".save").onclick = () => savePicture(view);
}

// One step on or back; what is open is entered first.
function step(view, by) {
  const { state } = view, all = halts(view);
  const within = (at) => !state.open || around(view, at).has(state.open);
  const first = all.findIndex(within);
  const next = all.findIndex((at) => at >= state.at), halfway = by > 0 && all[next] > state.at;
  const here = within(state.at) || first < 0 ? next - halfway : first - (by > 0);
  pause(view);
  goTo(view, all[Math.max(0, Math.min(here + by, all.length - 1))]);
  clearTimeout(state.rest);
  state.rest = setTimeout(() => rest(view), REST);
}

// The picture takes the drawing along: into the stage that it enters, or into the block.
function goTo(view, at) {
  const { state } = view;
  state.at = at;
  const home = homeOf(view, at, state.layers), moves = home !== state.open;
  state.open = home;
  draw(view, moves ? {} : undefined);
  showCursor(view);
}

function run(view) {
  const { state, data: { way } } = view;
  clearTimeout(state.rest);
  const pace = Math.max(320, Math.min(700, 20000 / halts(view).length)); // twenty seconds where the way allows it
  state.timer = setInterval(() => {
    goTo(state.view, halts(state.view).find((at) => at > state.at) ?? state.at);
    if (state.at === way.stops.length - 1) rest(state.view);
  }, pace);
  goTo(view, state.at === way.stops.length - 1 ? 0 : state.at);
}

function pause({ state }) {
  clearInterval(state.timer);
  state.timer = null;
}

function rest(view) {
  pause(view);
  showCursor(view);
  view.send();
}

// What happens there, the shape of what comes out, and what one value of it sees of the picture.
function showCursor(view) {
  const { root, state, data: { way, diagram, colours, alive, picture } } = view;
  const [, , shape, field, work, bytes, worked, stored] = way.stops[state.at];
  const [seen, width, height] = way.fields[field], [allWork, allBytes] = way.totals;
  const said = root.querySelector(".place"), path = named(view);
  const home = view.homes.get(path), parts = home === undefined ? [] : diagram.scenes[diagram.places[home][0]].parts;
  const part = parts.find(([suffix]) => diagram.places[home][1] + suffix === path);
  // Who listens hears where a walk comes to rest, not each step on its way.
  said.setAttribute("aria-live", state.timer ? "off" : "polite");
  said.replaceChildren(html("strong", {}, path ? `After ${path}` : "The input"), part ? `, ${kindOf(part)}: ` : ": ",
    html("strong", {}, way.shapes[shape]), `. One value sees ${seen}.`);
  Object.assign(root.querySelector(".patch").style, { width: `${width}%`, height: `${height}%` });
  root.querySelector(".picture").style.backgroundImage = `url(${alive?.seen ?? picture})`;
  const sums = [[`${work} of ${allWork} ${way.unit} done`, worked], [`${bytes} of ${allBytes} stored`, stored]];
  root.querySelector(".spent").replaceChildren(...sums.map(([words, share]) => {
    const bar = html("i", { "aria-hidden": true });
    bar.style.background = `linear-gradient(to right, ${colours.residual} ${share}%, ${colours.hairline} ${share}%)`;
    return html("span", {}, words, bar);
  }));
  const [back, play, on] = root.querySelectorAll(".cursor button");
  back.disabled = !state.at;
  on.disabled = state.at === way.stops.length - 1;
  play.textContent = state.timer ? "Pause" : "Play";
}
