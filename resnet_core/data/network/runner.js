// The network beside the page: in a worker where there is one, else in the page itself.
const PATIENCE = 8000; // milliseconds for a worker to answer its first question
let ask = null;
export let without = ""; // why there is no worker

function inWorker() {
  const worker = new Worker(import.meta.url, { type: "module" }), open = new Map();
  worker.onmessage = ({ data: { id, result, error } }) => {
    const { resolve, reject } = open.get(id);
    open.delete(id);
    error ? reject(new Error(error)) : resolve(result);
  };
  worker.onerror = (event) => { event.preventDefault?.(); for (const { reject } of open.values()) reject(new Error("worker")); };
  let last = 0;
  return (name, asked) => new Promise((resolve, reject) => {
    open.set(last += 1, { resolve, reject });
    worker.postMessage({ id: last, name, asked });
  });
}

function inPage() {
  const here = session();
  without = "This browser starts no worker for the page, so the network runs in the page itself, which stops for a moment at each step.";
  return async (name, asked) => here[name](asked);
}

// One network at a time: `run("block", path)`, once `start(buffer)` has given it its weights. Its classes come back.
export const run = (name, asked) => ask(name, asked);

// With `besideThePage` it is an error that there is no worker; otherwise the network then runs in the page.
export async function start(buffer, { besideThePage = false } = {}) {
  if (ask && !(without && besideThePage)) return run("open", buffer);
  try {
    const worker = inWorker();
    const classes = await Promise.race([worker("open", buffer), new Promise((_, fail) => setTimeout(() => fail(new Error("worker")), PATIENCE))]);
    ask = worker;
    return classes;
  } catch (error) {
    if (besideThePage || error.message.startsWith("The network's file")) throw error;
    ask = inPage();
    return run("open", buffer);
  }
}
