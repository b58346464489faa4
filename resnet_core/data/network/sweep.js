// The answers for each alpha, asked one after the other: first the one that is looked at, then 0, then the rest.
const ALPHAS = Array.from({ length: 31 }, (_, at) => at - 10); // tenths
const BEAT = 250; // milliseconds between two looks at a curve that grows

// `usual` is the answer as trained, `recorded` has some paths' answers already, "" stands for all blocks. `found` is
// called with {sweeps} whenever there is more to draw, and `ask(changes)` gives an answer, or null where there is none.
export function sweeper({ classes, usual, recorded = {}, ask, found }) {
  const known = new Map(Object.entries(recorded));
  let looked = 10, wanted = null;
  const sweeps = () => Object.fromEntries([...known].filter(([, answers]) => answers[20]).map(([path, answers]) => [path, sweepOf(answers, classes)]));
  async function sweep(path, tenths) {
    looked = tenths;
    if (wanted === path) return;
    if (!known.has(path)) known.set(path, ALPHAS.map((alpha) => (alpha === 10 ? usual : null)));
    const answers = known.get(path), next = () => [looked, 0, ...ALPHAS].find((alpha) => !answers[alpha + 10]);
    wanted = next() === undefined ? null : path;
    let shown = 0;
    for (let alpha = next(); alpha !== undefined && wanted === path; alpha = next()) {
      const answer = await ask({ alpha: alpha / 10, path: path || null });
      if (!answer) { wanted = null; return; }
      answers[alpha + 10] = answer;
      if (wanted === path && (alpha === looked || performance.now() - shown > BEAT)) { found({ sweeps: sweeps() }); shown = performance.now(); }
    }
    if (wanted === path) { wanted = null; found({ sweeps: sweeps() }); }
  }
  return { sweep, sweeps, stop: () => { wanted = null; } };
}

const ranked = (shares) => [...shares.keys()].sort((one, other) => shares[other] - shares[one]);

// The answers that are known by now: some classes followed all the way, and the likeliest at each alpha.
function sweepOf(answers, classes, rows = 4) {
  const known = answers.filter(Boolean), usual = answers[20];
  const most = (index) => Math.max(...known.map((shares) => shares[index]));
  const [likeliest] = ranked(usual), others = classes.map((_, index) => index).filter((index) => index !== likeliest);
  others.sort((one, other) => most(other) - most(one));
  const followed = [likeliest, ...others.slice(0, rows - 1).sort((one, other) => usual[other] - usual[one])];
  return {
    rows: followed.map((index) => [classes[index], answers.map((shares) => (shares ? short(shares[index]) : null))]),
    tops: answers.map((shares) => { if (!shares) return null; const [top] = ranked(shares); return [classes[top], short(shares[top])]; }),
  };
}
