// Answers as the drawings write them.
export const percent = (share) => `${(100 * share).toFixed(1)} %`.replace(" ", "\u00a0");
const short = (value) => Number(value.toPrecision(4));
const ranked = (shares) => [...shares.keys()].sort((one, other) => shares[other] - shares[one]);

// The answers for each alpha that is known by now: some classes followed all the way, and the likeliest at each.
export function sweepOf(answers, classes, rows = 4) {
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

// The answer beside what is cut: now, before, and the likeliest classes of both.
export function answerWithout(before, after, classes, { cut, off }, blocks, hint, most) {
  const [was, is] = [before, after].map((shares) => { const [top] = ranked(shares); return `${classes[top]}, ${percent(shares[top])}`; });
  const best = [...classes.keys()].sort((one, other) => Math.max(before[other], after[other]) - Math.max(before[one], after[one])).slice(0, most);
  const gone = [[cut, "shortcuts"], [off, "branches"]].filter(([paths]) => paths.length).map(([paths, what]) => `${paths.length} of ${blocks} ${what}`);
  return {
    said: [is, gone.length ? `before: ${was}` : ""],
    answers: best.sort((one, other) => before[other] - before[one]).map((index) => [classes[index], before[index], after[index], percent(after[index])]),
    note: gone.length ? `Cut: ${gone.join(" and ")}. Grey bars: before.` : hint,
  };
}
