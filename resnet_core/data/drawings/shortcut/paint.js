// Values as colours.
const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// White at zero, one end below, one above.
function paint(canvas, values, height, width, bound, [low, zero, high]) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const [below, white, above] = [low, zero, high].map(rgb);
  const pixels = new ImageData(width, height);
  values.forEach((value, at) => {
    const share = Math.min(1, Math.abs(value) / bound), end = value < 0 ? below : above;
    for (let part = 0; part < 3; part += 1) pixels.data[4 * at + part] = white[part] + (end[part] - white[part]) * share;
    pixels.data[4 * at + 3] = 255;
  });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
