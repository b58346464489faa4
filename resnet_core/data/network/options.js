// Where a block changes the shape: what arrives at the plus with each of the paper's options, as
// resnet_core.figures.shortcut.payload tells it in the app. Nothing for a block in which x passes as it is.
export function optionsOf(network, run, path) {
  const at = network.blocks.findIndex((block) => block.path === path), block = network.blocks[at];
  if (block.stride === 1) return null;
  const { input, f, channels, side } = run.blocks[at], { inputs } = block.conv1, area = side * side;
  const sent = longestFirst(lengthsOf(f, channels, area));
  const small = everySecond(input, inputs, block.side), fresh = seenOnce(projected(small, block.projection, inputs, area), area);
  const arrives = {
    zero_pad: amongZeros(small, channels, side, 0), zero_pad_both: amongZeros(small, channels, side, (channels - inputs) >> 1),
    projection: fresh, projection_all: fresh,
  };
  return block.options.map(({ shortcut, ...offer }) => {
    const map = arrives[shortcut], places = placesOf([map]), parts = sent.map((channel) => channelOf(map, area, channel));
    return {
      ...offer, places, maps: inOrder(map, sent, area, places), bounds: parts.map((part) => short(boundOf(part)) || 1), channels: sent,
      empty: Array.from({ length: channels }, (_, channel) => channel).filter((channel) => channelOf(map, area, channel).every((value) => !value)),
    };
  });
}

// A 1x1 convolution: (inputs, area) -> (outputs, area).
function projected(map, weights, inputs, area) {
  const out = new Float32Array((weights.length / inputs) * area);
  for (let k = 0; k < weights.length; k += 1) {
    const from = (k % inputs) * area, to = Math.floor(k / inputs) * area;
    for (let at = 0; at < area; at += 1) out[to + at] += weights[k] * map[from + at];
  }
  return out;
}

// A batch norm that has seen this picture only.
function seenOnce(map, area) {
  for (let start = 0; start < map.length; start += area) {
    const part = map.subarray(start, start + area), mean = part.reduce((sum, value) => sum + value, 0) / area;
    const deviation = Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area);
    part.forEach((value, at) => { part[at] = (value - mean) / (deviation + 1e-5); });
  }
  return map;
}
