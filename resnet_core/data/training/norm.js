// Batch norm, ReLU and the addition, forwards and backwards, on values that lie as a convolution has them.

// With the batch's own mean and variance in training, with their running averages otherwise. A channel's values are
// rows of `batch`, one row a place.
function norm({ channels, places, batch, epsilon, keep }) {
  const scale = parameter(new Float64Array(channels).fill(1)), shift = parameter(new Float64Array(channels));
  const mean = new Float64Array(channels), variance = new Float64Array(channels).fill(1);
  const centre = new Float64Array(channels), inverse = new Float64Array(channels);
  const count = places * batch, next = channels * batch;
  const out = new Float64Array(channels * count), back = new Float64Array(channels * count);

  function measure(x, channel) {
    let sum = 0, squares = 0;
    for (let row = channel * batch; row < x.length; row += next) for (let at = row; at < row + batch; at += 1) sum += x[at];
    const middle = sum / count;
    for (let row = channel * batch; row < x.length; row += next) for (let at = row; at < row + batch; at += 1) squares += (x[at] - middle) * (x[at] - middle);
    centre[channel] = middle;
    inverse[channel] = 1 / Math.sqrt(squares / count + epsilon);
    mean[channel] += keep * (middle - mean[channel]);
    variance[channel] += keep * (squares / (count - 1) - variance[channel]);
  }

  function forward(x, training) {
    for (let channel = 0; channel < channels; channel += 1) {
      if (training) measure(x, channel);
      const middle = training ? centre[channel] : mean[channel], added = shift.value[channel];
      const factor = scale.value[channel] * (training ? inverse[channel] : 1 / Math.sqrt(variance[channel] + epsilon));
      for (let row = channel * batch; row < x.length; row += next) for (let at = row; at < row + batch; at += 1) out[at] = (x[at] - middle) * factor + added;
    }
    return out;
  }

  function backward(x, slope) {
    for (let channel = 0; channel < channels; channel += 1) {
      const middle = centre[channel], unit = inverse[channel], factor = scale.value[channel] * unit;
      let sum = 0, product = 0;
      for (let row = channel * batch; row < x.length; row += next) {
        for (let at = row; at < row + batch; at += 1) { sum += slope[at]; product += slope[at] * (x[at] - middle); }
      }
      shift.slope[channel] = sum;
      scale.slope[channel] = product * unit;
      const same = sum / count, along = (product * unit * unit) / count;
      for (let row = channel * batch; row < x.length; row += next) for (let at = row; at < row + batch; at += 1) back[at] = factor * (slope[at] - same - (x[at] - middle) * along);
    }
    return back;
  }

  return { scale, shift, mean, variance, forward, backward };
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

// Option A's shortcut: every `stride`-th place, and nothing in the channels that are new.
function add(x, out, { inputs, outputs, side, stride, batch }) {
  eachPassed(side, stride, (from, to) => addRows(x, from * inputs * batch, out, to * outputs * batch, inputs * batch));
}

function addBack(slope, back, { inputs, outputs, side, stride, batch }) {
  eachPassed(side, stride, (from, to) => addRows(slope, to * outputs * batch, back, from * inputs * batch, inputs * batch));
}

function addRows(values, from, sums, to, count) {
  for (let at = 0; at < count; at += 1) sums[to + at] += values[from + at];
}

// Each place of a block's input that its shortcut takes, and the place of the output that it comes to.
function eachPassed(side, stride, act) {
  const small = side / stride;
  for (let place = 0; place < small * small; place += 1) act((Math.floor(place / small) * side + (place % small)) * stride, place);
}
