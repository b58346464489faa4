// One network's whole training, told step by step: in a worker, or, where there is none, in the page itself.

// `digits` holds `pixels` (0 to 255, 64 a picture, those to learn from first) and `labels`. `tell` hears of each step
// {arm, step, loss, error} and of each pass {arm, step, train, unseen, answers}: shares that were wrong, and what is
// answered to each unseen digit. `goesOn` is asked before each step.
export async function train({ recipe, digits, arm, seed }, tell, goesOn = () => true) {
  const network = trainee(recipe, arm, seed), { batch, passes, learned, unseen } = recipe, each = Math.floor(learned / batch);
  const pictures = pictured(recipe, digits), unseenLabels = digits.labels.subarray(learned);
  let order, wrong = 0;
  tell({ arm, step: 0 });
  for (let step = 0; step < passes * each; step += 1) {
    if (!(await goesOn())) return;
    const at = step % each;
    if (at === 0) { order = orderOf(recipe, seed, step / each); wrong = 0; }
    const index = order.subarray(at * batch, (at + 1) * batch);
    const { loss, error } = network.step(pictures(index), Uint8Array.from(index, (one) => digits.labels[one]));
    tell({ arm, step: step + 1, loss, error });
    if (!Number.isFinite(loss)) return;
    wrong += error / each;
    if (at === each - 1) {
      const answers = answersTo(network, pictures, learned, unseen, batch);
      const missed = answers.filter((answer, one) => answer !== unseenLabels[one]).length;
      tell({ arm, step: step + 1, train: wrong, unseen: missed / unseen, answers });
    }
  }
}

// Which pictures a pass takes, in which order: as resnet_core.lab.data.batches has it.
const orderOf = ({ learned }, seed, pass) => permutation(learned, twister((seed * 2000003 + pass) * 2));

// Pictures by their numbers, normalised, as a network takes them: place by place, picture by picture.
function pictured({ side, batch, mean, deviation }, { pixels }) {
  const area = side * side, values = new Float64Array(area * batch);
  return (index) => {
    values.fill(0);
    index.forEach((picture, n) => {
      for (let place = 0; place < area; place += 1) values[place * batch + n] = (pixels[picture * area + place] - 255 * mean) / (255 * deviation);
    });
    return values;
  };
}

function answersTo(network, pictures, first, count, batch) {
  const answers = new Uint8Array(count);
  for (let from = 0; from < count; from += batch) {
    const index = Uint32Array.from({ length: Math.min(batch, count - from) }, (_, at) => first + from + at);
    answers.set(network.answers(pictures(index)).subarray(0, index.length), from);
  }
  return answers;
}

if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) {
  addEventListener("message", ({ data }) => train(data, postMessage).catch(({ message }) => postMessage({ broken: message })));
  postMessage("ready");
}
