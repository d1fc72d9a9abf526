"""The look of a listing in a notebook and on the site. It takes colours from its surroundings."""

from __future__ import annotations

from collections.abc import Iterable

# No script: :has() links the columns, so that a page which forbids scripts shows the same. Colours are
# mixed into whatever text and background are there, light or dark.
_RULES = """\
.smsim-views{font-size:.875rem;line-height:1.45;color:inherit;margin:.25rem 0;max-width:100%;container-type:inline-size}
.smsim-views *{box-sizing:border-box}
.smsim-views .sv-cols{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem 1.25rem;align-items:start}
@container (min-width:40rem){
.smsim-views .sv-cols:has(.sv-py){grid-template-columns:minmax(0,5fr) minmax(0,7fr)}
.smsim-views .sv-py{position:sticky;top:var(--smsim-top,0)}}
.smsim-views .sv-name{font-weight:600;margin:.5rem 0 .35rem}
.smsim-views .sv-facts{margin:0 0 .35rem;padding-left:1.1rem}
.smsim-views .sv-facts li{margin:0;overflow-wrap:anywhere}
.smsim-views .sv-row,.smsim-views .sv-op,.smsim-views .sv-from,.smsim-views .sv-label,.smsim-views .sv-full{
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
.smsim-views .sv-row{white-space:pre-wrap;overflow-wrap:anywhere;
padding:.05rem .35rem .05rem 3.1rem;text-indent:-2.75rem;border-left:3px solid transparent}
.smsim-views .sv-n{display:inline-block;width:2.25rem;margin-right:.5rem;text-indent:0;text-align:right;opacity:.7}
.smsim-views .sv-op{font-weight:600;cursor:help}
.smsim-views .sv-op a{color:inherit;text-decoration:none}
.smsim-views .sv-op a:is(:hover,:focus),.smsim-views dt a{text-decoration:underline}
.smsim-views .sv-from{font-weight:400;padding:.1rem .35rem;border-bottom:1px solid rgba(128,128,128,.45);
overflow-wrap:anywhere;white-space:pre-wrap}
.smsim-views .sv-group{margin:0 0 .55rem;border-left:3px solid rgba(128,128,128,.35)}
.smsim-views .sv-group .sv-row{border-left:0}
.smsim-views .sv-label{margin:.2rem 0;font-style:italic}
.smsim-views [tabindex]:focus{outline:2px solid #2b7fd4;outline-offset:1px}
.smsim-views details{margin:.5rem 0 0}
.smsim-views summary{cursor:pointer}
.smsim-views .sv-words{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.15rem .9rem;margin:.4rem 0}
.smsim-views .sv-words dt{font-weight:400;overflow-wrap:anywhere}
.smsim-views .sv-words dd{margin:0}
.smsim-views .sv-full{overflow:auto;max-height:26rem;white-space:pre;margin:.4rem 0;padding:.5rem;
border:1px solid rgba(128,128,128,.45);background:transparent;color:inherit;border-radius:0}
"""

#: What a third column adds. Three beside each other need 64rem; in half of that the PTX stands beside the machine
#: code, under the Python; below, one column holds all three, and the switch shows one of them alone.
WITH_SASS = """\
.smsim-views .sv-bits{opacity:.75;font-size:.75rem;white-space:nowrap}
.smsim-views .sv-bits,.smsim-views .sv-sass,.smsim-views dt{cursor:default}
.smsim-views .sv-sass .sv-op{cursor:inherit}
.smsim-views .sv-switch fieldset{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.25rem 0;padding:.25rem .6rem;
border:1px solid rgba(128,128,128,.45)}
.smsim-views .sv-switch legend{padding:0 .3rem;font-size:.8125rem;width:auto;margin:0;float:none}
.smsim-views .sv-switch label{display:inline-flex;align-items:center;gap:.35rem;min-height:1.75rem;
margin:0;cursor:pointer}
.smsim-views .sv-switch input:focus-visible{outline:2px solid #2b7fd4;outline-offset:2px}
@container (min-width:36rem){
.smsim-views .sv-cols:has(.sv-sass){grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.smsim-views .sv-cols:has(.sv-sass) .sv-py{position:static;grid-column:1/-1}
.smsim-views .sv-switch{display:none}}
@container (min-width:64rem){
.smsim-views .sv-cols:has(.sv-sass):has(.sv-py){grid-template-columns:minmax(0,4fr) minmax(0,6fr) minmax(0,7fr)}
.smsim-views .sv-cols:has(.sv-sass) .sv-py{position:sticky;grid-column:auto}}
@container (max-width:35.99rem){
.smsim-views:has(.sv-see-python:checked) :is(.sv-ptx,.sv-sass){display:none}
.smsim-views:has(.sv-see-ptx:checked) :is(.sv-py,.sv-sass){display:none}
.smsim-views:has(.sv-see-sass:checked) :is(.sv-py,.sv-ptx){display:none}}
"""


def rules(keys: Iterable[str]) -> str:
    """The style sheet; ``keys`` are the classes of linked lines."""
    return _RULES + "".join(
        f".smsim-views:has(.{key}:hover) .{key},.smsim-views:has(.{key}:focus) .{key}"
        "{background:rgba(43,127,212,.2);border-left-color:#2b7fd4}\n"
        for key in keys
    )
