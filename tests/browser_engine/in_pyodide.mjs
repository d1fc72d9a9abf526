// node in_pyodide.mjs '{"pyodide": ..., "numpy": ..., "packages": {name: folder}, "run": ..., "folder": ...}'
// Runs a Python file in Pyodide with NumPy and the given packages and nothing else; its output goes to stdout.
import { pathToFileURL } from "node:url";
import { dirname } from "node:path";

const told = JSON.parse(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(`${told.pyodide}/pyodide.mjs`).href);

const python = await loadPyodide({
  indexURL: `${told.pyodide}/`,
  env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" }, // the folders below are the host's own
});
await python.loadPackage(pathToFileURL(told.numpy).href, { messageCallback() {} });

for (const [name, folder] of Object.entries(told.packages)) {
  python.mountNodeFS(`/packages/${name}`, folder);
}
python.mountNodeFS("/programs", dirname(told.run));

python.globals.set("told", python.toPy(told));
try {
  python.runPython(`
import os, runpy, sys
sys.path.insert(0, "/packages")
file = os.path.join("/programs", os.path.basename(told["run"]))
sys.argv = [file, os.path.join("/programs", os.path.relpath(told["folder"], os.path.dirname(told["run"])))]
runpy.run_path(file, run_name="__main__")
`);
} catch (error) {
  console.error(error.message); // Node's own report would show a megabyte of Pyodide's source
  process.exitCode = 1;
}
