// What is said of a part: its arithmetic, and the channels that it puts out; and the drawing as a picture to keep.
function explain(view, now, number) {
  const facts = view.root.querySelector(".facts .words");
  if (number < 0) {
    const hint = view.state.open ? "Choose a part to see its arithmetic. Escape goes back." : "Open a stage to see its blocks.";
    facts.replaceChildren(html("p", { class: "muted" }, hint));
    return;
  }
  const [, name, , , [flow, ...sums]] = now.parts[number];
  facts.replaceChildren(
    html("p", {}, html("strong", {}, `${name}  `), `${kindOf(now.parts[number])}, ${flow}`),
    html("p", { class: "sums" }, ...sums.map((sum) => html("span", {}, sum))),
  );
  const seen = shown(view, now, number);
  if (seen) facts.append(strip(seen));
}

// "3×3 convolution, stride 2", "identity shortcut", "9 blocks".
const kindOf = ([, name, label]) => label.slice(name.length + 2).split(", input ")[0];

function strip([uri, count, words, back]) {
  const picture = html("img", { src: uri, alt: words });
  picture.style.aspectRatio = count;
  return html("figure", {}, picture, html("p", { class: "muted" }, back ? `${words} ${back}` : words));
}

// What is shown, on the page's background, at twice the drawing's size.
async function savePicture({ root, data, state }) {
  const shown = root.querySelector(".stage svg");
  const [, , width, height] = shown.getAttribute("viewBox").split(" ").map(Number);
  const copy = shown.cloneNode(true);
  copy.querySelectorAll(".area, .hit").forEach((area) => area.remove());
  copy.prepend(svg("rect", { width, height, fill: data.colours.page }));
  for (const [key, value] of Object.entries({ xmlns: SVG, width: 2 * width, height: 2 * height, "font-family": "sans-serif" })) {
    copy.setAttribute(key, value);
  }
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const link = document.createElement("a");
  link.download = `${[data.diagram.name, state.open.replaceAll(".", "_")].filter(Boolean).join("_")}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}
