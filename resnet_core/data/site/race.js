// The race: a guess first, then two networks that train in the browser, and the guess judged at the end.
import drawRace from "drawing/race";
import { asked, colours, hosted, link, load, onLink, onTheme, say } from "page";
import { race } from "racers";
import { judged, soFar } from "verdict";

const BEAT = 200; // milliseconds between two drawings
const MOST_SEED = 9999;
const known = await load("race.json"), { recipe, looks } = known, arms = Object.keys(looks);
const form = document.querySelector("form.start"), [guessField, seedField] = form.querySelectorAll("input"), go = form.querySelector("button");
const place = document.querySelector(".racing"), stop = place.querySelector(".stop"), draw = hosted(drawRace, place, { wish: () => ended("stopped") });
let now = fresh(0), digits = null, end = () => {}, waits = false;

// The seed of a race that runs in this tab: who comes back after leaving it is told. A frame may have no storage.
const mark = {
  remember(seed) { try { sessionStorage.setItem("racing", seed); } catch { /* nobody is told */ } },
  forget() { try { const seed = sessionStorage.getItem("racing"); sessionStorage.removeItem("racing"); return seed; } catch { return null; } },
};

function fresh(seed) {
  const line = (arm) => ({ name: arm, ...looks[arm], step: 0, train: [], unseen: [], faint: [], smooth: [], weighed: 0, weights: 0 });
  return { seed, state: "ready", guess: null, began: 0, seconds: 0, said: "", arms: Object.fromEntries(arms.map((arm) => [arm, line(arm)])) };
}

// What stands in the link: the seed alone. A guess is nobody else's.
function hear() {
  const wish = asked().seed ?? "0", is = isSeed(wish);
  if (now.state === "running") return;
  say(!is && `The link asks for the seed “${wish.slice(0, 40)}”; seeds are whole numbers from 0 to ${MOST_SEED}. You see 0.`);
  seedField.value = is ? wish : "0";
  now = fresh(Number(seedField.value));
  show();
}

const isSeed = (text) => /^\d{1,4}$/.test(text);

form.onsubmit = async (event) => {
  event.preventDefault();
  const guess = guessField.value === "" && !guessField.validity.badInput ? null : guessField.valueAsNumber;
  if (guess !== null && !(guess >= 0 && guess <= 100 && guess % 1 === 0)) { say("A guess is a whole number from 0 to 100, or nothing at all."); guessField.focus(); return; }
  if (!isSeed(seedField.value)) { say(`A seed is a whole number from 0 to ${MOST_SEED}.`); seedField.focus(); return; }
  now = { ...fresh(Number(seedField.value)), state: "running", guess, began: performance.now() };
  link({ seed: now.seed || "" });
  mark.remember(now.seed);
  say();
  paint();
  stop.focus({ preventScroll: true }); // what was pressed can't be pressed now
  const here = now;
  try { digits ??= await digitsOf(); } catch (error) { ended("failed", error.message); return; }
  if (here !== now || now.state !== "running") return; // stopped meanwhile
  end = race({ recipe, digits, seed: now.seed }, arms, { tell: (report) => here === now && take(report), without: say, failed: (words) => ended("failed", words) });
};

async function digitsOf() {
  const bytes = new Uint8Array(await load("digits.bin")), count = recipe.learned + recipe.unseen, area = recipe.side ** 2;
  if (bytes.length !== count * (area + 1)) throw new Error(`digits.bin has ${bytes.length} bytes, not ${count * (area + 1)}: it did not arrive whole.`);
  return { pixels: bytes.subarray(0, count * area), labels: bytes.subarray(count * area) };
}

// One report of a network: a step, or a pass and what it then answered.
function take({ arm, step, loss, train, unseen, answers }) {
  const line = now.arms[arm];
  line.step = step;
  if (loss !== undefined && !Number.isFinite(loss)) line.lost = true;
  else if (loss !== undefined) {
    line.weighed = line.weighed * (1 - known.smoothing) + loss;
    line.weights = line.weights * (1 - known.smoothing) + 1;
    line.faint.push([step, loss]);
    line.smooth.push([step, line.weighed / line.weights]);
  }
  if (answers) {
    line.train.push([step, train]);
    line.unseen.push([step, unseen]);
    line.answers = answers;
    showAnswers();
  }
  const lines = Object.values(now.arms);
  if (lines.every(({ lost, unseen: passes }) => lost || passes.length === recipe.passes)) ended("finished");
  else show();
}

const results = () => Object.fromEntries(arms.map((arm) => [arm, { unseen: now.arms[arm].unseen.at(-1)?.[1], lost: now.arms[arm].lost }]));

function ended(state, words = "") {
  if (now.state !== "running") return;
  end();
  mark.forget();
  Object.assign(now, { state, seconds: (performance.now() - now.began) / 1000 });
  if (words) say(words);
  if (state === "finished") { keep(); seedField.value = String((now.seed + 1) % (MOST_SEED + 1)); guessField.value = ""; }
  const held = document.activeElement === stop; // which goes
  paint();
  if (held) go.focus({ preventScroll: true });
}

function sentence() {
  if (now.state === "ready" || now.state === "failed") return "";
  if (now.state !== "running" && now.guess !== null) return judged(now.guess, arms[0], results(), known.close);
  const passes = Math.min(...Object.values(now.arms).map(({ unseen }) => unseen.length)); // what both have done
  if (!passes && now.state !== "running") return "It ended before unseen digits were tried.";
  if (!passes && !Object.values(now.arms).some(({ lost }) => lost)) return now.guess === null ? "Nobody guessed." : `Your guess, locked: the ${arms[0]} network gets ${now.guess} of 100 wrong.`;
  const equal = Object.fromEntries(arms.map((arm) => [arm, { unseen: now.arms[arm].unseen[passes - 1]?.[1], lost: now.arms[arm].lost }]));
  return soFar((passes * recipe.steps) / recipe.passes, equal);
}

function how() {
  const step = Math.min(...Object.values(now.arms).map(({ step: at, lost }) => (lost ? recipe.steps : at)));
  const title = `${recipe.layers} layers, ${arms.join(" against ")} · seed ${now.seed}`;
  if (now.state === "ready") return [`${title} · nothing is trained yet`, 0];
  const seconds = Math.round(now.seconds || (performance.now() - now.began) / 1000);
  if (now.state !== "running") return [`${title} · ${now.state} after ${step} of ${recipe.steps} steps and ${seconds} s`, step];
  return [`${title} · ${step ? `step ${step} of ${recipe.steps}` : "building the networks"}`, step];
}

// At most so often: drawing takes time from the networks.
function show() {
  if (waits) return;
  waits = true;
  setTimeout(() => { waits = false; paint(); }, now.state === "running" ? BEAT : 0);
}

function paint() {
  const [words, step] = how(), running = now.state === "running";
  draw({ colours: colours(), how: words, step, total: recipe.steps, said: sentence(), state: running ? "running" : "stopped", mine: true, lines: Object.values(now.arms) });
  go.disabled = guessField.disabled = seedField.disabled = running;
  go.textContent = now.state === "ready" ? "Start the race" : running ? "Racing" : "Race again";
}

// Some of the unseen digits, and what each network says they are.
const table = document.querySelector(".answers");

async function showDigits() {
  try { digits ??= await digitsOf(); } catch (error) { say(error.message); return; }
  const row = table.querySelector("thead tr"), area = recipe.side ** 2;
  for (let at = 0; at < known.shown; at += 1) {
    const label = digits.labels[recipe.learned + at], cell = document.createElement("th"), canvas = document.createElement("canvas");
    cell.scope = "col";
    canvas.width = canvas.height = recipe.side;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `a ${label}`);
    const picture = new ImageData(recipe.side, recipe.side), first = (recipe.learned + at) * area;
    for (let place = 0; place < area; place += 1) picture.data[4 * place + 3] = digits.pixels[first + place];
    canvas.getContext("2d").putImageData(picture, 0, 0);
    cell.append(canvas);
    row.append(cell);
  }
  table.hidden = false;
  showAnswers();
}

function showAnswers() {
  if (!digits) return;
  table.querySelector("tbody").replaceChildren(...arms.map((arm) => {
    const line = document.createElement("tr"), { answers } = now.arms[arm];
    line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: arm, className: arm }));
    for (let at = 0; at < known.shown; at += 1) {
      const cell = document.createElement("td"), wrong = answers && answers[at] !== digits.labels[recipe.learned + at];
      cell.textContent = answers ? answers[at] : "?";
      if (wrong) cell.append(Object.assign(document.createElement("span"), { className: "aside", textContent: " wrong" }));
      cell.className = answers ? (wrong ? "wrong" : "right") : "open";
      line.append(cell);
    }
    return line;
  }));
}

// The visitor's races on this page, one below the other.
function keep() {
  const found = results(), list = document.querySelector(".kept"), line = document.createElement("tr");
  const cells = [now.guess ?? "", ...arms.map((arm) => (found[arm].lost ? "diverged" : (100 * found[arm].unseen).toFixed(1))), `${now.seconds.toFixed(0)} s`];
  line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: now.seed }));
  line.append(...cells.map((words) => Object.assign(document.createElement("td"), { textContent: words })));
  list.querySelector("tbody").append(line);
  list.hidden = false;
}

onTheme(paint);
onLink(hear);
hear();
const left = mark.forget();
if (left !== null) say(`The race with seed ${left} ended when you left the page. Started again, it begins with the same weights and batches.`);
await showDigits();
