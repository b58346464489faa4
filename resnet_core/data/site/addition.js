// The addition of one picture in one network: what was recorded first, and all that is asked computed in the page.
import { answerWithout } from "answers";
import drawCuts from "drawing/cuts";
import drawShortcut from "drawing/shortcut";
import { run, sweeper, without } from "network";
import { asked, colours, cutsOf, hosted, link, load, oneOf, onLink, onTheme, say } from "page";
import { pictures } from "pictures";

const ALPHAS = Array.from({ length: 31 }, (_, at) => String((at - 10) / 10)); // as a link has them
const known = await load("addition.json"), scale = known.scale;
let scene = null, turn = 0;

const shortcut = hosted(drawShortcut, document.querySelector(".addition"), { at: (at) => heard(at) });
const strip = hosted(drawCuts, document.querySelector(".cutting"), { gone: (gone) => cutOut(gone) });
const vain = [], chooser = pictures(known, named(), enter);

// The network and the picture that the link names.
function named() {
  const { network, sample } = asked();
  return {
    network: oneOf("network", network, known.networks.map(({ name }) => name), known.networks.at(-1).name, vain),
    sample: oneOf("picture", sample, known.samples, known.samples[0], vain),
  };
}

// A picture before a network: blocks in figures, the maps of one block, and the place that the link names.
async function enter(picture) {
  scene?.stop();
  const place = asked(), own = !picture.sample, key = `${picture.name}|${own ? Date.now() : picture.sample}`;
  const sentences = vain.splice(0);
  say(...sentences);
  const recorded = own ? null : await load(`additions/${picture.name}.${picture.sample}.json`);
  const looked = own ? await chooser.ready() : null;
  const blocks = recorded?.blocks ?? (await run("flow"));
  const names = picture.blocks.map(({ name }) => name);
  const opened = oneOf("block", place.block, names, names[0], sentences), wish = oneOf("alpha", place.alpha, ALPHAS, "1", sentences);
  const gone = cutsOf(place, picture.blocks, sentences);
  scene = {
    ...picture, key, blocksInFigures: blocks, path: picture.blocks[names.indexOf(opened)].path, answer: recorded?.answer ?? looked.answer,
    fresh: recorded?.fresh, vain: sentences, cut: [], off: [], cutTurn: 0, tenths: Math.round(10 * wish), all: place.all === "1", pinned: pinnedOf(place.at),
  };
  Object.assign(scene, sweeper({
    classes: picture.classes, usual: scene.answer, recorded: recorded?.answers, ask: (changes) => computed(() => run("answer", changes)),
    found: (more) => draw(more),
  }));
  turn += 1;
  link({ network: picture.name, sample: picture.sample, block: opened });
  document.querySelector(".private").hidden = !own;
  const here = recorded?.block?.path === scene.path ? recorded.block : await computed(() => run("block", scene.path));
  const wanted = Number(place.channel ?? -1);
  scene.channel = here?.order.includes(wanted) ? wanted : here?.liked ?? -1;
  draw({ block: here ?? recorded.block, ...(here ? {} : { open: recorded.block.path }), sweeps: scene.sweeps(), fresh: scene.fresh, law: picture.law });
  scene.after = scene.answer;
  drawStrip();
  say(...sentences, without);
  if (gone.cut.length || gone.off.length) { scene.cutTurn += 1; await cutOut(gone); }
  await ways();
  if (scene.tenths !== 10) await sweep();
}

const pinnedOf = (text) => (/^\d+\.\d+$/.test(text ?? "") ? text.split(".").map(Number) : null);

// What needs the weights. Where they are not to be had, a sentence says so, and what is drawn stays.
async function computed(compute) {
  try {
    await chooser.ready();
    const result = await compute();
    say(...scene.vain, without);
    return result;
  } catch (error) {
    say(error.message, "What was recorded is still here: the first block, and the answers for its α.");
    return null;
  }
}

function draw(more) {
  if (!scene) return;
  const { key, blocksInFigures: blocks, photo, side, path, channel, tenths, all, pinned } = scene;
  shortcut({ key, blocks, photo, side, scale, colours: { ...colours(), below: scale[0] }, open: path, turn, channel, alone: { tenths, all, pinned }, ...more });
}

const sweep = () => scene.sweep(scene.all ? "" : scene.path, scene.tenths);

// Where the shape changes: what the paper's options let arrive.
async function ways() {
  const { path, key } = scene;
  if (scene.blocks.find((block) => block.path === path).stride === 1) return;
  const options = await computed(() => run("options", path));
  if (options && scene.key === key) draw({ options: { [path]: options } });
}

// The visitor moved in the drawing, or the drawing lacks something.
async function heard(at) {
  if (at.key !== scene.key) return;
  if (!at.have) scene.vain = []; // what the link asked for in vain has been read by whoever goes on
  const here = scene, opened = scene.blocks.find(({ path }) => path === at.block);
  const moved = at.alone ?? {};
  Object.assign(scene, { path: at.block, channel: at.channel, ...moved });
  link({ block: opened.name, channel: at.channel >= 0 ? at.channel : "", ...linked(moved) });
  if (!at.have) draw({ block: await computed(() => run("block", at.block)) ?? undefined });
  if (!at.have) await ways();
  if (at.value) draw({ value: await computed(() => run("value", at.value)) });
  if (here === scene) await sweep();
}

const linked = ({ tenths, all, pinned }) => (tenths === undefined ? {} : { alpha: tenths === 10 ? "" : tenths / 10, all: all ? 1 : "", at: pinned?.join(".") });

// Shortcuts and branches that are cut, and the answer then.
async function cutOut({ cut, off }) {
  const here = scene, names = (paths) => here.blocks.filter(({ path }) => paths.includes(path)).map(({ name }) => name).join(",");
  here.wish = cut;
  link({ cut: names(cut), off: names(off) });
  const after = cut.length || off.length ? await computed(() => run("answer", { cut, off })) : here.answer;
  if (here !== scene || here.wish !== cut) return;
  if (after) Object.assign(here, { cut, off, after });
  else Object.assign(here, { cut: [], off: [], after: here.answer, cutTurn: here.cutTurn + 1 }); // it can't be asked: whole again
  drawStrip();
}

function drawStrip() {
  if (!scene?.after) return;
  const { cut, off, blocks, answer, after, classes, photo } = scene;
  const hint = "Click an arc: its shortcut is cut. Click a box: its branch adds nothing.";
  strip({
    blocks: blocks.map(({ path, name, kind, stage, colour }) => ({ path, name, kind, stage, colour })), colours: colours(), seen: photo,
    alt: "What the network sees", cut: [...cut].sort(), off: [...off].sort(), turn: `${turn} ${scene.cutTurn}`,
    ...answerWithout(answer, after, classes, { cut, off }, blocks.length, hint, 5),
  });
}

onTheme(() => { draw({}); drawStrip(); });
onLink(() => chooser.choose(named()));
await chooser.tell();
