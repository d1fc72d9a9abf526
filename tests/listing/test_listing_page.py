"""The HTML of a listing: linked, escaped, self-contained, the same everywhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from listed_kernels import SAXPY, F, cubes, first_line, mirror, saxpy

import smsim
from smsim.listing import views
from smsim.listing.reference import PAGE, SITE


class Elements(HTMLParser):
    """Collects ``(tag, attributes)`` and complains about tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def classes(element: tuple[str, dict]) -> set[str]:
    return set((element[1].get("class") or "").split())


def test_each_linked_line_is_on_both_sides_and_reached_by_keyboard(listing_of):
    html = listing_of(saxpy, SAXPY)._repr_html_()
    elements = Elements(html).seen
    for offset in (1, 2, 3, 4):
        key = f"sv-l{first_line(saxpy) + offset}"
        linked = [e for e in elements if key in classes(e)]
        assert {"sv-row", "sv-group"} <= set().union(*map(classes, linked))
        assert all(e[1].get("tabindex") == "0" and e[1].get("aria-label") for e in linked)
        assert f":has(.{key}:focus) .{key}" in html and f":has(.{key}:hover) .{key}" in html


def test_nothing_comes_from_elsewhere_and_nothing_runs(listing_of):
    html = listing_of(saxpy, SAXPY)._repr_html_()
    assert not re.search(r"<script|<link|<iframe|<img|\bsrc=|url\(|@import|\bon\w+=", html)
    links = [e for e in Elements(html).seen if "href" in e[1]]
    assert links and all(e[0] == "a" and e[1]["href"].startswith(SITE + PAGE + "#ptx-") for e in links)


def test_every_opcode_carries_its_sentence(listing_of):
    view = listing_of(saxpy, SAXPY)
    elements = Elements(view._repr_html_()).seen
    titled = [e for e in elements if e[0] == "span" and "sv-op" in classes(e)]
    assert len(titled) == len(view.instructions)
    assert all(e[1].get("title", "").endswith(".") for e in titled)
    explained = [e for e in elements if e[0] == "dt"]
    assert len(explained) == len({i.spelling for i in view.instructions})


def test_what_looks_like_markup_is_escaped():
    text = """.version 9.0
.target sm_90a
.address_size 64
.visible .entry k() // </pre><script>alert("1")</script> & more
{
	ret;
}
"""
    html = views(text)._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html and "&amp; more" in html
    Elements(html)


def test_python_source_is_escaped():
    from numba import cuda

    @cuda.jit
    def tagged(x):
        if x.size < 3:  # <b> & "quotes"
            x[0] = 1

    html = views(tagged, (F,))._repr_html_()
    assert "<b>" not in html and "&lt;b&gt; &amp; &quot;quotes&quot;" in html
    Elements(html)


def test_no_path_pointer_or_build_in_it(listing_of):
    for view in (listing_of(saxpy, SAXPY), listing_of(mirror, (F, F)), listing_of(cubes, (F, F))):
        for text in (str(view), view.full, view._repr_html_()):
            assert str(Path(__file__).parent) not in text and "listed_kernels.py" not in text
            assert "Build ID" not in text and "release 13" not in text
            assert not re.search(r" at 0x|0x[0-9a-f]{9,}", text)
        assert view.full.count("\n") == view.ptx.rstrip().count("\n") + 1


def test_full_keeps_every_line_where_it_was(listing_of):
    view = listing_of(saxpy, SAXPY)
    changed = [
        (was, now)
        for was, now in zip(view.ptx.split("\n"), view.full.split("\n"))
        if was.expandtabs().rstrip() != now.rstrip()
    ]
    assert all(was.startswith("//") or ".file" in was for was, _ in changed)


def test_another_process_gives_the_same_bytes(tmp_path):
    script = tmp_path / "kernel.py"
    script.write_text(
        "import sys, smsim\nsmsim.attach(force=True)\nfrom numba import cuda\nfrom smsim.listing import views\n"
        "@cuda.jit\ndef double(x):\n    i = cuda.grid(1)\n    if i < x.size:\n        x[i] *= 2\n"
        "view = views(double, 'void(float32[::1])')\n"
        "sys.stdout.write(str(view) + view._repr_html_())\n"
    )
    source = str(Path(smsim.__file__).parents[1])
    started = [
        subprocess.Popen(
            [sys.executable, script],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": source},
        )
        for seed in ("1", "2")
    ]
    first, second = (process.communicate(timeout=60)[0] for process in started)
    assert first == second and "mul" in first


def test_text_alone_needs_no_numba():
    """The listing of a PTX text must work where only the engine is, as in a browser."""
    source = str(Path(smsim.__file__).parents[1])
    code = (
        "import sys\nsys.modules['numba'] = None\nfrom smsim.listing import views\n"
        "v = views('.version 9.0 .target sm_90a .address_size 64 .visible .entry k() { ret; }')\n"
        "assert 'ret' in str(v) and 'sv-ptx' in v._repr_html_()\n"
    )
    env = {**os.environ, "PYTHONPATH": source}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
