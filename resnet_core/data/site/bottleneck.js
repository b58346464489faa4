// The page of the bottleneck: four choices, three stacks and a table, all computed here.
import { asked, colours, link, onLink, onTheme, say } from "page";
import { compare, drawStack, first, offered, titles, total, whole, withNorm } from "stacks";

const fields = Object.fromEntries(Object.keys(offered).map((name) => [name, document.querySelector(`select[name=${name}]`)]));
const chosen = { ...first };
for (const [name, field] of Object.entries(fields)) field.onchange = () => { chosen[name] = Number(field.value); show(); link({ [name]: chosen[name] === first[name] ? "" : chosen[name] }); };

// What the link names; what it asks for in vain is said.
function hear() {
  const place = asked(), vain = [];
  for (const [name, values] of Object.entries(offered)) {
    const wish = Number(place[name] ?? first[name]);
    chosen[name] = values.includes(wish) ? wish : first[name];
    if (!values.includes(wish)) vain.push(`The link asks for ${name} ${place[name].slice(0, 40)}; there are ${values.join(", ")}. You see ${first[name]}.`);
  }
  show(vain);
}

function show(vain = []) {
  const sentences = [...vain], settings = { ...chosen };
  if (settings.width % settings.groups) {
    sentences.push(`${settings.groups} groups do not divide ${settings.width} channels: shown is one group.`);
    settings.groups = 1;
  }
  for (const [name, field] of Object.entries(fields)) field.value = chosen[name];
  say(...sentences);
  const stacks = compare(settings), { size } = settings, full = total(stacks.basic);
  const share = (terms) => `${((100 * total(terms)) / full).toFixed(1)} %`;
  for (const name of Object.keys(titles)) document.querySelector(`.stack.${name}`).replaceChildren(drawStack(stacks, name, colours()));
  document.querySelector(".sentence").textContent = `${whole(total(stacks.bottleneck))} weights stand against ${whole(full)}: ${share(stacks.bottleneck)}. The area of each square is its number of weights, on one scale. The green arc carries the input to the addition.`;
  document.querySelector(".macs").textContent = `MACs at ${size}×${size}`;
  document.querySelector(".stacks-table tbody").replaceChildren(...Object.entries(stacks).map(([name, terms]) => {
    const line = document.createElement("tr"), cells = [whole(total(terms)), share(terms), whole(withNorm(terms)), whole(total(terms, "macs"))];
    line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: titles[name] }));
    line.append(...cells.map((words) => Object.assign(document.createElement("td"), { textContent: words })));
    return line;
  }));
}

onTheme(() => show());
onLink(hear);
hear();
