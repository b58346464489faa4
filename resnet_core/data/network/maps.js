// What every part of a network puts out, its strongest channels side by side: as resnet_core.activations has it.
const MOST_CHANNELS = 6;

// path -> {channels, side, row, lowest, highest} of the paths that are wanted; `row` holds the maps from left to right,
// side x (side * count).
export function mapsOf(network, run, wanted = () => true) {
  const found = {}, put = (path, map, channels) => { if (wanted(path)) found[path] = strongest(map(), channels); };
  const { stem, blocks } = network, channels = stem.outputs;
  const normed = convolve(run.input, stem, network.side);
  put("conv1", () => undone(normed, stem), channels);
  put("bn1", () => normed, channels);
  put("relu", () => run.stem, channels);
  found.stem = found.relu;
  blocks.forEach(({ path, conv1, conv2, stride }, at) => {
    const terms = run.blocks[at], inside = (name, map) => put(`${path}.${name}`, map, terms.channels);
    inside("conv1", () => undone(terms.first, conv1));
    inside("bn1", () => terms.first);
    inside("relu1", () => terms.middle);
    inside("conv2", () => undone(terms.f, conv2));
    inside("bn2", () => terms.f);
    if (stride > 1) inside("downsample", () => terms.x);
    inside("add", () => terms.sum);
    inside("relu", () => terms.out);
    put(path, () => terms.out, terms.channels);
    found[path.split(".")[0]] = found[path]; // the last block of a stage is the stage's
  });
  return found;
}

// A convolution's own values, before the batch norm that is folded into its weights.
function undone(map, { bias, norm: { scale, deviation }, outputs }) {
  const area = map.length / outputs;
  return map.map((value, at) => {
    const channel = Math.floor(at / area);
    return scale[channel] ? ((value - bias[channel]) * deviation[channel]) / scale[channel] : 0;
  });
}

function strongest(map, channels) {
  const area = map.length / channels, side = Math.sqrt(area);
  const sizes = Array.from({ length: channels }, (_, channel) => channelOf(map, area, channel).reduce((sum, value) => sum + Math.abs(value), 0));
  const order = [...sizes.keys()].sort((one, other) => sizes[other] - sizes[one]).slice(0, MOST_CHANNELS);
  const row = new Float32Array(area * order.length);
  let [lowest, highest] = [Infinity, -Infinity];
  order.forEach((channel, number) => {
    channelOf(map, area, channel).forEach((value, at) => {
      row[Math.floor(at / side) * side * order.length + number * side + (at % side)] = value;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    });
  });
  return { channels: order, side, row, lowest, highest };
}
