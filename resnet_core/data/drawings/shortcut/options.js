// Options A, B and C of the paper where a block changes the shape: what arrives at the plus, and what it costs.
const compact = (count) => (count >= 1e9 ? `${(count / 1e9).toPrecision(3)} G` : count >= 1e6 ? `${(count / 1e6).toPrecision(3)} M` : count.toLocaleString("en"));

function drawOptions(view) {
  const { root, data, state } = view, place = root.querySelector(".options"), options = state.options.get(state.path), block = blockOf(view);
  place.hidden = !options || !block;
  if (place.hidden) return;
  const [height, width] = block.size, area = height * width, { channels } = options[0];
  const at = Math.max(0, channels.indexOf(state.channel)), channel = channels[at];
  const ways = options.map((option) => {
    option.numbers ??= decode(option.maps);
    const canvas = html("canvas", {});
    paint(canvas, Array.from(option.numbers.subarray(at * area, (at + 1) * area)), height, width, option.bounds[at] * 10 ** option.places, data.scale);
    const filled = html("div", { class: "filled", title: "Which channels get anything" }, ...Array.from({ length: Math.min(64, block.channels) }, (_, step) => {
      const first = Math.floor((step * block.channels) / Math.min(64, block.channels));
      return html("i", { class: option.empty.includes(first) ? "" : "full" });
    }));
    const cost = option.parameters ? `+${compact(option.parameters)} parameters, +${compact(option.macs)} MACs in the whole network` : "no parameter, no multiply-add";
    const kind = option.own ? "this network's own" : option.trained ? "needs no training" : "fresh weights here";
    return html("figure", { class: option.own ? "own" : "" }, html("span", { class: "head" }, html("strong", {}, option.letter), ` ${option.words}`), html("div", { class: "box" }, canvas), filled, html("p", {}, cost), html("p", { class: "muted" }, kind));
  });
  place.querySelector(".ways").replaceChildren(...ways);
  const shown = channel === state.channel ? `Channel ${channel}` : `Channel ${channel}, the first that is here,`;
  place.querySelector(".words").textContent = `${shown} as it arrives at the plus, each on its own scale; the bar below marks the channels that get anything. At this block B and C are the same; C projects in all the others too.`;
}
