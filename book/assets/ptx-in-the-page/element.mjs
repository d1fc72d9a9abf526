// The element: an editor with PTX, what to launch it with, and what the simulated SM says to it.

import { make } from "./dom.mjs";
import { Editor, LIMIT } from "./editor.mjs";
import { engine, Stopped } from "./engine.mjs";
import { fields } from "./fields.mjs";
import { keep, keepChoice, recall, recallChoice } from "./kept.mjs";
import { results, summary } from "./results.mjs";
import { stepSummary, warp } from "./warp.mjs";

let count = 0;
const button = (text, title) => make("button", { type: "button", title }, text);

/** Put the element into host, which is emptied. kernels: as in kernels.json. wanted: the name to open, or null. */
export const mount = (host, kernels, wanted) => {
  const prefix = `pip-${count++}`;
  const known = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  let kernel = known.get(wanted) ?? known.get(recallChoice()) ?? kernels[0];
  let state = null; // of the warp, while the fields are those it was stepped with
  let saving = 0;
  let chosenMeanwhile = false; // another block or warp, while the simulated SM was at work

  const editor = new Editor(`${prefix}-ptx`, { changed, refused });
  const form = fields(prefix, changed);
  const select = make("select", { id: `${prefix}-kernel` });
  const about = make("p", { class: "pip-about" });
  const back = button("Take back my changes", "The book's own text again");
  const run = button("Run", "Ctrl+Enter in the text does it, too");
  const forward = button("Step", "Execute the next instruction of the warp");
  const backward = button("Back", "Undo the last one");
  const further = button("10 steps", "Execute ten instructions");
  const toCaret = button("To the cursor", "Go on to the line in which the cursor stands");
  const stop = button("Stop", "End whatever runs");
  const status = make("p", { class: "pip-status", role: "status", "aria-live": "polite" });
  const small = { type: "text", inputmode: "numeric", value: "0", size: "5", autocomplete: "off" };
  const follow = make("input", { ...small, inputmode: "text", id: `${prefix}-follow` });
  const warpNumber = make("input", { ...small, id: `${prefix}-warp` });
  const lane = make("select", { id: `${prefix}-lane` }, make("option", { value: "all" }, "all"));
  lane.append(...[...Array(32).keys()].map((one) => make("option", { value: String(one) }, String(one))));
  lane.value = "0";
  const followed = make(
    "div",
    { class: "pip-followed" },
    ...[["Block", follow], ["Warp", warpNumber], ["Lane", lane]].map(([text, field]) =>
      make("span", {}, make("label", { for: field.id }, text), " ", field)
    )
  );
  const resultPane = make("section", { class: "pip-results", "aria-label": "Results", hidden: true });
  const warpBody = make("div");
  const warpPane = make("section", { class: "pip-warp", "aria-label": "The warp", hidden: true }, followed, warpBody);

  for (const chapter of new Set(kernels.map((one) => one.chapter))) {
    const number = chapter.match(/\d+/)[0];
    const group = make("optgroup", { label: `${chapter.startsWith("labs") ? "Lab" : "Chapter"} ${Number(number)}` });
    for (const one of kernels.filter((each) => each.chapter === chapter))
      group.append(make("option", { value: one.name }, one.title));
    select.append(group);
  }

  host.replaceChildren(
    make("div", { class: "pip-choice" }, make("label", { for: select.id }, "Kernel"), select, back),
    about,
    form.root,
    make("label", { for: editor.field.id, class: "pip-label" }, "PTX"),
    editor.root,
    make("div", { class: "pip-buttons" }, run, forward, further, backward, toCaret, stop),
    status,
    resultPane,
    warpPane
  );
  host.classList.add("pip");

  const current = () => ({ ptx: editor.text, ...form.get() });
  const original = () => ({ seed: "", ...kernel });
  const isChanged = () => {
    const now = current();
    return Object.keys(now).some((name) => now[name] !== original()[name]);
  };

  function save() {
    clearTimeout(saving);
    saving = 0;
    if (!keep(kernel.name, isChanged() ? current() : null))
      say("This browser keeps nothing: a reload will lose what you type.");
  }

  function changed() {
    state = null;
    warpPane.classList.add("pip-old");
    resultPane.classList.add("pip-old");
    form.blame(null);
    back.disabled = !isChanged();
    saving ||= setTimeout(save, 300);
  }

  function refused(size) {
    say(`That text is too large: ${size.toLocaleString("en")} characters, and at most ` +
      `${LIMIT.toLocaleString("en")} fit in here. What was in the editor is still there.`);
  }

  function hide(pane, body) {
    pane.hidden = true;
    body.replaceChildren();
  }

  function say(text) {
    status.textContent = text;
  }

  function open(next) {
    if (saving) save();
    kernel = next;
    const kept = recall(kernel.name);
    const shown = { ...original(), ...kept };
    select.value = kernel.name;
    about.textContent = kernel.about;
    editor.text = shown.ptx;
    form.set(shown);
    form.blame(null);
    follow.value = warpNumber.value = "0";
    chosenMeanwhile = false;
    state = null;
    back.disabled = !isChanged();
    hide(resultPane, resultPane);
    hide(warpPane, warpBody);
    say(kept ? "With your changes, as you left them." : "");
    keepChoice(kernel.name);
  }

  function busy(is) {
    host.setAttribute("aria-busy", String(is));
    // Not disabled, which would take the focus away from who just pressed it.
    for (const one of [run, forward, further, backward, toCaret]) one.setAttribute("aria-disabled", String(is));
    stop.disabled = !is;
  }

  async function ask(what, more) {
    if (host.getAttribute("aria-busy") === "true") return null;
    busy(true);
    say("Running …");
    const sent = { ...current(), follow: follow.value, warp: warpNumber.value, ...more };
    try {
      return await engine.ask(prefix, what, sent, say);
    } catch (error) {
      chosenMeanwhile = false;
      say(error instanceof Stopped ? "Stopped. Your text is as it was." : `It did not work: ${error.message}`);
      return null;
    } finally {
      busy(false);
      if (chosenMeanwhile) {
        chosenMeanwhile = false;
        doStep({ by: 0 });
      }
    }
  }

  const wrongLines = (errors) => [...new Set(errors.flatMap(({ lines }) => lines))].map((line) => [line, "wrong"]);

  async function doRun() {
    const answer = await ask("run", {});
    if (answer === null) return;
    resultPane.replaceChildren(make("h3", {}, "Results"), ...results(answer));
    resultPane.hidden = false;
    resultPane.classList.remove("pip-old");
    hide(warpPane, warpBody);
    editor.mark(wrongLines(answer.errors));
    form.blame(answer.errors[0]?.field ?? null);
    say(summary(answer));
  }

  async function doStep(move) {
    const answer = await ask("step", state === null ? { by: 0 } : move);
    if (answer === null) return;
    say(stepSummary(answer));
    if (answer.heading === undefined) {
      const [error] = answer.errors;
      if (error.field === "to") return; // the warp stands where it stood
      form.blame(error.field);
      editor.mark(wrongLines(answer.errors));
      return;
    }
    state = answer;
    showWarp();
  }

  function showWarp() {
    if (state === null) return;
    warpBody.replaceChildren(...warp(state, lane.value === "all" ? "all" : Number(lane.value)));
    warpPane.hidden = false;
    warpPane.classList.remove("pip-old");
    hide(resultPane, resultPane);
    const at = state.line === null ? [] : [[state.line, state.done ? "wrong" : "next"]];
    editor.mark(state.errors.length ? wrongLines(state.errors) : at);
  }

  run.addEventListener("click", doRun);
  forward.addEventListener("click", () => doStep({ by: 1 }));
  further.addEventListener("click", () => doStep({ by: 10 }));
  backward.addEventListener("click", () => doStep({ by: -1 }));
  toCaret.addEventListener("click", () => doStep({ to: String(editor.caretLine) }));
  stop.addEventListener("click", () => {
    engine.stop();
    run.focus(); // Stop itself is of no use now, and would drop the focus
  });
  lane.addEventListener("input", showWarp);
  for (const field of [follow, warpNumber])
    field.addEventListener("change", () => {
      state = null;
      if (host.getAttribute("aria-busy") === "true") chosenMeanwhile = true;
      else doStep({ by: 0 });
    });
  editor.field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      doRun();
    }
  });
  select.addEventListener("change", () => open(known.get(select.value)));
  back.addEventListener("click", () => {
    keep(kernel.name, null);
    clearTimeout(saving);
    saving = 0;
    open(kernel);
    say("The book's own text again.");
  });
  addEventListener("pagehide", () => saving && save());

  busy(false);
  open(kernel);
};
