// The layers of a CIFAR network as loops over typed arrays. A map is one Float32Array, channel by channel, row by row.

// A map with a border of zeros: (C, side, side) -> (C, side + 2, side + 2).
function padded(map, channels, side) {
  const wide = side + 2, out = new Float32Array(channels * wide * wide);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < side; row += 1) {
      const from = (channel * side + row) * side;
      out.set(map.subarray(from, from + side), (channel * wide + row + 1) * wide + 1);
    }
  }
  return out;
}

// A 3x3 convolution, padding 1, stride 1: (inputs, side, side) -> (outputs, side, side). One kernel at a time slides
// over one channel; its nine weights and the nine values below them stay in registers, three new values a step.
export function convolve(map, { weights, bias, inputs, outputs }, side) {
  const area = side * side, wide = side + 2, plane = wide * wide;
  const x = padded(map, inputs, side), out = new Float32Array(outputs * area);
  for (let output = 0, k = 0; output < outputs; output += 1) {
    const start = output * area;
    out.fill(bias ? bias[output] : 0, start, start + area);
    for (let input = 0; input < inputs; input += 1, k += 9) {
      const w0 = weights[k], w1 = weights[k + 1], w2 = weights[k + 2], w3 = weights[k + 3], w4 = weights[k + 4];
      const w5 = weights[k + 5], w6 = weights[k + 6], w7 = weights[k + 7], w8 = weights[k + 8];
      for (let row = 0, q = start; row < side; row += 1) {
        let p = input * plane + row * wide;
        let a0 = x[p], a1 = x[p + 1], b0 = x[p + wide], b1 = x[p + wide + 1], c0 = x[p + 2 * wide], c1 = x[p + 2 * wide + 1];
        for (const end = q + side; q < end; q += 1, p += 1) {
          const a2 = x[p + 2], b2 = x[p + wide + 2], c2 = x[p + 2 * wide + 2];
          out[q] += w0 * a0 + w1 * a1 + w2 * a2 + w3 * b0 + w4 * b1 + w5 * b2 + w6 * c0 + w7 * c1 + w8 * c2;
          a0 = a1; a1 = a2; b0 = b1; b1 = b2; c0 = c1; c1 = c2;
        }
      }
    }
  }
  return out;
}

// The same layer backwards: from the gradient of what it put out to that of what came in.
function transposed(layer) {
  layer.back ??= { weights: flipped(layer), bias: null, inputs: layer.outputs, outputs: layer.inputs };
  return layer.back;
}

function flipped({ weights, inputs, outputs }) {
  const turned = new Float32Array(weights.length);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let k = 0; k < 9; k += 1) turned[(input * outputs + output) * 9 + 8 - k] = weights[(output * inputs + input) * 9 + k];
    }
  }
  return turned;
}

// Every second value of every second row; a strided convolution is this of one with stride 1.
function everySecond(map, channels, side) {
  const half = side / 2, out = new Float32Array(channels * half * half);
  for (let at = 0, row = 0; row < channels * half; row += 1) {
    for (let column = 0; column < half; column += 1, at += 1) out[at] = map[2 * row * side + 2 * column];
  }
  return out;
}

// Backwards: the values back in their places, zeros between them.
function spread(map, channels, half) {
  const side = 2 * half, out = new Float32Array(channels * side * side);
  for (let at = 0, row = 0; row < channels * half; row += 1) {
    for (let column = 0; column < half; column += 1, at += 1) out[2 * row * side + 2 * column] = map[at];
  }
  return out;
}

function relu(map) {
  const out = new Float32Array(map.length);
  for (let at = 0; at < map.length; at += 1) if (map[at] > 0) out[at] = map[at];
  return out;
}

const passed = (gradient, map) => gradient.map((value, at) => (map[at] > 0 ? value : 0)); // a ReLU backwards

export function softmax(logits) {
  const most = Math.max(...logits), powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
