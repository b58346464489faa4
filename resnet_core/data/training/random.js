// PyTorch's own random numbers on a CPU, so that a seed gives the same first weights and the same batches in both.

// Mersenne Twister (Matsumoto and Nishimura 1998): a function that gives whole numbers of 32 bits.
function twister(seed) {
  const state = new Uint32Array(624);
  state[0] = seed; // its lowest 32 bits
  for (let at = 1; at < 624; at += 1) state[at] = Math.imul(1812433253, state[at - 1] ^ (state[at - 1] >>> 30)) + at;
  let next = 624;
  return () => {
    if (next === 624) { turn(state); next = 0; }
    let bits = state[next];
    next += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
}

function turn(state) {
  for (let at = 0; at < 624; at += 1) {
    const bits = (state[at] & 0x80000000) | (state[(at + 1) % 624] & 0x7fffffff);
    state[at] = state[(at + 397) % 624] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
  }
}

const share = (draw) => (draw() & 0xffffff) / 2 ** 24; // 0 to 1, without 1

// torch.randperm
function permutation(count, draw) {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  for (let at = 0; at < count - 1; at += 1) {
    const other = at + (draw() % (count - at));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

// Tensor.uniform_(-bound, bound)
const uniforms = (count, bound, draw) => Float64Array.from({ length: count }, () => share(draw) * 2 * bound - bound);

// Tensor.normal_(std=deviation) of at least 16 values: Box and Muller 1958, eight pairs at a time; the last sixteen are
// drawn again where sixteens don't come out even.
function normals(count, deviation, draw) {
  const values = Float64Array.from({ length: count }, () => share(draw));
  for (let at = 0; at + 16 <= count; at += 16) sixteen(values.subarray(at, at + 16), deviation);
  if (count % 16) {
    const last = values.subarray(count - 16);
    for (let at = 0; at < 16; at += 1) last[at] = share(draw);
    sixteen(last, deviation);
  }
  return values;
}

function sixteen(values, deviation) {
  for (let at = 0; at < 8; at += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[at])), angle = 2 * Math.PI * values[at + 8];
    values[at] = radius * Math.cos(angle) * deviation;
    values[at + 8] = radius * Math.sin(angle) * deviation;
  }
}
