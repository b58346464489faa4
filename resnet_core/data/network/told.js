// What the drawings are told of a pass: the same as resnet_core.figures.shortcut.payload tells them in the app.
const LARGEST = 2 ** 15 - 2, MOST_PLACES = 9; // of a value as a whole number of 16 bits, and of its decimals
const short = (value) => Number(Math.min(value, 999).toPrecision(4)) || 0;
const channelOf = (map, area, channel) => map.subarray(channel * area, (channel + 1) * area);
const length = (map) => Math.sqrt(dot(map, map));

// The maps of one addition, channels that F changes most first. A value is number / 10 ** places, and sums add up.
export function told(network, run, path, grey) {
  const at = network.blocks.findIndex((block) => block.path === path), block = network.blocks[at];
  const { x, f, channels, side } = run.blocks[at], area = side * side, sum = x.map((value, place) => value + f[place]);
  const lengths = lengthsOf(f, channels, area), order = longestFirst(lengths);
  const places = placesOf([x, f, sum]), [left, total] = [x, sum].map((map) => inOrder(map, order, area, places));
  const bounds = order.map((channel) => Math.max(...[x, f, sum].map((map) => boundOf(channelOf(map, area, channel)))));
  return {
    path, name: block.name, channels, size: [side, side], order, sent: order, places, plain: false, rectified: true,
    x: left, f: total.map((value, place) => value - left[place]), bounds: bounds.map((bound) => short(bound) || 1),
    fbound: short(boundOf(f)) || 1, lengths: order.map((channel) => short(lengths[channel])),
    liked: likest(sum, resize(grey, side, side, "box").pixels, channels), fields: block.fields,
    convolutions: [block.conv1.path, block.conv2.path],
  };
}

const lengthsOf = (map, channels, area) => Array.from({ length: channels }, (_, channel) => length(channelOf(map, area, channel)));
const longestFirst = (lengths) => [...lengths.keys()].sort((one, other) => lengths[other] - lengths[one]);

function placesOf(maps) {
  const largest = Math.max(...maps.map((map) => map.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  return largest ? Math.max(0, Math.min(MOST_PLACES, Math.floor(Math.log10(LARGEST / largest)))) : 4;
}

function inOrder(map, order, area, places) {
  const numbers = new Int16Array(order.length * area), unit = 10 ** places;
  order.forEach((channel, number) => {
    for (let at = 0; at < area; at += 1) numbers[number * area + at] = Math.round(map[channel * area + at] * unit);
  });
  return numbers;
}

// The end of a scale: 995 of 1000 values lie within.
function boundOf(map) {
  const sizes = map.map(Math.abs).sort(), at = 0.995 * (sizes.length - 1), below = Math.floor(at);
  return sizes[below] + (at - below) * ((sizes[below + 1] ?? sizes[below]) - sizes[below]);
}

// The channel in which one recognises the picture: whose values go most with its lightness.
function likest(maps, grey, channels) {
  const area = grey.length, centred = (map) => { const mean = map.reduce((sum, one) => sum + one, 0) / area; return Float64Array.from(map, (one) => one - mean); };
  const light = centred(grey), alike = Array.from({ length: channels }, (_, channel) => {
    const flat = centred(channelOf(maps, area, channel));
    return Math.abs(dot(flat, light)) / (length(flat) * length(light)) || 0;
  });
  return alike.indexOf(Math.max(...alike));
}

// As Pillow turns colours into grey.
export function greyOf(pixels, side) {
  const grey = Uint8Array.from({ length: side * side }, (_, at) => (pixels[3 * at] * 19595 + pixels[3 * at + 1] * 38470 + pixels[3 * at + 2] * 7471 + 0x8000) >> 16);
  return { pixels: grey, width: side, height: side, channels: 1 };
}

// Each block in figures: [path, name, shortcut, |F| / |x|, cosine, the shortcut's share of the gradient, what was stopped].
export function flow(network, run) {
  const back = gradients(network, run, run.logits.indexOf(Math.max(...run.logits)));
  return network.blocks.map(({ path, name, kind }, at) => {
    const { x, f } = run.blocks[at], lengths = [length(x), length(f)];
    return [path, name, kind, short(lengths[1] / lengths[0]), short(dot(x, f) / (lengths[0] * lengths[1])), short(back[at].share), short(back[at].stopped)];
  });
}

// One value of a convolution, with the batch norm behind it taken out of the weights again.
export function valueOf(network, run, [path, channel, row, column]) {
  const at = network.blocks.findIndex((block) => path.startsWith(`${block.path}.`)), block = network.blocks[at], terms = run.blocks[at];
  const first = path === block.conv1.path, layer = first ? block.conv1 : block.conv2, map = first ? terms.input : terms.middle;
  const side = first ? block.side : terms.side, stride = first ? block.stride : 1, [top, left] = [row * stride - 1, column * stride - 1];
  const { mean, deviation, scale, shift } = layer.norm, factor = scale[channel] / deviation[channel];
  const patch = [], kernel = [];
  for (let input = 0; input < layer.inputs; input += 1) {
    for (let k = 0; k < 9; k += 1) {
      const [y, x] = [top + Math.floor(k / 3), left + (k % 3)], inside = y >= 0 && x >= 0 && y < side && x < side;
      patch.push(inside ? map[(input * side + y) * side + x] : 0);
      kernel.push(factor ? layer.weights[(channel * layer.inputs + input) * 9 + k] / factor : 0);
    }
  }
  const sums = Array.from({ length: layer.inputs }, (_, input) => dot(kernel.slice(9 * input, 9 * input + 9), patch.slice(9 * input, 9 * input + 9)));
  const sum = sums.reduce((total, one) => total + one, 0), result = (sum - mean[channel]) * factor + shift[channel];
  return {
    layer: path, at: [channel, row, column], inputs: [...sums.keys()], top, left, input: [side, side], stride: [stride, stride],
    padding: [1, 1], window: [3, 3], patch: patch.map(short), kernel: kernel.map(short), sums: sums.map(short), sum: short(sum),
    bias: 0, norm: [mean[channel], deviation[channel], scale[channel], shift[channel], result].map(short),
  };
}
