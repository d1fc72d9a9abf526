// The page's side of the worker: made at the first question, ended by stop(), made again at the next.

export class Stopped extends Error {}

class Engine {
  #worker = null;
  #asked = new Map(); // number -> {resolve, reject, progress}
  #next = 0;

  /** Ask for "run" or "step"; progress(text) is told while Python loads. Rejects with Stopped after stop(). */
  ask(element, what, fields, progress) {
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject, progress });
      this.#started().postMessage({ number, element, what, fields });
    });
  }

  /** End whatever runs, in the middle of it. Python is loaded again at once, for the next question. */
  stop() {
    this.#end(new Stopped("stopped"));
    this.#started();
  }

  #started() {
    if (this.#worker === null) {
      this.#worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#heard(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#end(new Error(`The simulated SM could not be started: ${event.message ?? "the file is missing"}`));
      };
    }
    return this.#worker;
  }

  #heard({ progress, number, answer, broken }) {
    if (progress) for (const one of this.#asked.values()) one.progress(progress);
    const asked = this.#asked.get(number);
    if (asked === undefined) return;
    if (broken !== undefined) {
      this.#end(new Error(broken)); // after a failure of its own, the next question gets a fresh one
      return;
    }
    this.#asked.delete(number);
    asked.resolve(JSON.parse(answer));
  }

  #end(why) {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#asked.values()) reject(why);
    this.#asked.clear();
  }
}

export const engine = new Engine();
