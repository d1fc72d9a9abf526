// Python and the simulated SM, beside the page's own thread: the page stays usable, and can end this at any time.
// In: {number, element, what, fields}. Out: {progress} while it loads, {ready}, then {number, answer} or {number, broken}.

const at = (name) => new URL(name, import.meta.url).href;
const tell = (progress) => postMessage({ progress });

const bytes = async (url, options) => {
  const got = await fetch(url, options);
  if (!got.ok) throw new Error(`${url} answered ${got.status}`);
  return got.arrayBuffer();
};

// The browser itself refuses the file if its hash is another.
const checked = ({ url, sha256 }) => {
  const hash = btoa(String.fromCharCode(...sha256.match(/../g).map((pair) => parseInt(pair, 16))));
  const options = { integrity: `sha256-${hash}`, credentials: "omit", signal: AbortSignal.timeout(60_000) };
  return bytes(url, options).catch(() => {
    throw new Error(`NumPy could not be fetched from ${new URL(url).host}, or it is not the expected file.`);
  });
};

const load = async () => {
  const told = JSON.parse(new TextDecoder().decode(await bytes(at("engine.json"))));
  if (told.missing) throw new Error(`This copy of the site was built without Python (${told.missing}).`);
  tell("Loading Python, NumPy and the simulated SM, about 10 MB …");
  const { loadPyodide } = await import(at("pyodide/pyodide.mjs"));
  const [python, numpy, engine] = await Promise.all([
    loadPyodide({ indexURL: at("pyodide/") }),
    checked(told.numpy),
    bytes(at("smsim.zip")),
  ]);
  tell("Starting the simulated SM …");
  python.unpackArchive(numpy, "wheel");
  python.unpackArchive(engine, "zip", { extractDir: "/engine" });
  return python.runPython(`
import sys
sys.path.insert(0, "/engine")
from smsim.inpage import Session
Session
`);
};

const sessions = new Map(); // one for each element of the page
const loaded = load();
loaded.then(() => postMessage({ ready: true }), () => {}); // a failure is told to whoever asks

onmessage = async ({ data: { number, element, what, fields } }) => {
  try {
    const Session = await loaded;
    if (!sessions.has(element)) sessions.set(element, Session());
    postMessage({ number, answer: sessions.get(element)[what](JSON.stringify(fields)) });
  } catch (error) {
    // A traceback ends with the line that says what is wrong.
    const lines = String(error.message ?? error).trim().split("\n");
    postMessage({ number, broken: lines.at(-1) });
  }
};
