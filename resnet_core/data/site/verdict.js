// What a race says at its end, in the words of resnet_core.lab.runs.verdict, to which a test holds them.
const of100 = (share) => (100 * share).toFixed(1);
const others = (arms, asked) => Object.keys(arms).filter((arm) => arm !== asked && arms[arm].unseen !== undefined && !arms[arm].lost);

// `arms`: name -> {unseen, lost}; `unseen` is the share of unseen pictures that was wrong, `lost` whether it diverged.
export function judged(guess, asked, arms, close) {
  const { unseen, lost } = arms[asked], said = `You said ${guess} of 100.`;
  const rest = others(arms, asked).map((arm) => `the ${arm} network ${of100(arms[arm].unseen)}`);
  const along = rest.length ? ` In the same race: ${rest.join(", ")}.` : "";
  if (lost) return `${said} The ${asked} network diverged: it answers nothing.${along}`;
  if (unseen === undefined) return `${said} Nobody knows: the race ended before unseen pictures were tried.`;
  const off = guess - 100 * unseen;
  const how = Math.abs(off) <= close ? "that is close" : `${Math.abs(off).toFixed(0)} ${off > 0 ? "fewer" : "more"} than you said`;
  return `${said} The ${asked} network got ${of100(unseen)} of 100 unseen pictures wrong: ${how}.${along}`;
}

// The same while it runs, and at the end where nobody guessed.
export function soFar(step, arms) {
  const known = Object.keys(arms).filter((arm) => arms[arm].unseen !== undefined).sort((one, other) => arms[one].unseen - arms[other].unseen);
  const lost = Object.keys(arms).filter((arm) => arms[arm].lost).map((arm) => `The ${arm} network diverged, and its curve ends there.`);
  const wrong = known.map((arm) => `${arm} ${of100(arms[arm].unseen)}\u00a0%`).join(", ");
  return [...lost, ...(known.length ? [`Wrong answers on pictures that no network has trained on, at step ${step}: ${wrong}.`] : [])].join(" ");
}
