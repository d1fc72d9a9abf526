/* Ticks: a button at the end of a chapter or lab, a tick in the sidebar, and the page "Your progress". */
(() => {
  'use strict';
  const store = bookProgress;
  const root = new URL(document.documentElement.dataset.content_root || './', location.href);
  const here = typeof DOCUMENTATION_OPTIONS === 'object' ? DOCUMENTATION_OPTIONS.pagename : '';
  const kindOf = (page) => (/^notebooks\/\d/.test(page) ? 'chapter' : /^labs\/lab\d/.test(page) ? 'lab' : '');
  const NOT_KEPT = 'This browser keeps nothing for this site: its storage is full, or switched off.';

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  function pageOf(link) {
    if (link.getAttribute('href') === '#') return here;
    const path = new URL(link.href, location.href).pathname;
    return path.startsWith(root.pathname) ? decodeURI(path.slice(root.pathname.length)).replace(/\.html$/, '') : '';
  }

  function showInSidebar(state) {
    for (const link of document.querySelectorAll('nav.bd-docs-nav a')) {
      link.querySelector('.done-tick')?.remove();
      if (Object.hasOwn(state.pages, pageOf(link))) {
        const tick = make('span', { className: 'done-tick' }, make('span', { className: 'visually-hidden', textContent: ', done' }));
        link.append(tick);
      }
    }
  }

  /* The button at the end of a chapter or lab. */
  function addButton() {
    const kind = kindOf(here);
    const article = document.querySelector('article.bd-article');
    if (!kind || !article) return null;
    const button = make('button', { type: 'button', className: 'done-button', textContent: `Done with this ${kind}` });
    const said = make('span', { className: 'done-said' });
    said.setAttribute('role', 'status');
    const overview = make('a', { href: new URL('book/progress.html', root).href, textContent: 'Your progress' });
    article.append(make('div', { className: 'done-bar d-print-none' }, button, overview, said));
    button.addEventListener('click', () => {
      const done = button.getAttribute('aria-pressed') !== 'true';
      const kept = store.mark(here, done);
      said.textContent = !kept ? NOT_KEPT : done ? 'Marked, in this browser only.' : 'No longer marked.';
      show();
    });
    return button;
  }

  /* The page "Your progress": its list is in the page, the boxes and numbers come from here. */
  function prepareOverview() {
    const overview = document.querySelector('.progress-overview');
    if (!overview) return null;
    for (const item of overview.querySelectorAll('li[data-page]')) {
      const box = make('input', { type: 'checkbox' });
      box.setAttribute('aria-label', `Done: ${item.querySelector('a').textContent}`);
      box.addEventListener('change', () => {
        tell(store.mark(item.dataset.page, box.checked) ? '' : NOT_KEPT);
        show();
      });
      item.prepend(box, ' ');
    }
    const chooser = overview.querySelector('input[type=file]');
    chooser.addEventListener('change', async () => {
      if (chooser.files.length) await importFile(chooser.files[0]);
      chooser.value = ''; // so that the same file can be chosen again
    });
    overview.querySelector('.progress-save').addEventListener('click', saveToFile);
    overview.querySelector('.progress-tools').hidden = false;
    return overview;
  }

  const tell = (text) => { overview.querySelector('[role=status]').textContent = text; };
  const exercisesOf = (item) => (item.dataset.exercises ?? '').split(' ').filter(Boolean);
  const isSolved = (state, name) => Object.hasOwn(state.exercises, name) && state.exercises[name].solved === true;

  async function importFile(file) {
    try {
      if (file.size > store.LARGEST) throw new store.NotAProgressFile('it is far larger than a progress file can be');
      const merged = store.merge(store.load(), store.parse(await file.text()));
      for (const item of overview.querySelectorAll('li[data-exercises]')) {
        if (exercisesOf(item).every((name) => isSolved(merged, name))) merged.pages[item.dataset.page] = true;
      }
      const solved = Object.keys(merged.exercises).filter((name) => isSolved(merged, name)).length;
      tell(store.save(merged) ? `Imported. ${solved} exercise${solved === 1 ? ' is' : 's are'} solved now.` : NOT_KEPT);
    } catch (error) {
      const why = error instanceof store.NotAProgressFile ? error.message : 'it could not be read';
      tell(`“${file.name}” was not imported: ${why}. Expected is the file that labkit.export_progress() writes. ` +
        'Nothing was changed.');
    }
    show();
  }

  function saveToFile() {
    const text = JSON.stringify(store.load(), null, 1);
    const link = make('a', { download: 'twenty-progress.json' });
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    tell('Saved as twenty-progress.json. labkit.import_progress() reads it too.');
  }

  function showOverview(state) {
    const items = [...overview.querySelectorAll('li[data-page]')];
    for (const item of items) {
      item.querySelector('input').checked = Object.hasOwn(state.pages, item.dataset.page);
      const names = exercisesOf(item);
      const solved = names.filter((name) => isSolved(state, name)).length;
      const count = item.querySelector('.progress-exercises');
      if (count) count.textContent = `${solved} of ${names.length} exercises solved`;
    }
    for (const kind of ['chapter', 'lab']) {
      const own = items.filter((item) => kindOf(item.dataset.page) === kind);
      const done = own.filter((item) => Object.hasOwn(state.pages, item.dataset.page)).length;
      overview.querySelector(`[data-count=${kind}]`).textContent = `${done} of ${own.length} ${kind}s`;
    }
  }

  function show() {
    const state = store.load();
    showInSidebar(state);
    button?.setAttribute('aria-pressed', String(Object.hasOwn(state.pages, here)));
    if (overview) showOverview(state);
  }

  const button = addButton();
  const overview = prepareOverview();
  show();
  addEventListener('storage', (event) => { if (event.key === store.KEY || event.key === null) show(); });
  addEventListener('pageshow', (event) => { if (event.persisted) show(); });
})();
