// What a run found: errors first, then arrays before and after, then counts.

import { make, plural, table } from "./dom.mjs";

/** One finding: its class, its sentence, the lines below it. */
const finding = (kind, { kind: name, text, aside }) =>
  make(
    "div",
    { class: `pip-finding pip-${kind}` },
    make("strong", {}, kind === "warning" ? `Warning, ${name}` : name || "This cannot run"),
    make("p", {}, text),
    ...(aside ? [make("p", { class: "pip-aside" }, aside)] : [])
  );

export const findings = ({ errors = [], warnings = [], found = errors.length }) => [
  ...errors.map((error) => finding("error", error)),
  ...(found > errors.length ? [make("p", {}, `and ${found - errors.length} more`)] : []),
  ...warnings.map((warning) => finding("warning", warning)),
];

const arrayTitle = ({ name, type, shape, changed }, compared) =>
  `${name}: ${type}[${shape.join(", ")}]` + (compared ? `, ${changed.toLocaleString("en")} changed` : "");

/** An array as a table; with what was before, if that is known. */
export const arrayTable = (array, head) => {
  const compared = array.rows.some((row) => row.before !== undefined);
  const title = arrayTitle(array, compared);
  const rows = array.rows.map(({ at, before, after, changed }) => {
    const now = make("td", { class: changed && "pip-changed" }, changed ? `${after} ←` : after);
    return compared ? [at, before, now] : [at, now];
  });
  const rest =
    array.more > 0
      ? [make("p", { class: "pip-aside" }, `and ${array.more.toLocaleString("en")} more, ` +
          `${array.more_changed.toLocaleString("en")} of them changed`)]
      : [];
  return make(
    "div",
    { class: "pip-array", "data-array": array.name },
    make("p", { class: "pip-name" }, title),
    table(title, compared ? head : [head[0], head[2]], rows),
    ...rest
  );
};

/** Everything that a run answered, as elements. */
export const results = (answer) => {
  const wrong = answer.errors.length > 0;
  const made = [...findings(answer)];
  if (answer.arrays?.length) {
    made.push(make("h4", {}, wrong ? "Arrays, as the wrong program left them" : "Arrays"));
    if (answer.scalars.length) made.push(make("p", { class: "pip-aside" }, answer.scalars.join(", ")));
    const head = ["element", "before", wrong ? "after (wrong)" : "after"];
    made.push(make("div", { class: "pip-arrays" }, ...answer.arrays.map((array) => arrayTable(array, head))));
  }
  if (answer.printed) made.push(make("h4", {}, "Printed"), make("pre", {}, answer.printed));
  if (answer.counts) {
    const { report, metrics } = answer.counts;
    made.push(
      make("h4", {}, "Counters"),
      make("pre", { class: "pip-report", tabindex: "0" }, report),
      make(
        "details",
        {},
        make("summary", {}, `All ${metrics.length} metrics that are not zero, under Nsight Compute's names`),
        table("Metrics", ["metric", "value", "what it counts"], metrics)
      )
    );
  }
  return made;
};

/** What the live region says of a run, in one sentence. */
export const summary = (answer) => {
  const count = answer.found ?? answer.errors.length;
  if (!answer.launch) return `Not run: ${answer.errors[0].text}`;
  const warnings = answer.warnings.length ? `, ${plural(answer.warnings.length, "warning")}` : "";
  if (count === 0 && warnings) return `${answer.launch}: no error${warnings}. ${answer.warnings[0].text.split("\n")[0]}`;
  if (count === 0) return `${answer.launch}: no hazard found.`;
  return `${answer.launch}: ${plural(count, "error")}${warnings}. ${answer.errors[0].kind}: ${answer.errors[0].text.split("\n")[0]}`;
};
