// From a photo's pixels to what a network sees: as Pillow resizes, to the last bit, then normalised.
const BITS = 22; // of a coefficient, as Pillow's resize has it for pictures of 8 bits
const MOST_ASPECT = 20; // what the crop leaves out of a longer picture may as well go first
const sinc = (x) => (x ? Math.sin(Math.PI * x) / (Math.PI * x) : 1);
const FILTERS = {
  box: [0.5, (x) => (x > -0.5 && x <= 0.5 ? 1 : 0)],
  bilinear: [1, (x) => Math.max(0, 1 - Math.abs(x))],
  bicubic: [2, (x) => cubic(Math.abs(x))],
  lanczos: [3, (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0)],
};

function cubic(x) {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

// Of each new pixel: the first old one that counts, and how much it and those behind it count, in whole numbers.
function coefficients(size, [from, to], wanted, [reach, weigh]) {
  const scale = (to - from) / wanted, stretch = Math.max(1, scale), support = reach * stretch;
  return Array.from({ length: wanted }, (_, at) => {
    const centre = from + (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5)), end = Math.min(size, Math.trunc(centre + support + 0.5));
    const weights = Array.from({ length: end - first }, (_, place) => weigh((place + first - centre + 0.5) * (1 / stretch)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return [first, Int32Array.from(weights, (weight) => Math.trunc((weight / (sum || 1)) * 2 ** BITS + (weight < 0 ? -0.5 : 0.5)))];
  });
}

const clipped = (value) => Math.max(0, Math.min(255, value >> BITS));

// {pixels, width, height, channels} -> the part `box` (left, top, right, bottom) of it at another size, first in its
// rows, then in its columns, each in whole numbers from 0 to 255.
export function resize(picture, width, height, filter, box = [0, 0, picture.width, picture.height]) {
  const { channels } = picture, [left, top, right, bottom] = box, one = FILTERS[filter];
  let { pixels } = picture;
  if (width !== picture.width || left || right !== width) {
    const columns = coefficients(picture.width, [left, right], width, one);
    pixels = across(pixels, columns, { lines: picture.height, line: picture.width * channels, step: channels, channels, out: [width * channels, channels] });
  }
  if (height !== picture.height || top || bottom !== height) {
    const rows = coefficients(picture.height, [top, bottom], height, one);
    pixels = across(pixels, rows, { lines: width, line: channels, step: width * channels, channels, out: [channels, width * channels] });
  }
  return { pixels, width, height, channels };
}

// All lines of a picture one way; `line` and `step` lead from line to line and from pixel to pixel.
function across(pixels, coefficients, { lines, line, step, channels, out: [outLine, outStep] }) {
  const out = new Uint8Array(lines * coefficients.length * channels);
  for (let row = 0; row < lines; row += 1) {
    coefficients.forEach(([first, weights], at) => {
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 2 ** (BITS - 1);
        for (let place = 0, from = row * line + first * step + channel; place < weights.length; place += 1, from += step) sum += pixels[from] * weights[place];
        out[row * outLine + at * outStep + channel] = clipped(sum);
      }
    });
  }
  return out;
}

// The square in the middle that a network sees, its shorter side first resized.
export function seenBy({ side, resizeTo, filter }, picture) {
  const { width, height } = picture, limit = MOST_ASPECT * Math.min(width, height);
  const [keptWidth, keptHeight] = [Math.min(width, limit), Math.min(height, limit)];
  const box = [(width - keptWidth) / 2, (height - keptHeight) / 2];
  const kept = keptWidth === width && keptHeight === height ? picture : resize(picture, keptWidth, keptHeight, "bicubic", [...box, box[0] + keptWidth, box[1] + keptHeight]);
  const longer = Math.floor((resizeTo * Math.max(keptWidth, keptHeight)) / Math.min(keptWidth, keptHeight));
  const [across, down] = keptWidth <= keptHeight ? [resizeTo, longer] : [longer, resizeTo];
  const small = resize(kept, across, down, filter), [left, top] = [across, down].map((size) => evenly((size - side) / 2));
  const pixels = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at += 1) {
    const from = ((top + Math.floor(at / side)) * across + left + (at % side)) * picture.channels;
    for (let part = 0; part < 3; part += 1) pixels[3 * at + part] = small.pixels[from + part];
  }
  return pixels;
}

// As Python rounds: a half goes to the even number.
const evenly = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

// Pixels of 0 to 255 -> (3, side, side), as the network was trained with.
export function normalised({ side, mean, std }, pixels) {
  return Float32Array.from({ length: 3 * side * side }, (_, at) => {
    const channel = Math.floor(at / (side * side));
    return (pixels[3 * (at % (side * side)) + channel] / 255 - mean[channel]) / std[channel];
  });
}

// What an <img> shows, as {pixels, width, height, channels} of red, green, blue and opacity.
export function pixelsIn(image, width = image.naturalWidth, height = image.naturalHeight) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush || !width || !height) throw new Error("This browser has no room for the picture. Scale it down and try again.");
  brush.fillStyle = "#fff"; // transparency is laid on white
  brush.fillRect(0, 0, width, height);
  brush.drawImage(image, 0, 0, width, height);
  return { pixels: brush.getImageData(0, 0, width, height).data, width, height, channels: 4 };
}
