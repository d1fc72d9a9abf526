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

#: Measuring contrast is what takes time, so text that looks alike is measured twice a page and not a thousand
#: times: same colours, same size and weight, same kind of element. Folded answers are unfolded first.
_RUN = """async () => {
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
  const runs = [
    await axe.run(document, {...short, rules: {[contrast]: {enabled: false}}}),
    await axe.run({include: [...looks.values()].flat()}, {...short, runOnly: [contrast]}),
  ];
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


def findings(page: Any) -> list[Finding]:
    """Run axe-core in an open page; return what weighs enough and is no exception. Unfolds what is folded."""
    page.evaluate(SCRIPT)
    found = [Finding(**one) for one in page.evaluate(_RUN)]
    return [one for one in found if one.impact in WEIGHTY and one.rule not in EXCEPTIONS]
