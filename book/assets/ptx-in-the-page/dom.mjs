// Elements without markup in strings: what readers type is only ever text.

/** make("p", {class: "said"}, "text", child): attributes that are true stand alone, false and null are left out. */
export const make = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

export const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** A table that scrolls by itself, and by the keyboard. rows: arrays of text or elements; the first cell heads its row. */
export const table = (label, head, rows) =>
  make(
    "div",
    { class: "pip-scroll", tabindex: "0", role: "region", "aria-label": label },
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
      make(
        "tbody",
        {},
        ...rows.map(([first, ...rest]) => {
          const cells = rest.map((cell) => (cell instanceof Node ? cell : make("td", {}, cell)));
          return make("tr", {}, make("th", { scope: "row" }, first), ...cells);
        })
      )
    )
  );
