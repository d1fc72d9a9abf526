/* Above the results of a search: terms, instructions, metrics and functions of that name. See tools/search_terms.py. */
(() => {
  'use strict';
  // From a folder a page may not read another one, so Sphinx cannot show an excerpt of what it found.
  if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  const MOST = { terms: 4, instructions: 5, names: 6, pages: 6 };
  const asked = (new URLSearchParams(location.search).get('q') ?? '').trim().toLowerCase();
  const results = document.getElementById('search-results');
  if (!asked || !results) return;

  const plain = (word) => (word.length > 3 ? word.replace(/(?<!s)s$/, '') : word);
  const wordsOf = (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).map(plain);
  const askedWords = wordsOf(asked);
  const within = (some, all) => some.length > 0 && some.every((word) => all.includes(word));

  /* A term fits if it is among the words, if the words are part of it, or if its explanation has them side by side. */
  function fitOfTerm(term) {
    const names = term.name.split(',').map(wordsOf);
    if (names.some((name) => name.join(' ') === askedWords.join(' '))) return 4;
    if (names.some((name) => within(askedWords, name))) return 3;
    if (names.some((name) => within(name, askedWords))) return 2;
    return ` ${wordsOf(term.says).join(' ')} `.includes(` ${askedWords.join(' ')} `) ? 1 : 0;
  }

  /* An instruction as a listing writes it: its opcode first, then modifiers, the last one perhaps not typed to its end. */
  const parts = asked.replace(/^@!?%\w+\s*/, '').split(/\s/)[0].split('.').filter(Boolean);
  function fitOfInstruction(row) {
    const [opcode, ...modifiers] = parts;
    if (row.opcode !== opcode) return 0;
    const known = row.name.split(' ')[0].split(/[^\w:]+/);
    const fits = modifiers.every((part, at) =>
      known.some((m) => (at === modifiers.length - 1 ? m.toLowerCase().startsWith(part) : m.toLowerCase() === part)));
    if (!fits) return 0;
    return row.name.toLowerCase().startsWith(asked) ? 3 : known.includes(modifiers.at(-1)) ? 2 : 1;
  }

  function fitOfName(name) {
    const low = name.toLowerCase();
    if (low === asked) return 4;
    if (low.startsWith(`${asked}.`)) return 3;
    if (asked.length < 3 || askedWords.length === 0 || /\s/.test(asked)) return 0;
    if (low.startsWith(asked)) return 2;
    return low.includes(asked) && (low.includes('__') || low.split('.').at(-1).startsWith(asked)) ? 1 : 0;
  }

  const best = (list, fit, most) => list
    .map((entry) => ({ entry, score: fit(entry) })).filter(({ score }) => score)
    .sort((one, two) => two.score - one.score).slice(0, most).map(({ entry }) => entry);

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const short = (text) => (text.length > 140 ? `${text.slice(0, 137).replace(/\s\S*$/, '')} …` : text);

  const instructions = best(bookTerms.instructions, fitOfInstruction, MOST.instructions).map((row) =>
    make('li', {}, make('a', { href: row.at }, make('code', { textContent: short(row.name) })), ` PTX reference. ${row.says}`));
  const names = best(Object.keys(bookTerms.mentions), fitOfName, MOST.names).map((name) => {
    const places = bookTerms.mentions[name];
    const item = make('li', {}, make('code', { textContent: name }), ' is used in ');
    places.slice(0, MOST.pages).forEach((place, at) => {
      if (at) item.append(', ');
      item.append(make('a', { href: place, textContent: bookTerms.pages[place.split('#')[0]] }));
    });
    if (places.length > MOST.pages) item.append(` and ${places.length - MOST.pages} more`);
    return item;
  });
  const terms = best(bookTerms.terms, fitOfTerm, MOST.terms).map((term) =>
    make('li', {}, make('a', { href: term.at, textContent: term.name }), ` Glossary. ${short(term.says)}`));
  // Who writes a dot, an underscore or a percent sign wants a name as it stands in code; who writes words, a term.
  const code = /[._%]/.test(asked);
  const found = make('ul', {}, ...(code ? [] : terms), ...instructions, ...names, ...(code ? terms : []));
  if (!found.children.length) return;
  const heading = make('h2', { id: 'search-terms-heading', textContent: 'Terms, instructions, names' });
  const section = make('section', { className: 'search-terms' }, heading, found);
  section.setAttribute('aria-labelledby', heading.id);
  results.before(section);
})();
