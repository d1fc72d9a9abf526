"""Every page through axe-core, in daylight on a desk and in the dark on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_checks import findings
from site_pages import opened, pages

#: Six ways to shut somebody out, and axe's names for them.
PLANTED = {
    "color-contrast": '<p style="color: #999; background: #fff">pale</p>',
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "label": '<input type="text">',
    "link-name": '<a href="#top"></a>',
    "heading-order": "<h6>too deep</h6>",
    "summary-name": "<details><summary></summary>text</details>",
}


@pytest.mark.parametrize("page", [*pages(), "search.html?q=warp"])
def test_page_shuts_nobody_out(window: Any, address: str, page: str) -> None:
    """Nothing of weight that axe-core finds: contrast, names, roles, headings, tables, what scrolls."""
    narrow = window.viewport_size["width"] < 900  # the desk has answered what is the same in both
    found = findings(opened(window, address + page), looks_only=narrow)
    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize("rule", PLANTED)
def test_what_is_planted_is_found(window: Any, address: str, rule: str) -> None:
    """The checks see the page: a fault put into it comes out under its name, in a folded answer too."""
    page = opened(window, address + "book/how-to-use.html")
    fault = f"<details><summary>Answer</summary>{PLANTED[rule]}</details>"
    page.evaluate("fault => document.querySelector('article').insertAdjacentHTML('beforeend', fault)", fault)
    assert rule in {one.rule for one in findings(page)}
