/* On paper nothing can be unfolded, and a dark page would be all ink: both are changed for the print and changed back. */
(() => {
  'use strict';
  let unfolded = [];
  let theme = null;
  addEventListener('beforeprint', () => {
    unfolded = [...document.querySelectorAll('article details:not([open])')];
    for (const details of unfolded) details.open = true;
    theme ??= document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = 'light';
  });
  addEventListener('afterprint', () => {
    for (const details of unfolded) details.open = false;
    unfolded = [];
    if (theme !== null) document.documentElement.dataset.theme = theme;
    theme = null;
  });
})();
