// The app calls the drawing. Once the visitor turns to it, the network comes into the browser, and what the drawing
// asks for from then on is computed there; the server only hears where the visitor rests. Where that fails, it answers.
const REST = 400; // milliseconds
const HELD = new WeakMap(); // frame of a drawing -> what the app said last, and the network once it is here

export default (call) => {
  const { data, parentElement, setStateValue } = call;
  if (!HELD.has(parentElement)) {
    HELD.set(parentElement, {});
    for (const kind of ["pointermove", "pointerdown", "focusin"]) parentElement.addEventListener(kind, () => wake(HELD.get(parentElement)), { once: true });
  }
  const held = HELD.get(parentElement);
  if (held.key !== data.key) Object.assign(held, { key: data.key, here: null, tried: false, fresh: false, swept: new Set(), alone: { tenths: 10, all: false } });
  held.fresh ||= Boolean(data.fresh);
  Object.keys(data.sweeps ?? {}).forEach((path) => held.swept.add(path));
  held.call = { ...call, setStateValue: (name, at) => hear(held, at, (at) => setStateValue(name, at)) };
  if (held.awake) bringNetwork(held);
  const end = drawing(held.call);
  return () => { clearTimeout(held.rest); HELD.delete(parentElement); end(); };
};

function wake(held) {
  if (!held || held.awake) return;
  held.awake = true;
  bringNetwork(held);
}

// One try for each picture in each network; a browser keeps the files.
async function bringNetwork(held) {
  const { key, tried, call: { data: { network, photo } } } = held;
  if (!network || tried) return;
  held.tried = true;
  try {
    const { pixelsIn, run, start, sweeper } = await import(new URL(network.module, document.baseURI));
    const sent = await fetch(new URL(network.weights, document.baseURI)), image = Object.assign(new Image(), { src: photo });
    await image.decode();
    const classes = await start(await sent.arrayBuffer(), { besideThePage: true }), { answer } = await run("look", pixelsIn(image));
    if (held.key !== key) return;
    const found = (more) => held.key === key && drawHere(held, more);
    held.here = { run, ...sweeper({ classes, usual: answer, ask: (changes) => run("answer", changes), found }) };
  } catch { /* no worker, no network, no file: the server goes on */ }
}

// What is computed here goes into the drawing as what the server computes does.
function drawHere({ call }, more) {
  drawing({ ...call, data: { ...call.data, block: undefined, value: undefined, options: undefined, sweeps: undefined, ...more } });
}

function hear(held, at, toServer) {
  if (at.alone) held.alone = at.alone;
  if (!held.here || !held.fresh) {
    if (!at.alone) toServer(at);
    return;
  }
  const where = `${at.block} ${at.channel}`;
  clearTimeout(held.rest);
  if (where !== held.where) held.rest = setTimeout(() => { held.where = where; toServer({ ...at, have: true, own: true, value: null }); }, REST);
  compute(held, at).catch(() => { held.here = null; toServer(at); });
}

async function compute(held, { have, block: path, value }) {
  const { here, alone: { tenths, all } } = held, draw = (more) => held.here === here && drawHere(held, more);
  if (!have) {
    draw({ block: { ...(await here.run("block", path)), here: true } });
    const options = await here.run("options", path);
    if (options) draw({ options: { [path]: options } });
  } else if (value) draw({ value: await here.run("value", value) });
  else if (!held.swept.has(all ? "" : path)) await here.sweep(all ? "" : path, tenths);
}
