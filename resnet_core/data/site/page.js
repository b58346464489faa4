// What all pages share: their data, their link, their colours, and a place for sentences.

// What stands within the page (a single file has all of it), else what lies beside it.
export async function load(name) {
  const within = document.querySelector(`script[data-name="${name}"]`);
  if (within) return name.endsWith(".json") ? JSON.parse(within.textContent) : bytesOf(within.textContent).buffer;
  const answer = await fetch(new URL(name, document.baseURI)).catch(() => null);
  if (!answer?.ok) throw new Error(`${name} can't be loaded${answer ? ` (${answer.status})` : ""}. Is the folder whole, and the network there?`);
  return name.endsWith(".json") ? answer.json() : answer.arrayBuffer();
}

export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// The state of a page stands behind the # of its link, which no server ever gets to see.
export const asked = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

export function link(changes) {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === undefined) state.delete(name);
    else state.set(name, value);
  }
  const hash = state.toString().replaceAll("%2C", ",");
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname.split("/").at(-1) || "#");
}

// Someone opens another link of the same page.
export const onLink = (act) => addEventListener("hashchange", act);

export function say(...sentences) {
  const place = document.querySelector(".say"), words = sentences.filter(Boolean);
  place.replaceChildren(...words.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  place.hidden = !words.length;
}

// A value of the link that is one of those there are; what is asked for in vain is said.
export function oneOf(what, value, there, first, vain) {
  if (!value || there.includes(value)) return value || first;
  vain.push(`The link asks for the ${what} “${value.slice(0, 60)}”, which is not here.${first && ` You see ${first}.`}`);
  return first;
}

// Of several names in the link those that there are; the others are said.
function someOf(what, text, there, vain) {
  const names = (text ?? "").split(",").filter(Boolean), gone = names.filter((name) => !there.includes(name));
  if (gone.length) vain.push(`The link asks for the ${what} “${gone.join(", ").slice(0, 60)}”, which ${gone.length > 1 ? "are" : "is"} not here.`);
  return names.filter((name) => there.includes(name));
}

// The blocks whose shortcuts (cut) and branches (off) the link takes away, as paths.
export const cutsOf = (place, blocks, vain) => Object.fromEntries(["cut", "off"].map((kind) => {
  const names = someOf("block", place[kind], blocks.map(({ name }) => name), vain);
  return [kind, blocks.filter(({ name }) => names.includes(name)).map(({ path }) => path)];
}));

const DARK = matchMedia("(prefers-color-scheme: dark)");
export const theme = () => document.documentElement.dataset.theme ?? (DARK.matches ? "dark" : "light");
const PALETTES = JSON.parse(document.querySelector('script[data-name="palettes.json"]').textContent);
export const colours = () => PALETTES[theme()];

const repaints = [];
export const onTheme = (paint) => repaints.push(paint);
const repaint = () => { nameTheme(); repaints.forEach((paint) => paint()); };
DARK.addEventListener("change", repaint);

// A button for the other theme: a projector wants light, a dim room dark, whatever the machine is set to.
const button = document.querySelector("button.theme");
const nameTheme = () => button && (button.textContent = theme() === "dark" ? "Light" : "Dark");
const remember = (value) => { try { localStorage.setItem("theme", value); } catch { /* a page from a file may have no store */ } };
button?.addEventListener("click", () => {
  document.documentElement.dataset.theme = theme() === "dark" ? "light" : "dark";
  remember(theme());
  repaint();
});
nameTheme();

// The link, to take along; and the one line that shows this page within another.
const share = document.querySelector(".share");
share?.addEventListener("toggle", () => share.open && writeLinks());
addEventListener("hashchange", writeLinks);
export function writeLinks() {
  if (!share) return;
  const [address, frame] = share.querySelectorAll("input");
  address.value = location.href;
  frame.value = `<iframe src="${location.href.replaceAll("&", "&amp;")}" width="100%" height="900" style="border:0" title="${document.title}"></iframe>`;
}
share?.querySelectorAll("button").forEach((copy) => copy.addEventListener("click", async () => {
  const field = copy.previousElementSibling;
  field.select();
  try { await navigator.clipboard.writeText(field.value); copy.textContent = "Copied"; } catch { copy.textContent = "Press Ctrl+C"; }
  setTimeout(() => { copy.textContent = "Copy"; }, 2000);
}));

if (window.self !== window.top) document.documentElement.classList.add("framed"); // within a course page: the live thing alone

// A drawing in its frame: the same module as the app has, called with data, and heard by name.
export function hosted(drawing, element, heard) {
  const setStateValue = (name, value) => queueMicrotask(() => heard[name]?.(value));
  return (data) => { element.classList.add("drawn"); drawing({ data, parentElement: element, setStateValue }); };
}

// What is wrong with a page is said on it, and what is drawn stays.
addEventListener("unhandledrejection", (event) => { event.preventDefault(); say(event.reason?.message ?? String(event.reason)); });
