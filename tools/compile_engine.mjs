// node compile_engine.mjs PYODIDE_FOLDER FROM.zip TO.zip
// The modules of an archive as bytecode of Pyodide's own Python, which no browser then has to compile at each start.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, from, to] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${pyodide}/`, env: { HOME: "/home/pyodide" } });
python.FS.writeFile("/from.zip", new Uint8Array(readFileSync(from)));
python.runPython(`
import importlib.util, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

with zipfile.ZipFile("/from.zip") as source, zipfile.ZipFile("/to.zip", "w") as compiled:
    for entry in source.infolist():
        content, name = source.read(entry), entry.filename
        if name.endswith(".py"):
            code = compile(content, f"/engine/{name}", "exec", dont_inherit=True)
            content, name = _code_to_hash_pyc(code, importlib.util.source_hash(content), False), f"{name}c"
        written = zipfile.ZipInfo(name, entry.date_time)
        written.compress_type = zipfile.ZIP_DEFLATED
        compiled.writestr(written, bytes(content), compresslevel=9)
`);
writeFileSync(to, python.FS.readFile("/to.zip"));
