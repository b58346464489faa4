// A CIFAR network from its file, and one pass through it with every x, F(x) and sum kept.

// The file is safetensors: batch norms are folded in, a weight is a whole number of 16 bits times its channel's unit.
export function readNetwork(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const tensor = (name) => {
    const { dtype, shape, data_offsets: [from, to] } = header[name], bytes = buffer.slice(8 + length + from, 8 + length + to);
    if (bytes.byteLength < to - from) throw new Error(`The network's file ends in the middle of ${name}.`);
    return { shape, values: new { I16: Int16Array, F32: Float32Array }[dtype](bytes) };
  };
  const layer = (path) => {
    const { shape: [outputs, inputs], values } = tensor(`${path}.weight`), units = tensor(`${path}.unit`).values;
    const each = values.length / outputs, weights = new Float32Array(values.length);
    for (let at = 0; at < values.length; at += 1) weights[at] = values[at] * units[Math.floor(at / each)];
    return { path, weights, bias: tensor(`${path}.bias`).values, inputs, outputs };
  };
  const normed = (path) => {
    const [outputs, { values }] = [header[`${path}.weight`].shape[0], tensor(`${path}.norm`)];
    const [mean, deviation, scale, shift] = [0, 1, 2, 3].map((part) => values.subarray(part * outputs, (part + 1) * outputs));
    return { ...layer(path), norm: { mean, deviation, scale, shift } };
  };
  const about = JSON.parse(header.__metadata__.network);
  const blocks = about.blocks.map((block) => ({
    ...block, conv1: normed(`${block.path}.conv1`), conv2: normed(`${block.path}.conv2`),
    projection: block.stride > 1 ? tensor(`${block.path}.projection`).values : null,
  }));
  return { ...about, stem: normed("conv1"), blocks, head: layer("fc") };
}

// One pass, (3, side, side) -> logits. `factors` says of each block how much its shortcut counts and how much its
// branch: [1, 1] as trained, [0, 1] without the shortcut, [1, alpha] for x + alpha F(x). What comes before the first
// difference to an earlier pass of the same input is taken from that.
export function pass(network, input, factors = network.blocks.map(() => [1, 1]), earlier = null) {
  const known = earlier?.input === input ? earlier : null;
  const differs = ([shortcut, branch], at) => shortcut !== known.factors[at][0] || branch !== known.factors[at][1];
  const first = known ? factors.findIndex(differs) : 0;
  if (first < 0) return known;
  const stem = known?.stem ?? relu(convolve(input, network.stem, network.side));
  const blocks = known ? known.blocks.slice(0, first) : [];
  let x = blocks.at(-1)?.out ?? stem;
  for (let at = first; at < network.blocks.length; at += 1) {
    blocks.push(joined(at === first && known ? known.blocks[at] : termsOf(network.blocks[at], x), factors[at]));
    x = blocks[at].out;
  }
  const pooled = averages(x, network.head.inputs);
  return { input, factors, stem, blocks, pooled, logits: multiplied(pooled, network.head) };
}

// The two terms of a block: what its shortcut brings, and F(x), with the maps on the way to it.
function termsOf({ conv1, conv2, stride, before, side }, input) {
  const small = side / stride, strided = (map) => (stride === 1 ? map : everySecond(map, conv1.outputs, side));
  const first = strided(convolve(input, conv1, side)), middle = relu(first);
  const channels = conv2.outputs, x = stride === 1 ? input : amongZeros(everySecond(input, conv1.inputs, side), channels, small, before);
  return { input, x, first, middle, f: convolve(middle, conv2, small), channels, side: small };
}

// Option A: the map's channels as they are, behind so many new ones that are zero, and before the others.
function amongZeros(map, channels, side, before) {
  const wide = new Float32Array(channels * side * side);
  wide.set(map, before * side * side);
  return wide;
}

function joined(terms, [shortcut, branch]) {
  const { x, f } = terms, sum = new Float32Array(f.length), out = new Float32Array(f.length);
  for (let at = 0; at < f.length; at += 1) {
    sum[at] = shortcut * x[at] + branch * f[at];
    if (sum[at] > 0) out[at] = sum[at];
  }
  return { ...terms, sum, out };
}

function averages(map, channels) {
  const area = map.length / channels;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let at = channel * area; at < (channel + 1) * area; at += 1) sum += map[at];
    return sum / area;
  });
}

function multiplied(values, { weights, bias, inputs }) {
  return bias.map((start, output) => values.reduce((sum, value, at) => sum + value * weights[output * inputs + at], start));
}

// The gradient of a class's logit, block by block: what of it came back through the shortcut, what the ReLU stopped.
export function gradients(network, { blocks }, index) {
  const { head } = network, last = blocks.at(-1), area = last.side ** 2;
  let arriving = last.out.map((_, at) => head.weights[index * head.inputs + Math.floor(at / area)] / area);
  const found = [];
  for (let at = blocks.length - 1; at >= 0; at -= 1) {
    const { sum, first, side } = blocks[at], { conv1, conv2, stride, before } = network.blocks[at];
    const left = passed(arriving, sum), wide = (map, channels) => (stride === 1 ? map : spread(map, channels, side));
    const identity = wide(left.subarray(before * side ** 2, (before + conv1.inputs) * side ** 2), conv1.inputs);
    const inner = passed(convolve(left, transposed(conv2), side), first);
    const branch = convolve(wide(inner, conv1.outputs), transposed(conv1), side * stride);
    const total = branch.map((value, place) => value + identity[place]);
    found.unshift({ share: projection(identity, total), stopped: projection(arriving.map((value, place) => value - left[place]), arriving) });
    arriving = total;
  }
  return found;
}

function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += one[at] * other[at];
  return sum;
}

const projection = (part, whole) => dot(part, whole) / dot(whole, whole) || 0;
