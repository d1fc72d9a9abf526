/* What a reader has done, kept in this browser: read, checked, merged, written.
 *
 * The format is that of labkit's progress file (src/labkit/record/store.py) with one part more, `pages`: the chapters
 * and labs that were marked as done. So what labkit exports can be read here, and what is saved here by labkit.
 */
const bookProgress = (() => {
  'use strict';
  const KEY = 'twenty-of-132.progress';
  const VERSION = 1;
  const LARGEST = 1_000_000; // bytes; a file with every exercise solved has some ten thousand

  class NotAProgressFile extends Error {}

  const isTable = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const isCount = (value) => value === undefined || (Number.isFinite(value) && value >= 0);
  const isAnswer = (value) => value === undefined || typeof value === 'boolean';
  const isExercise = (entry) =>
    isTable(entry) && isCount(entry.checks) && isCount(entry.hints) && isAnswer(entry.solved) &&
    (entry.score === undefined || Number.isFinite(entry.score));
  const isPrediction = (entry) => isTable(entry) && isAnswer(entry.within_two) && isAnswer(entry.right);

  const empty = () => ({ version: VERSION, exercises: {}, predictions: {}, pages: {} });

  /** The progress in `text`; throws NotAProgressFile, whose message says why not. */
  function parse(text) {
    if (text.length > LARGEST) throw new NotAProgressFile('it is far larger than a progress file can be');
    let state;
    try {
      state = JSON.parse(text);
    } catch {
      throw new NotAProgressFile('it is not JSON');
    }
    if (!isTable(state) || !Number.isInteger(state.version)) throw new NotAProgressFile('it is not a progress file');
    if (state.version > VERSION) {
      throw new NotAProgressFile(`it was written by a newer version of the book (${state.version})`);
    }
    const pages = state.pages ?? {};
    for (const [part, table, fits] of [
      ['exercises', state.exercises, isExercise],
      ['predictions', state.predictions, isPrediction],
      ['pages', pages, (mark) => mark === true],
    ]) {
      if (!isTable(table) || !Object.values(table).every(fits)) throw new NotAProgressFile(`its part '${part}' is damaged`);
    }
    return { version: VERSION, exercises: state.exercises, predictions: state.predictions, pages };
  }

  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : {});

  function mergedExercise(one, two) {
    const entry = {};
    for (const key of ['checks', 'hints']) {
      const most = Math.max(one[key] ?? 0, two[key] ?? 0);
      if (most) entry[key] = most;
    }
    if (one.checks || two.checks) entry.solved = Boolean(one.solved || two.solved);
    const scores = [one.score, two.score].filter((score) => score !== undefined);
    if (scores.length) entry.score = Math.min(...scores);
    return entry;
  }

  /** Both together, as labkit.import_progress does it: solved where either is, counts the larger, scores the lower. */
  function merge(ours, theirs) {
    const names = [...new Set([...Object.keys(ours.exercises), ...Object.keys(theirs.exercises)])].sort();
    return {
      version: VERSION,
      exercises: Object.fromEntries(
        names.map((name) => [name, mergedExercise(own(ours.exercises, name), own(theirs.exercises, name))]),
      ),
      predictions: { ...theirs.predictions, ...ours.predictions },
      pages: { ...theirs.pages, ...ours.pages },
    };
  }

  /** What is kept here. What cannot be read is set aside, never thrown away. */
  function load() {
    let text = null;
    try {
      text = localStorage.getItem(KEY);
      return text === null ? empty() : parse(text);
    } catch (error) {
      if (error instanceof NotAProgressFile) {
        try {
          localStorage.setItem(`${KEY}.unreadable`, text);
        } catch { /* full: the original stays until the next save */ }
      }
      return empty();
    }
  }

  /** Keep `state`; false where this browser keeps nothing. */
  function save(state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      return true;
    } catch {
      return false;
    }
  }

  /** Mark or unmark a page, such as 'labs/lab01-maps-and-guards'; false where this browser keeps nothing. */
  function mark(page, done) {
    const state = load();
    if (done) state.pages[page] = true;
    else delete state.pages[page];
    return save(state);
  }

  return { KEY, LARGEST, NotAProgressFile, empty, parse, merge, load, save, mark };
})();
