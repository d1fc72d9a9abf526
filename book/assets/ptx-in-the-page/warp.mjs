// Where a stepped warp stands: the active mask, the registers of a lane or of all, memory at this moment.

import { make, plural, table } from "./dom.mjs";
import { arrayTable, findings } from "./results.mjs";

const ones = (mask) => mask.split("1").length - 1;

const said = ({ active, acting, lanes, done }) => {
  if (done && ones(active) === 0) return "No lane is active: the warp has ended.";
  const guarded = active === acting ? "" : `; the guard lets ${ones(acting)} of them act`;
  return `${ones(active)} of ${plural(lanes, "lane")} active${guarded}.`;
};

const mask = (state) => {
  const cells = [...state.active].map((bit, lane) => {
    const kind = lane >= state.lanes ? "none" : state.acting[lane] === "1" ? "on" : bit === "1" ? "held" : "off";
    return make("span", { class: `pip-lane pip-${kind}` }, String(lane));
  });
  return make("div", { class: "pip-mask", role: "img", "aria-label": said(state) }, ...cells);
};

/** lane: a number, or "all". */
const registers = (state, lane) => {
  if (state.registers.length === 0) return make("p", { class: "pip-aside" }, "No register has been written yet.");
  const lanes = lane === "all" ? [...Array(state.lanes).keys()] : [Math.min(lane, state.lanes - 1)];
  const rows = state.registers.map(({ name, changed, lanes: values }) => [
    make("span", {}, changed ? `${name} ●` : name),
    ...lanes.map((one) => make("td", { class: changed && "pip-changed" }, values[one] ?? "not written")),
  ]);
  return table("Registers", ["register", ...lanes.map((one) => `lane ${one}`)], rows);
};

/** Everything about the warp, as elements. */
export const warp = (state, lane) => {
  const where = state.line === null ? [] : [make("code", {}, `${state.line}  ${state.text}`)];
  const head = ["element", "at first", "now"];
  return [
    make("h3", {}, state.heading),
    ...(where.length ? [make("p", {}, state.done ? "Stopped at " : "Next: ", ...where)] : []),
    ...findings(state),
    make("p", {}, said(state)),
    mask(state),
    make("h4", {}, "Registers"),
    registers(state, lane),
    ...(state.registers.some((one) => one.changed)
      ? [make("p", { class: "pip-aside" }, "● written by the instruction before")]
      : []),
    make("h4", {}, "Memory now"),
    make(
      "div",
      { class: "pip-arrays" },
      ...state.arrays.map((array) => arrayTable(array, head)),
      ...state.shared.map((array) => arrayTable({ ...array, name: `shared ${array.name}` }, head))
    ),
    ...(state.shared.length
      ? [make("p", { class: "pip-aside" }, "Shared memory that nobody wrote holds bytes 0xCD.")]
      : []),
    ...(state.printed ? [make("h4", {}, "Printed so far"), make("pre", {}, state.printed)] : []),
  ];
};

/** What the live region says of a step. */
export const stepSummary = (state) => {
  if (state.heading === undefined) return `Not stepped: ${state.errors[0].text}`;
  if (state.errors.length) return `${state.errors[0].kind}: ${state.errors[0].text.split("\n")[0]}`;
  if (state.done) return `The warp has ended after ${plural(state.position, "instruction")}.`;
  return `${plural(state.position, "instruction")} executed. Next, line ${state.line}: ${state.text}. ${said(state)}`;
};
