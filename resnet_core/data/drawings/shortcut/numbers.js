// Numbers that are true as read. A value is a whole number of the last place, so that sums are exact.
function decode(text) {
  if (text instanceof Int16Array) return text; // a page that computes by itself has them as they are
  return new Int16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

const roundTo = (number, drop) => Math.sign(number) * Math.round(Math.abs(number) / 10 ** drop);
const minus = (text) => text.replace("-", "−");
const fixed = (number, drop, digits) => minus((roundTo(number, drop) / 10 ** digits || 0).toFixed(digits));
const percent = (share) => `${(100 * share).toFixed(1)} %`;

// Whether the rounding is sure, though the number itself is only sure to `error` of its last place.
const isSure = (number, drop, error) => Math.abs((Math.abs(number) % 10 ** drop) - 10 ** drop / 2) > error;

// The fewest digits, two where there is room, with which each number is rounded right and the sum adds up as it is read.
function digitsThatAddUp([x, f], places, errors) {
  for (let digits = Math.max(0, places - (places > 3 ? 2 : 1)); digits < places; digits += 1) {
    const drop = places - digits;
    const adds = roundTo(x, drop) + roundTo(f, drop) === roundTo(x + f, drop);
    if (adds && [x, f, x + f].every((number, at) => isSure(number, drop, errors[at]))) return digits;
  }
  return places;
}

// The terms of one addition as text. `tenths` is 10 alpha: the branch counts that many tenths of itself.
function termsOf(x, f, places, tenths = 10) {
  let errors = [0.5, 1, 0.5]; // of x, F and their sum as they were sent
  if (tenths !== 10) {
    errors = [5, Math.abs(tenths), (Math.abs(10 - tenths) + Math.abs(tenths)) / 2];
    [x, f, places] = [10 * x, tenths * f, places + 1];
  }
  const digits = digitsThatAddUp([x, f], places, errors);
  const write = (number) => fixed(number, places - digits, digits);
  const [left, right, sum, out] = [x, f, x + f, Math.max(0, x + f)].map(write);
  return { x: left, f: right.startsWith("−") ? `(${right})` : right, sum, out };
}

function sentence(x, f, places, tenths, rectified) {
  const terms = termsOf(x, f, places, tenths);
  return `${terms.x} + ${terms.f} = ${terms.sum}${rectified ? ` → relu ${terms.out}` : ""}`;
}
