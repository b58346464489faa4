// Answers as the drawings write them.
export const percent = (share) => `${(100 * share).toFixed(1)} %`.replace(" ", "\u00a0");
const ranked = (shares) => [...shares.keys()].sort((one, other) => shares[other] - shares[one]);

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
