// A plain text field with line numbers. Marks stand behind the text: "next" for the instruction to come, "wrong" for
// one that an error names. A text beyond the limit is not taken, and what was there stays.

import { make } from "./dom.mjs";

export const LIMIT = 256 * 1024; // characters, as in smsim/inpage/request.py
const SIGNS = { next: "▸", wrong: "!" };

export class Editor {
  #last = "";
  #lines = 0;
  #marks = [];

  /** changed() is called after each edit, refused(size) where a text is too large. */
  constructor(id, { changed, refused }) {
    this.field = make("textarea", {
      id, wrap: "off", rows: "18", spellcheck: "false", autocapitalize: "off", autocomplete: "off", autocorrect: "off",
    });
    this.numbers = make("div", { class: "pip-numbers", "aria-hidden": "true" });
    this.bands = make("div", { class: "pip-bands", "aria-hidden": "true" });
    this.root = make("div", { class: "pip-editor" }, this.bands, this.numbers, this.field);

    const tooLarge = (event, transfer, replaced) => {
      const size = this.field.value.length - replaced + (transfer?.getData("text/plain").length ?? 0);
      if (size <= LIMIT) return;
      event.preventDefault(); // so that even undo knows nothing of it
      refused(size);
    };
    this.field.addEventListener("paste", (event) => {
      tooLarge(event, event.clipboardData, this.field.selectionEnd - this.field.selectionStart);
    });
    this.field.addEventListener("drop", (event) => tooLarge(event, event.dataTransfer, 0));
    this.field.addEventListener("input", () => {
      if (this.field.value.length > LIMIT) {
        const size = this.field.value.length;
        this.field.value = this.#last;
        refused(size);
        return;
      }
      this.#last = this.field.value;
      this.#count();
      this.mark([]);
      changed();
    });
    this.field.addEventListener("scroll", () => this.#place());
    new ResizeObserver(() => this.#place()).observe(this.field);
  }

  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = this.#last = text;
    this.#count();
    this.mark([]);
  }

  /** The line in which the caret stands, from 1. */
  get caretLine() {
    return this.field.value.slice(0, this.field.selectionStart).split("\n").length;
  }

  /** Show marks [[line, "next" | "wrong"], ...] and bring the first into sight. */
  mark(marks) {
    this.#marks = marks;
    this.bands.replaceChildren(
      ...marks.map(([line, kind]) => make("div", { class: `pip-band pip-${kind}`, "data-line": line }, SIGNS[kind]))
    );
    if (marks.length > 0) {
      const top = (marks[0][0] - 1) * this.#height;
      const { scrollTop, clientHeight } = this.field;
      if (top < scrollTop || top > scrollTop + clientHeight - 3 * this.#height)
        this.field.scrollTop = Math.max(top - clientHeight / 3, 0);
    }
    this.#place();
  }

  get #height() {
    return parseFloat(getComputedStyle(this.field).lineHeight);
  }

  #count() {
    const lines = this.field.value.split("\n").length;
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
    this.#place();
  }

  #place() {
    const { scrollTop } = this.field;
    this.numbers.style.transform = `translateY(${-scrollTop}px)`;
    const height = this.#height;
    [...this.bands.children].forEach((band, at) => {
      band.style.transform = `translateY(${(this.#marks[at][0] - 1) * height - scrollTop}px)`;
    });
  }
}
