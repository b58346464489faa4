// A 3x3 convolution, forwards and backwards, on a whole batch. Values lie place by place, then channel by channel, then
// picture by picture: what a kernel's weight is multiplied with are the same values of all pictures, side by side.

const parameter = (value) => ({ value, slope: new Float64Array(value.length), speed: new Float64Array(value.length) });

// Of each place of the output: [tap of the kernel, place of the input] of those that lie within the picture. Zeros
// around a picture are left out, and not multiplied with.
function reach(side, stride) {
  const out = side / stride;
  return Array.from({ length: out * out }, (_, place) => {
    const [top, left] = [Math.floor(place / out) * stride - 1, (place % out) * stride - 1], seen = [];
    for (let tap = 0; tap < 9; tap += 1) {
      const [row, column] = [top + Math.floor(tap / 3), left + (tap % 3)];
      if (row >= 0 && row < side && column >= 0 && column < side) seen.push([tap, row * side + column]);
    }
    return seen;
  });
}

// The same seen from the input: by which tap each of its places reaches which place of the output.
function reached(places, area) {
  const found = Array.from({ length: area }, () => []);
  places.forEach((seen, place) => seen.forEach(([tap, from]) => found[from].push([tap, place])));
  return found;
}

// `weights` are in PyTorch's order (outputs, inputs, 3, 3). Here they lie by tap, input and output.
function convolution({ weights, inputs, outputs, side, stride, batch }) {
  const seen = reach(side, stride), area = side * side, sees = reached(seen, area);
  const weight = parameter(byTap(weights, inputs, outputs)), turned = new Float64Array(weights.length);
  const out = new Float64Array(seen.length * outputs * batch), back = new Float64Array(area * inputs * batch);
  return {
    weight, out,
    forward(x) { gather(x, weight.value, seen, { from: inputs, to: outputs, batch }, out); return out; },
    learn(x, slope) { compare(x, slope, seen, { inputs, outputs, batch }, weight.slope); },
    backward(slope) {
      transpose(weight.value, inputs, outputs, turned);
      gather(slope, turned, sees, { from: outputs, to: inputs, batch }, back);
      return back;
    },
  };
}

function byTap(weights, inputs, outputs) {
  const sorted = new Float64Array(weights.length);
  for (let at = 0, output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let tap = 0; tap < 9; tap += 1, at += 1) sorted[(tap * inputs + input) * outputs + output] = weights[at];
    }
  }
  return sorted;
}

function transpose(weights, inputs, outputs, turned) {
  for (let at = 0, tap = 0; tap < 9; tap += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let output = 0; output < outputs; output += 1, at += 1) turned[(tap * outputs + output) * inputs + input] = weights[at];
    }
  }
}

// Each place of `out` is the sum of what it sees, weighed: four channels of two pictures at a time, in registers.
function gather(x, weights, places, { from, to, batch }, out) {
  for (let place = 0; place < places.length; place += 1) {
    const seen = places[place];
    for (let channel = 0; channel < to; channel += 4) {
      for (let picture = 0; picture < batch; picture += 2) {
        let a0 = 0, a1 = 0, b0 = 0, b1 = 0, c0 = 0, c1 = 0, d0 = 0, d1 = 0;
        for (let at = 0; at < seen.length; at += 1) {
          let w = seen[at][0] * from * to + channel, p = seen[at][1] * from * batch + picture;
          for (let input = 0; input < from; input += 1, w += to, p += batch) {
            const x0 = x[p], x1 = x[p + 1], wa = weights[w], wb = weights[w + 1], wc = weights[w + 2], wd = weights[w + 3];
            a0 += wa * x0; a1 += wa * x1; b0 += wb * x0; b1 += wb * x1;
            c0 += wc * x0; c1 += wc * x1; d0 += wd * x0; d1 += wd * x1;
          }
        }
        let q = (place * to + channel) * batch + picture;
        out[q] = a0; out[q + 1] = a1; q += batch;
        out[q] = b0; out[q + 1] = b1; q += batch;
        out[q] = c0; out[q + 1] = c1; q += batch;
        out[q] = d0; out[q + 1] = d1;
      }
    }
  }
}

// How the loss changes with each weight: what it was multiplied with, times the slope of what it was added to.
function compare(x, slope, places, { inputs, outputs, batch }, into) {
  into.fill(0);
  for (let place = 0; place < places.length; place += 1) {
    const seen = places[place];
    for (let at = 0; at < seen.length; at += 1) {
      const [tap, source] = seen[at];
      for (let input = 0; input < inputs; input += 2) {
        const odd = input + 1 === inputs, p0 = (source * inputs + input) * batch, p1 = odd ? p0 : p0 + batch;
        for (let output = 0; output < outputs; output += 4) {
          const q0 = (place * outputs + output) * batch, q1 = q0 + batch, q2 = q1 + batch, q3 = q2 + batch;
          let a0 = 0, a1 = 0, b0 = 0, b1 = 0, c0 = 0, c1 = 0, d0 = 0, d1 = 0;
          for (let n = 0; n < batch; n += 1) {
            const x0 = x[p0 + n], x1 = x[p1 + n], sa = slope[q0 + n], sb = slope[q1 + n], sc = slope[q2 + n], sd = slope[q3 + n];
            a0 += sa * x0; a1 += sa * x1; b0 += sb * x0; b1 += sb * x1;
            c0 += sc * x0; c1 += sc * x1; d0 += sd * x0; d1 += sd * x1;
          }
          const w = (tap * inputs + input) * outputs + output, v = w + outputs;
          into[w] += a0; into[w + 1] += b0; into[w + 2] += c0; into[w + 3] += d0;
          if (!odd) { into[v] += a1; into[v + 1] += b1; into[v + 2] += c1; into[v + 3] += d1; }
        }
      }
    }
  }
}
