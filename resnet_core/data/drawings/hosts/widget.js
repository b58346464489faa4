// A notebook calls the drawing through anywidget: its model gives the data, and hears what the reader does.
export default { render };

const SETTLED = 400; // milliseconds: a theme's style sheet comes after its name
const TOKENS = { text: "ink", background: "page", "secondary-background": "surface", border: "hairline", primary: "residual", link: "residual",
  green: "identity", violet: "projection", orange: "plain", "code-background": "surface" }; // what the style sheets call a colour: its name in the palette
const THEMED = { attributes: true, attributeFilter: ["class", "style", "theme", "data-theme", "data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind"] };

function render({ model, el }) {
  // Its own root, so that neither style reaches the other; and keys belong to the drawing, not to the notebook.
  const host = el.appendChild(html("div", { class: "resnet-explainer", "data-lm-suppress-shortcuts": "true" }));
  const parentElement = host.attachShadow({ mode: "open" });
  parentElement.innerHTML = `<style>${model.get("_style")}</style><div class="sheet">${model.get("_frame")}</div>`;
  const setStateValue = (name, value) => { model.set(name, value); model.save_changes(); };
  let theme, end;
  const show = () => {
    theme = isDark(host) ? "dark" : "light";
    const look = model.get("_themes")[theme];
    for (const [name, colour] of Object.entries(TOKENS)) host.style.setProperty(`--st-${name}-color`, look.colours[colour]);
    host.style.colorScheme = theme;
    end = drawing({ data: { ...model.get("_still"), ...look, ...whereabouts(model) }, parentElement, setStateValue });
  };
  const look = () => host.isConnected && isDark(host) !== (theme === "dark") && show();
  const lookAgain = () => { look(); setTimeout(look, SETTLED); };
  const themes = new MutationObserver(lookAgain), sizes = new ResizeObserver(look), dark = matchMedia("(prefers-color-scheme: dark)");
  for (const element of [document.documentElement, document.body]) themes.observe(element, THEMED);
  sizes.observe(host); // it is drawn before it has its place on the page, where there is a background to see
  dark.addEventListener("change", lookAgain);
  for (const name of ["_still", "_moving", "_themes"]) model.on(`change:${name}`, show);
  show();
  return () => {
    themes.disconnect();
    sizes.disconnect();
    dark.removeEventListener("change", lookAgain);
    end?.();
  };
}

// What Python said last, and where the reader went since: a second view of a widget begins there.
function whereabouts(model) {
  const moving = model.get("_moving"), { turn, open, layer, stop } = model.get("at");
  return stop !== undefined && turn === moving.turn ? { ...moving, open, layer, stop } : moving;
}

// Whether the notebook is dark: by what is painted behind the drawing, which all notebooks have.
function isDark(host) {
  for (let at = host.isConnected ? host.parentElement : document.body; at; at = at.parentElement ?? at.getRootNode().host) {
    const [red, green, blue, alpha] = pixel(getComputedStyle(at).backgroundColor);
    if (alpha > 127) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function pixel(colour) {
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  return brush.getImageData(0, 0, 1, 1).data;
}
