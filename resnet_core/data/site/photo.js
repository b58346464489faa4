// A photo from the visitor's device: decoded by the browser, resized by us, and sent nowhere.
import { pixelsIn } from "network";

const MOST_PIXELS = 8192 * 6144, MOST_SIDE = 4096, MOST_BYTES = 20e6; // as the app has them

// A file -> its pixels.
export async function pixelsOf(file) {
  if (file.size > MOST_BYTES) throw new Error(`The file has ${(file.size / 1e6).toFixed(1)} MB; at most ${MOST_BYTES / 1e6} MB are read. Save the picture smaller, or as JPEG, and try again.`);
  const address = URL.createObjectURL(file), image = Object.assign(new Image(), { src: address });
  try {
    await image.decode();
  } catch {
    throw new Error("This browser can't read that file as a picture. Save it as PNG, JPEG or WebP, and try again.");
  } finally {
    URL.revokeObjectURL(address);
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width * height > MOST_PIXELS) throw new Error(`The picture has ${width.toLocaleString("en")} × ${height.toLocaleString("en")} pixels; at most ${Math.floor(MOST_PIXELS / 1e6)} megapixels are read. Scale it down and try again: the network looks at a small copy anyway.`);
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height)), sides = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  return pixelsIn(image, ...sides);
}

// What a network sees, as an address for an <img>.
export function shownAs(pixels, side) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side }), shown = new ImageData(side, side);
  for (let at = 0; at < side * side; at += 1) shown.data.set([...pixels.subarray(3 * at, 3 * at + 3), 255], 4 * at);
  canvas.getContext("2d").putImageData(shown, 0, 0);
  return canvas.toDataURL("image/png");
}

// A button for a file, and the whole page as a place to drop one.
export function listenForPhotos(field, take) {
  field.onchange = () => { if (field.files[0]) take(field.files[0]); field.value = ""; };
  const mark = (is) => document.documentElement.classList.toggle("dropping", is);
  addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}
