// What a page asks of a network: in a worker, or, where there is none, in the page itself.
export function session() {
  let network, seen, run, whole;
  const factorsOf = ({ cut = [], off = [], alpha = null, path = null }) => network.blocks.map((block) => [
    cut.includes(block.path) ? 0 : 1,
    off.includes(block.path) ? 0 : alpha !== null && (path === null || path === block.path) ? alpha : 1,
  ]);
  const answered = (changes) => { run = pass(network, whole.input, factorsOf(changes), run); return softmax(run.logits); };
  return {
    open: (buffer) => { network = readNetwork(buffer); return network.classes; },
    look: (picture) => {
      seen = seenBy(network, picture);
      whole = run = pass(network, normalised(network, seen));
      return { seen, answer: softmax(whole.logits) };
    },
    flow: () => flow(network, whole),
    block: (path) => told(network, whole, path, greyOf(seen, network.side)),
    options: (path) => optionsOf(network, whole, path),
    value: (asked) => valueOf(network, whole, asked),
    answer: (changes) => answered(changes),
    maps: ({ open, ...changes }) => ({ answer: answered(changes), maps: mapsOf(network, run, (path) => !/\..*\./.test(path) || path.startsWith(`${open}.`)) }),
  };
}

if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) {
  const here = session();
  addEventListener("message", ({ data: { id, name, asked } }) => {
    try { postMessage({ id, result: here[name](asked) }); } catch (error) { postMessage({ id, error: error.message }); }
  });
}
