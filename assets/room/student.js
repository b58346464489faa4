"use strict";
// What is asked comes by polling; an answer is kept here until the server has confirmed it, so that no gap loses one.
const room = document.body.dataset.room, at = id => document.getElementById(id);
const kept = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* keeps nothing: the page's life */ } },
};
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
const me = kept.get("room-participant") || fresh();
kept.set("room-participant", me);
const answers = kept.get(`room-${room}`) || {};
let now = null, joined = false, failures = 0, ended = false, busy = false, timer = 0, drawn = "", trouble = "", unfit = "";

async function ask(path, body) {
  const given_up = new AbortController(), patience = setTimeout(() => given_up.abort(), 8000);
  try {
    const how = !body ? { headers: { Participant: me } } : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ participant: me, ...body }) };
    const reply = await fetch(`${room}/${path}`, { cache: "no-store", signal: given_up.signal, ...how });
    const said = await reply.json();
    if (!reply.ok) throw Object.assign(new Error(said.error), { status: reply.status });
    return said;
  } finally { clearTimeout(patience); }
}

function keep() { kept.set(`room-${room}`, answers); }

async function join() {
  const given = (await ask("join", {})).answers;
  for (const key in answers) if (answers[key].sent && !(key in given)) delete answers[key];  // asked anew meanwhile
  for (const key in given) if (!answers[key] || answers[key].sent) answers[key] = { value: given[key], sent: true };
  joined = true;
  keep();
}

async function send() {
  for (const key in answers) {
    const mine = answers[key], [step, round] = key.split(" ");
    if (mine.sent || mine.refused) continue;
    try {
      await ask("answer", { step, round: Number(round), answer: mine.value });
      if (answers[key] === mine) mine.sent = true;
    } catch (error) {
      if (error.status === 403) { joined = false; throw error; }
      if (![409, 413, 422].includes(error.status)) throw error;
      mine.refused = error.message;
    }
    keep();
  }
}

async function beat() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  try {
    if (!joined) await join();
    await send();
    const news = await ask("now");
    now = news;
    forget();
    failures = 0; trouble = ""; ended = false;
  } catch (error) {
    failures++;
    ended = error.status === 410 || error.status === 404;
    trouble = error.status ? error.message : "No connection. What you answer is kept here, and sent once it is back.";
  }
  busy = false;
  draw();
  const unsent = Object.values(answers).some(answer => !answer.sent && !answer.refused);
  const pause = ended ? 30000 : failures ? Math.min(1000 * 2 ** failures, 10000) : document.hidden ? 10000 : unsent ? 0 : 1400;
  timer = setTimeout(beat, pause + Math.random() * 300);
}

function forget() {  // what was answered before the question was asked anew
  for (const key in answers) {
    const asking = answers[key].asking;
    if (key.startsWith(`${now.step} `) && asking && asking !== now.asking) delete answers[key];
  }
  keep();
}

function choose(value) {
  unfit = "";
  answers[`${now.step} ${now.round}`] = { value, sent: false, asking: now.asking };
  keep();
  draw();
  beat();
}

function draw() {
  at("said").className = trouble ? "bad" : "";
  at("said").textContent = trouble;
  if (ended) return close();
  if (!now && trouble) at("ask").textContent = "You are not in yet";
  if (!now) return;
  at("class").textContent = now.step && now.state === "open" ? `${now.answered} of ${now.joined} ${now.joined === 1 ? "has" : "have"} answered` : `${now.joined} here`;
  if (!now.step) { at("ask").textContent = "You are in"; at("said").textContent ||= "The first question appears here. Keep this page open."; return; }
  const key = `${now.step} ${now.round}`, mine = answers[key], view = `${key} ${now.state} ${now.asking}`;
  if (drawn !== view) { drawn = view; build(mine); }
  for (const button of at("answer").querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", String(mine?.value === button.value));
  at("race").hidden = !(now.state === "locked" && now.race);
  if (now.race) { [at("race").value, at("race").max] = now.race; }
  if (!trouble) [at("said").textContent, at("said").className] = unfit ? [unfit, "bad"] : status(mine);
}

function close() {  // nothing that can be pressed, and nothing of what was asked, is left
  now = null; drawn = "";
  at("ask").textContent = "This room has ended";
  at("class").textContent = "";
  at("said").className = "";
  at("answer").replaceChildren();
  for (const name of ["turn", "race", "verdict", "bars"]) at(name).hidden = true;
}

function status(mine) {
  const said = mine && `${mine.value} ${now.unit}`.trim();
  if (mine?.refused) return [mine.refused, "bad"];
  if (now.state === "revealed") {
    if (!mine?.sent) return ["You gave no answer.", ""];
    const right = now.right === null ? null : now.options ? mine.value === now.right : Math.abs(mine.value - now.right) <= now.slack;
    return right === null ? [`You said ${said}.`, ""] : right ? [`You said ${said}: right.`, "good"] : [`You said ${said}.`, ""];
  }
  if (now.state === "locked") {
    const far = now.race ? ` The race is at step ${now.race[0]} of ${now.race[1]}.` : " The race begins.";
    return [(mine?.sent ? `Your guess is locked: ${said}.` : "You gave no guess.") + far, ""];
  }
  if (!mine) return ["", ""];
  return mine.sent ? ["Your answer is in. You may change it until it is shown.", "good"] : ["Sending …", ""];
}

function build(mine) {
  unfit = "";
  at("ask").textContent = now.ask;
  at("turn").hidden = !(now.round === 2 && now.state === "open");
  at("turn").textContent = "Second vote: talk to your neighbour, then answer again.";
  const place = at("answer");
  place.replaceChildren();
  if (now.state === "open") place.append(now.options ? choices() : field(mine));
  at("verdict").hidden = at("bars").hidden = now.state !== "revealed";
  if (now.state === "revealed") { at("verdict").textContent = now.verdict; at("bars").replaceChildren(...rows()); }
}

function element(name, more, ...children) { const made = Object.assign(document.createElement(name), more); made.append(...children); return made; }

function choices() {
  const list = element("div", { className: "choices" });
  for (const option of now.options) {
    const button = element("button", { type: "button", value: option, onclick: () => choose(option) }, option);
    button.setAttribute("aria-pressed", "false");
    list.append(button);
  }
  return list;
}

function field(mine) {
  const input = element("input", { id: "number", inputMode: "decimal", autocomplete: "off", maxLength: 20, value: mine?.value ?? "" });
  const label = element("label", { htmlFor: "number" }, `A number from ${now.range}`);
  const form = element("form", { noValidate: true }, label, input, element("button", {}, "Send"));
  input.oninput = () => { unfit = ""; draw(); };
  form.onsubmit = event => {
    event.preventDefault();
    const text = input.value.trim().replace(",", "."), value = Number(text);
    if (text && value >= now.least && value <= now.most) return choose(String(value));
    unfit = `Write a number from ${now.least} to ${now.most}.`;
    draw();
  };
  return form;
}

function rows() {
  const most = Math.max(1, ...now.bars.flatMap(([, counts]) => counts));
  return now.bars.map(([label, counts, right]) => {
    const drawn = counts.map((count, index) => {
      const bar = element("i", { className: index < counts.length - 1 ? "first" : "" });
      bar.style.width = `${100 * count / most}%`;
      return bar;
    });
    return element("tr", { className: right ? "right" : "" }, element("td", {}, right ? `✓ ${label}` : label), element("td", {}, ...drawn), element("td", {}, String(counts[counts.length - 1])));
  });
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
addEventListener("online", beat);
addEventListener("storage", event => {  // the same student's other tab has answered
  if (event.key === `room-${room}`) { Object.assign(answers, kept.get(event.key)); draw(); }
});
beat();
