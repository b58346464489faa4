// A camera that takes one snapshot after another: by a press, or by holding the button down. Each goes to the server with
// its number and its time; what the server has taken in is dropped here.
const SIDE = 480, PAUSE_MS = 400, MOST_WAITING = 40;

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".snapping");
  const kept = (root.kept ??= { number: 0, waiting: [], visit: data.visit, stream: null });
  kept.to = data.to;
  kept.waiting = kept.waiting.filter((shot) => shot.number > data.taken);
  kept.number = Math.max(kept.number, data.taken);
  const video = root.querySelector("video"), button = root.querySelector("button"), said = root.querySelector(".said");
  button.textContent = data.label;
  if (root.ready) return () => {};
  root.ready = true;

  const say = (words) => { said.textContent = words; };
  const begin = async () => {
    try {
      kept.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 640, height: 480 } });
      video.srcObject = kept.stream;
      await video.play();
      button.disabled = false;
      say("Press for one photo, hold for several.");
    } catch (error) {
      say(error.name === "NotAllowedError"
        ? "The browser was not allowed to use the camera. Allow it beside the address, or send files."
        : "No camera answers here. Send files instead.");
    }
  };
  const snap = () => {
    if (!video.videoWidth || kept.waiting.length >= MOST_WAITING) return;
    const scale = SIDE / Math.min(video.videoWidth, video.videoHeight);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = canvas.toDataURL("image/jpeg", 0.9);
    kept.waiting.push({ number: ++kept.number, to: kept.to, taken_s: Date.now() / 1000, picture });
    say(`${kept.number} taken`);
    video.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 200 });
    setStateValue("shots", { visit: kept.visit, shots: [...kept.waiting] });
  };
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; };
  button.addEventListener("pointerdown", () => { snap(); stop(); timer = setInterval(snap, PAUSE_MS); });
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, stop);
  button.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") { event.preventDefault(); snap(); }
  });
  button.disabled = true;
  begin();
  return () => { stop(); kept.stream?.getTracks().forEach((track) => track.stop()); };
}
