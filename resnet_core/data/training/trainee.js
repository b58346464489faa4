// A network in training: a CIFAR network of basic blocks with or without the addition, its loss, and one step of SGD.

// `recipe` is what resnet_core.site.racing.recipe_of() says; `arm` is "plain" or "residual". Weights are drawn in the
// order and with the numbers of build_model(spec, seed=seed).
function trainee(recipe, arm, seed) {
  const { widths, blocks, channels, classes, batch } = recipe, draw = twister(seed);
  let { side } = recipe, inputs = channels;
  const stem = normed({ inputs, outputs: widths[0], side, stride: 1 }, recipe, draw), body = [];
  inputs = widths[0];
  widths.forEach((outputs, stage) => {
    for (let number = 0; number < blocks; number += 1) {
      const stride = stage > 0 && number === 0 ? 2 : 1;
      body.push(block({ inputs, outputs, side, stride, batch }, arm === "residual", recipe, draw));
      side /= stride;
      inputs = outputs;
    }
  });
  const head = linear({ inputs, classes, places: side * side, batch }, draw);
  const parameters = [stem, ...body.flatMap(({ first, second }) => [first, second])].flatMap((one) => one.parameters).concat(head.parameters);
  const passed = [];

  function forward(x, training) {
    let map = rectify(stem.forward(x, training));
    body.forEach((one, at) => { passed[at] = map; map = one.forward(map, training); });
    passed[body.length] = map;
    return head.forward(map);
  }

  function backward(x, slope) {
    let back = head.backward(passed[body.length], slope);
    for (let at = body.length - 1; at >= 0; at -= 1) back = body[at].backward(passed[at], back);
    stem.learn(x, stop(back, passed[0]));
  }

  return {
    stem, body, head, parameters,
    // One step of SGD on a batch: its mean loss, and the share that was answered wrongly before the step.
    step(x, labels) {
      const { loss, slope, answers } = crossEntropy(forward(x, true), labels, classes);
      const error = answers.filter((answer, at) => answer !== labels[at]).length / labels.length;
      if (Number.isFinite(loss)) { backward(x, slope); for (const one of parameters) descend(one, recipe); }
      return { loss, error };
    },
    answers: (x) => likeliest(forward(x, false), classes, batch),
  };
}

// A convolution and the batch norm behind it.
function normed(shape, { batch, epsilon, keep }, draw) {
  const { inputs, outputs, side, stride } = shape, places = (side / stride) ** 2;
  const weights = normals(outputs * inputs * 9, Math.sqrt(2 / (outputs * 9)), draw); // He et al. 2015, fan out
  const conv = convolution({ ...shape, weights, batch }), bn = norm({ channels: outputs, places, batch, epsilon, keep });
  let within; // the slope of what the convolution put out
  return {
    conv, bn, parameters: [conv.weight, bn.scale, bn.shift],
    forward: (x, training) => bn.forward(conv.forward(x), training),
    learn(x, slope) { within = bn.backward(conv.out, slope); conv.learn(x, within); },
    backward: () => conv.backward(within),
  };
}

function block(shape, added, recipe, draw) {
  const { outputs, side, stride } = shape;
  const first = normed(shape, recipe, draw), second = normed({ inputs: outputs, outputs, side: side / stride, stride: 1 }, recipe, draw);
  let middle, out;
  return {
    first, second,
    forward(x, training) {
      middle = rectify(first.forward(x, training));
      out = second.forward(middle, training);
      if (added) add(x, out, shape);
      return rectify(out);
    },
    backward(x, slope) {
      second.learn(middle, stop(slope, out));
      first.learn(x, stop(second.backward(), middle));
      const back = first.backward();
      if (added) addBack(slope, back, shape);
      return back;
    },
  };
}

// The mean over all places, and a linear layer.
function linear({ inputs, classes, places, batch }, draw) {
  const bound = 1 / Math.sqrt(inputs);
  const weight = parameter(uniforms(classes * inputs, bound, draw)), bias = parameter(uniforms(classes, bound, draw));
  const means = new Float64Array(inputs * batch), logits = new Float64Array(classes * batch), back = new Float64Array(places * inputs * batch);
  return {
    weight, bias, parameters: [weight, bias],
    forward(x) {
      means.fill(0);
      for (let place = 0; place < places; place += 1) addRows(x, place * means.length, means, 0, means.length);
      for (let at = 0; at < means.length; at += 1) means[at] /= places;
      for (let one = 0; one < classes; one += 1) {
        for (let n = 0; n < batch; n += 1) {
          let sum = bias.value[one];
          for (let input = 0; input < inputs; input += 1) sum += weight.value[one * inputs + input] * means[input * batch + n];
          logits[one * batch + n] = sum;
        }
      }
      return logits;
    },
    backward(x, slope) {
      for (let one = 0; one < classes; one += 1) {
        const row = slope.subarray(one * batch, (one + 1) * batch);
        bias.slope[one] = row.reduce((sum, value) => sum + value, 0);
        for (let input = 0; input < inputs; input += 1) {
          weight.slope[one * inputs + input] = row.reduce((sum, value, n) => sum + value * means[input * batch + n], 0);
        }
      }
      for (let input = 0; input < inputs; input += 1) {
        for (let n = 0; n < batch; n += 1) {
          let sum = 0;
          for (let one = 0; one < classes; one += 1) sum += weight.value[one * inputs + input] * slope[one * batch + n];
          back[input * batch + n] = sum / places;
        }
      }
      for (let place = 1; place < places; place += 1) back.copyWithin(place * means.length, 0, means.length);
      return back;
    },
  };
}

// The mean of -ln(what the right class got), its slope, and the answers.
function crossEntropy(logits, labels, classes) {
  const batch = labels.length, slope = new Float64Array(logits.length), answers = likeliest(logits, classes, batch);
  let loss = 0;
  for (let n = 0; n < batch; n += 1) {
    const most = logits[answers[n] * batch + n];
    let sum = 0;
    for (let one = 0; one < classes; one += 1) sum += Math.exp(logits[one * batch + n] - most);
    loss += Math.log(sum) - (logits[labels[n] * batch + n] - most);
    for (let one = 0; one < classes; one += 1) {
      slope[one * batch + n] = (Math.exp(logits[one * batch + n] - most) / sum - (one === labels[n] ? 1 : 0)) / batch;
    }
  }
  return { loss: loss / batch, slope, answers };
}

function likeliest(logits, classes, batch) {
  return Uint8Array.from({ length: batch }, (_, n) => {
    let best = 0;
    for (let one = 1; one < classes; one += 1) if (logits[one * batch + n] > logits[best * batch + n]) best = one;
    return best;
  });
}

// SGD with momentum; decay pulls each weight towards zero.
function descend({ value, slope, speed }, { rate, momentum, decay }) {
  for (let at = 0; at < value.length; at += 1) {
    speed[at] = momentum * speed[at] + slope[at] + decay * value[at];
    value[at] -= rate * speed[at];
  }
}
