// Networks in training beside the page: each in a worker of its own, or all in the page where no worker starts.
import { train } from "training";

const PATIENCE = 8000; // milliseconds for a worker to say that it is there

// `tell` hears what each of the `arms` reports, `without` why there is no worker, `failed` what ended a training.
// Returns a function that ends them all.
export function race(asked, arms, { tell, without, failed }) {
  const workers = [];
  let over = false;
  const end = () => { over = true; workers.forEach((worker) => worker.terminate()); };
  const fail = (words) => { if (!over) { end(); failed(words); } };
  inWorkers().catch(() => { workers.forEach((worker) => worker.terminate()); if (!over) inPage(); });
  return end;

  async function inWorkers() {
    await Promise.all(arms.map(() => opened(workers)));
    if (over) return;
    workers.forEach((worker, at) => {
      worker.onmessage = ({ data }) => { if (data.broken) fail(data.broken); else if (!over) tell(data); };
      worker.onerror = (event) => { event.preventDefault?.(); fail("A worker of the browser ended before its network did."); };
      worker.postMessage({ ...asked, arm: arms[at] });
    });
  }

  // Step by step in turns, so that the page can be drawn and heard in between.
  function inPage() {
    without("This browser starts no worker for the page, so both networks train in the page itself, one step after the other. It may take twice as long.");
    const goesOn = () => new Promise((resolve) => { setTimeout(() => resolve(!over)); });
    for (const arm of arms) train({ ...asked, arm }, tell, goesOn).catch((error) => fail(error.message));
  }
}

function opened(workers) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.resolve("training"), { type: "module" });
    workers.push(worker);
    worker.onmessage = resolve; // "ready"
    worker.onerror = (event) => { event.preventDefault?.(); reject(new Error("worker")); };
    setTimeout(() => reject(new Error("worker")), PATIENCE);
  });
}
