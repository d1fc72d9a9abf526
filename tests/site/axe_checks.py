"""axe-core on one page: everything it asks, of the whole page, and contrast of everything that looks different."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

#: axe-core itself, as axe-playwright-python carries it; the version is pinned in requirements.txt.
SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

#: What counts. Axe calls the rest "minor": bad style that hinders nobody.
WEIGHTY = {"critical", "serious", "moderate"}

#: What may be found all the same, and why.
EXCEPTIONS = {
    "region": "the theme puts the book's name, a link home, beside the sidebar's landmark instead of into it",
}

#: What depends on a window's size and theme, contrast besides; the rest is the same in every window.
LOOKS = ("scrollable-region-focusable", "link-in-text-block", "aria-hidden-focus")

#: Measuring contrast is what takes time, so text that looks alike is measured twice a page and not a thousand
#: times: same colours, same size and weight, same kind of element. After that a listing's coloured words are made one
#: text: they have no names or roles to ask about, and axe looks at every element. Folded answers are unfolded first.
_RUN = """async only => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true; });
  const background = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!['rgba(0, 0, 0, 0)', 'transparent'].includes(colour)) return colour;
    }
  };
  const looks = new Map();
  for (const element of document.body.querySelectorAll('*')) {
    const words = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!words || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), around = element.parentElement;
    const look = [element.tagName, element.className, around.tagName, around.className, style.color,
      background(element), style.fontSize, style.fontWeight, style.opacity].join('|');
    looks.set(look, [...(looks.get(look) ?? []), element].slice(0, 2));
  }
  const short = {resultTypes: ['violations']}, contrast = 'color-contrast';
  const asked = only ? {runOnly: only} : {rules: {[contrast]: {enabled: false}}};
  const runs = [await axe.run({include: [...looks.values()].flat()}, {...short, runOnly: [contrast]})];
  for (const listing of document.querySelectorAll('.highlight pre'))
    if (!listing.querySelector(':not(span)')) listing.replaceChildren(listing.textContent);
  runs.push(await axe.run(document, {...short, ...asked}));
  return runs.flatMap(run => run.violations).flatMap(rule => rule.nodes.map(node => ({
    rule: rule.id, impact: node.impact ?? rule.impact, element: node.html.slice(0, 160),
    why: node.failureSummary.split('\\n').slice(1).map(line => line.trim()).join('; '),
  })));
}"""


@dataclass(frozen=True)
class Finding:
    """Something on a page that shuts somebody out: axe's rule, how much it weighs, the element, and why."""

    rule: str
    impact: str
    element: str
    why: str


def findings(page: Any, *, looks_only: bool = False) -> list[Finding]:
    """Run axe-core in an open page; return what weighs enough and is no exception. Unfolds what is folded.

    With ``looks_only`` it asks no more than what a window's size and theme can change.
    """
    page.evaluate(SCRIPT)
    found = [Finding(**one) for one in page.evaluate(_RUN, list(LOOKS) if looks_only else None)]
    return [one for one in found if one.impact in WEIGHTY and one.rule not in EXCEPTIONS]
