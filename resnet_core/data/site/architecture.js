// Every variant, opened level by level, with a picture on its way through it.
import { answerWithout } from "answers";
import drawExplorer from "drawing/explorer";
import { run, without } from "network";
import { asked, colours, cutsOf, hosted, link, load, oneOf, onLink, onTheme, say } from "page";
import { pictures } from "pictures";

const known = await load("architecture.json"), { variants, scale } = known;
const select = document.querySelector(".variant select"), chosen = document.querySelector(".pictures");
const explorer = hosted(drawExplorer, document.querySelector(".architecture"), { at: (at) => moved(at), gone: (gone) => cutOut(gone), proposed: () => wake() });
let variant = null, turn = 0, alive = null;

const networkOf = (model) => known.networks.find((network) => network.model === model);
const chooser = pictures(known, { network: known.networks.at(-1).name, sample: known.samples[0] }, enter);

// A variant, at the place that the link names.
async function open() {
  const state = asked(), vain = [], here = (what, value, there, first = "") => oneOf(what, value, there, first, vain);
  const model = here("network", state.model, variants, known.first), sample = here("picture", state.sample, known.samples, known.samples[0]);
  const data = await load(`variants/${model}.json`), { places, stops } = data.way;
  const layers = [...places, ...stops.map(([place, suffix]) => places[place] + suffix)];
  variant = {
    ...data, model, sample, vain, open: here("part", state.open, Object.keys(data.diagram.places)),
    layer: here("layer", state.layer, layers), stop: here("stop", state.stop, layers), cut: state.cut, off: state.off,
  };
  select.value = model;
  turn += 1;
  alive = null;
  say(...vain);
  showFacts();
  draw();
  if (state.alive && networkOf(model)) await chooser.choose({ network: networkOf(model).name, sample });
  chosen.hidden = !alive;
}

function showFacts() {
  const { facts } = variant, row = ([name, value]) => { const pair = document.createElement("div"); pair.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value })); return pair; };
  document.querySelector(".sizes").replaceChildren(...facts.map(row));
  const details = document.querySelector("details.table");
  details.ontoggle = () => details.open && showTable(details.querySelector("tbody"));
  if (details.open) showTable(details.querySelector("tbody"));
}

// The drawing's numbers as a table: what comes out of each layer, and the sums up to there.
function showTable(body) {
  const { way } = variant;
  body.replaceChildren(...way.stops.map(([place, suffix, shape, field, work, bytes]) => {
    const line = document.createElement("tr"), cells = [way.places[place] + suffix, way.shapes[shape], way.fields[field][0], work, bytes];
    line.append(...cells.map((words) => Object.assign(document.createElement("td"), { textContent: words })));
    return line;
  }));
}

function draw() {
  if (!variant) return;
  const { diagram, way, model, open, layer, stop } = variant, network = networkOf(model);
  const proposal = alive ? "" : `Send a picture through${network ? "" : ` ${known.networks.at(-1).model}`}`;
  explorer({ diagram, way, picture: known.picture, colours: colours(), alive: alive?.shown ?? null, proposal, open, layer, stop, turn });
}

async function moved({ name, open, layer, stop, turn: heard }) {
  if (name !== variant.diagram.name || heard !== turn) return;
  const entered = open !== variant.open;
  Object.assign(variant, { open, layer, stop });
  link({ open, layer, stop });
  if (alive && entered) { await look(); draw(); }
}

// A picture is sent through: through this network, if the browser has weights for it, else through one that has.
async function wake() {
  const network = networkOf(variant.model) ?? known.networks.at(-1);
  link({ alive: 1, ...(network.model !== variant.model && { model: network.model, open: "", layer: "", stop: "" }) });
  await (network.model === variant.model ? chooser.choose({ network: network.name, sample: variant.sample }) : open());
}

async function enter(picture) {
  try {
    const { answer } = await chooser.ready(), vain = variant.vain.splice(0);
    alive = { ...picture, before: answer, gone: cutsOf(variant, picture.blocks, vain), turn: (alive?.turn ?? 0) + 1 };
    if (picture.sample) link({ sample: picture.sample });
    document.querySelector(".private").hidden = Boolean(picture.sample);
    await look();
    say(...vain, without);
  } catch (error) {
    alive = null;
    say(error.message, "The drawing is here without a picture.");
  }
  chosen.hidden = !alive;
  draw();
}

// What every part that is in sight puts out now, and the answer.
async function look() {
  const { gone, before, classes, blocks, photo } = alive, { answer, maps } = await run("maps", { ...gone, open: variant.open });
  const parts = Object.fromEntries(Object.entries(maps).map(([path, one]) => [path, [strip(one), one.channels.length, wordsOf(one), ""]]));
  const names = Object.fromEntries(blocks.map(({ path, name }) => [path, name]));
  const cuts = { cut: [...gone.cut].sort(), off: [...gone.off].sort(), turn: alive.turn, names };
  alive.shown = { parts, back: {}, seen: photo, cuts: { ...cuts, ...answerWithout(before, answer, classes, gone, blocks.length, "Open a stage and click an arc: its shortcut is cut.", 2) } };
}

async function cutOut({ cut, off }) {
  alive.gone = { cut, off };
  const names = (paths) => alive.blocks.filter(({ path }) => paths.includes(path)).map(({ name }) => name).join(",");
  link({ cut: names(cut), off: names(off) });
  await look();
  draw();
}

const minus = (text) => text.replaceAll("-", "−");
const wordsOf = ({ channels, lowest, highest }) => minus(`Strongest channels: ${channels.join(", ")}. White is 0, blue above, orange below; values from ${lowest.toFixed(2)} to ${highest.toFixed(2)}.`);

// Maps side by side as a picture, one pixel a value, white at zero.
function strip({ row, side, channels }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side * channels.length, height: side });
  const [low, zero, high] = scale.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  const shown = new ImageData(canvas.width, side), bound = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  row.forEach((value, at) => {
    const share = Math.abs(value) / bound, end = value < 0 ? low : high;
    shown.data.set([...zero.map((white, part) => white + (end[part] - white) * share), 255], 4 * at);
  });
  canvas.getContext("2d").putImageData(shown, 0, 0);
  return canvas.toDataURL("image/png");
}

select.onchange = () => { link({ model: select.value, open: "", layer: "", stop: "", cut: "", off: "" }); open(); };
onTheme(draw);
onLink(open);
await open();
