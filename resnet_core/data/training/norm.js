// Batch norm, ReLU and the addition, forwards and backwards, on values that lie as a convolution has them.

// With the batch's own mean and variance in training, with their running averages otherwise.
function norm({ channels, places, batch, epsilon, keep }) {
  const scale = parameter(new Float64Array(channels).fill(1)), shift = parameter(new Float64Array(channels));
  const mean = new Float64Array(channels), variance = new Float64Array(channels).fill(1);
  const centre = new Float64Array(channels), inverse = new Float64Array(channels), count = places * batch;
  const out = new Float64Array(channels * count), back = new Float64Array(channels * count);
  const layout = { channels, places, batch };
  return {
    scale, shift, mean, variance,
    forward(x, training) {
      for (let channel = 0; channel < channels; channel += 1) {
        if (training) measure(x, channel);
        const middle = training ? centre[channel] : mean[channel];
        const factor = scale.value[channel] * (training ? inverse[channel] : 1 / Math.sqrt(variance[channel] + epsilon));
        eachRow(layout, channel, (from, end) => {
          for (let at = from; at < end; at += 1) out[at] = (x[at] - middle) * factor + shift.value[channel];
        });
      }
      return out;
    },
    backward(x, slope) {
      for (let channel = 0; channel < channels; channel += 1) {
        const middle = centre[channel], unit = inverse[channel];
        let sum = 0, product = 0;
        eachRow(layout, channel, (from, end) => {
          for (let at = from; at < end; at += 1) { sum += slope[at]; product += slope[at] * (x[at] - middle); }
        });
        product *= unit;
        shift.slope[channel] = sum;
        scale.slope[channel] = product;
        const factor = scale.value[channel] * unit, same = sum / count, along = (product / count) * unit;
        eachRow(layout, channel, (from, end) => {
          for (let at = from; at < end; at += 1) back[at] = factor * (slope[at] - same - (x[at] - middle) * along);
        });
      }
      return back;
    },
  };

  function measure(x, channel) {
    let sum = 0, squares = 0;
    eachRow(layout, channel, (from, end) => { for (let at = from; at < end; at += 1) sum += x[at]; });
    const middle = sum / count;
    eachRow(layout, channel, (from, end) => { for (let at = from; at < end; at += 1) squares += (x[at] - middle) ** 2; });
    centre[channel] = middle;
    inverse[channel] = 1 / Math.sqrt(squares / count + epsilon);
    mean[channel] += keep * (middle - mean[channel]);
    variance[channel] += keep * (squares / (count - 1) - variance[channel]);
  }
}

function eachRow({ channels, places, batch }, channel, act) {
  for (let place = 0; place < places; place += 1) {
    const from = (place * channels + channel) * batch;
    act(from, from + batch);
  }
}

function rectify(values) {
  for (let at = 0; at < values.length; at += 1) if (!(values[at] > 0)) values[at] = 0;
  return values;
}

// A ReLU backwards: no slope where nothing came out.
function stop(slope, out) {
  for (let at = 0; at < out.length; at += 1) if (!(out[at] > 0)) slope[at] = 0;
  return slope;
}

// Option A's shortcut: every `stride`-th place, and nothing in the channels that are new. Each value comes with its
// place in the block's input and in its output.
function eachPassed({ inputs, outputs, side, stride, batch }, act) {
  const small = side / stride, run = Math.min(inputs, outputs) * batch;
  for (let place = 0; place < small * small; place += 1) {
    const from = (Math.floor(place / small) * stride * side + (place % small) * stride) * inputs * batch, to = place * outputs * batch;
    for (let at = 0; at < run; at += 1) act(from + at, to + at);
  }
}

const add = (x, out, shape) => eachPassed(shape, (from, to) => { out[to] += x[from]; });
const addBack = (slope, back, shape) => eachPassed(shape, (from, to) => { back[from] += slope[to]; });
