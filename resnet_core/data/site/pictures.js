// Which picture goes through which network: samples, a photo of one's own, and the weights once they are needed.
import { pixelsIn, run, start } from "network";
import { load, say } from "page";
import { listenForPhotos, pixelsOf, shownAs } from "photo";

const LATE = 400; // milliseconds after which it is said that a photo is still being read

// Puts the choice on the page; `take` is told {network, sample, photo, pixels, seen} whenever it changes.
export function pictures({ networks }, chosen, take) {
  const place = document.querySelector(".pictures"), state = { ...chosen, opened: null, shown: null };
  const buttons = [...place.querySelectorAll("button[data-sample]")], select = place.querySelector("select");
  const mark = () => {
    buttons.forEach((button) => button.setAttribute("aria-pressed", !state.file && button.dataset.sample === state.sample));
    place.querySelector(".own").classList.toggle("chosen", Boolean(state.file));
    if (select) select.value = state.network;
  };
  const shown = async () => { const image = buttons.find((button) => button.dataset.sample === state.sample).firstChild; await image.decode(); return image; };
  const about = () => networks.find(({ name }) => name === state.network);
  // The network with its weights, and the picture in it; both only once something is asked that was not recorded.
  const ready = async () => {
    const wish = [state.network, state.file ?? state.sample];
    if (state.opened !== state.network) {
      await start(await load(`networks/${state.network}.safetensors`));
      Object.assign(state, { opened: state.network, shown: null });
    }
    if (state.shown?.[0] === wish[0] && state.shown[1] === wish[1]) return state.looked;
    state.looked = await run("look", state.file ?? pixelsIn(await shown()));
    state.shown = wish;
    return state.looked;
  };
  const tell = async () => {
    mark();
    if (!state.file) return take({ ...about(), sample: state.sample, photo: (await shown()).src });
    const { seen } = await ready();
    return take({ ...about(), sample: "", photo: shownAs(seen, about().side) });
  };
  buttons.forEach((button) => { button.onclick = () => { Object.assign(state, { file: null, wish: null, sample: button.dataset.sample }); tell(); }; });
  if (select) select.onchange = () => { state.network = select.value; tell(); };
  // A photo takes its time to be read; what is chosen meanwhile counts more.
  listenForPhotos(place.querySelector("input[type=file]"), async (file) => {
    const late = setTimeout(() => state.wish === file && say("The photo is being read."), LATE);
    state.wish = file;
    try {
      const pixels = await pixelsOf(file);
      if (state.wish !== file) return;
      state.file = pixels;
      await tell();
    } finally {
      clearTimeout(late);
    }
  });
  return { ready, tell, choose: (wish) => { Object.assign(state, wish, { file: null, wish: null }); return tell(); } };
}
