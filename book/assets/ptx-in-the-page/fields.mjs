// The form around the editor: what the launch is made of.

import { make } from "./dom.mjs";

const SHORT = { autocomplete: "off", spellcheck: "false", autocapitalize: "off", size: "8" };

const labelled = (id, text, field, note) => {
  field.id = id;
  return make("div", { class: "pip-field" }, make("label", { for: id }, text), field, ...(note ? [note] : []));
};

/** Fields by name, their element, and get() and set() of all of them as texts. */
export const fields = (prefix, changed) => {
  const short = (attributes) => make("input", { type: "text", ...SHORT, ...attributes });
  const byName = {
    grid: short({ inputmode: "text" }),
    block: short({ inputmode: "text" }),
    shared: short({ inputmode: "numeric" }),
    seed: short({ inputmode: "numeric", placeholder: "none" }),
    abi: make(
      "select",
      {},
      make("option", { value: "ptx" }, "one each"),
      make("option", { value: "numba" }, "Numba's way")
    ),
    arguments: make("textarea", { rows: "5", wrap: "off", spellcheck: "false", autocapitalize: "off" }),
  };
  const grid = make(
    "div",
    { class: "pip-fields" },
    labelled(`${prefix}-grid`, "Blocks", byName.grid),
    labelled(`${prefix}-block`, "Threads a block", byName.block),
    labelled(`${prefix}-shared`, "Dynamic shared, bytes", byName.shared),
    labelled(`${prefix}-seed`, "Seed, for Run", byName.seed),
    labelled(`${prefix}-abi`, "Parameters", byName.abi),
    labelled(`${prefix}-arguments`, "Arguments, a line of Python each, with NumPy as np", byName.arguments)
  );
  grid.lastElementChild.classList.add("pip-wide");
  grid.addEventListener("input", changed);
  const launch = make("summary");
  const root = make("details", { class: "pip-launch", open: matchMedia("(min-width: 48rem)").matches }, launch, grid);
  const describe = () => {
    launch.textContent = `Launch: ${byName.grid.value} × ${byName.block.value} threads, arguments`;
  };
  grid.addEventListener("input", describe);
  return {
    root,
    byName,
    get: () => Object.fromEntries(Object.entries(byName).map(([name, field]) => [name, field.value])),
    set: (values) => {
      for (const [name, field] of Object.entries(byName)) field.value = values[name] ?? "";
      describe();
    },
    /** Say which field is at fault; none, for null. */
    blame: (at) => {
      for (const [name, field] of Object.entries(byName))
        if (name === at) {
          field.setAttribute("aria-invalid", "true");
          root.open = true;
        } else field.removeAttribute("aria-invalid");
    },
  };
};
