"""The look of an occupancy in a notebook and on the site. It takes colours from its surroundings."""

# Colours are see-through, so that they suit light and dark pages alike. What colour says, a number or a word
# says too.
RULES = """\
.smsim-occ{font-size:.875rem;line-height:1.45;color:inherit;margin:.25rem 0;max-width:46rem;container-type:inline-size}
.smsim-occ *{box-sizing:border-box}
.smsim-occ .so-name{font-weight:600;margin:.2rem 0}
.smsim-occ .so-slots{display:grid;grid-template-columns:repeat(16,minmax(0,1fr));gap:2px;margin:.5rem 0 .2rem}
.smsim-occ .so-slot{height:1.35rem;border:1px dashed rgba(128,128,128,.6);text-align:center;overflow:hidden;
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.6875rem;line-height:1.25rem}
.smsim-occ .so-even{border:1px solid #2b7fd4;background:rgba(43,127,212,.38)}
.smsim-occ .so-odd{border:1px solid #2b7fd4;background:rgba(43,127,212,.14)}
.smsim-occ .so-note{font-size:.8125rem;opacity:.8;margin:0 0 .5rem}
.smsim-occ .so-bars{display:grid;grid-template-columns:minmax(0,1fr);gap:.1rem .75rem;margin:.35rem 0;
align-items:center}
.smsim-occ .so-label{margin-top:.3rem}
.smsim-occ .so-bar{height:1rem;border:1px solid rgba(128,128,128,.6)}
.smsim-occ .so-fill{height:100%;max-width:100%}
.smsim-occ .so-said{font-variant-numeric:tabular-nums}
.smsim-occ .so-limits{font-weight:600}
.smsim-occ ul{margin:.35rem 0 0;padding-left:1.1rem}
.smsim-occ li{margin:0;overflow-wrap:anywhere}
@container (min-width:40rem){
.smsim-occ .so-slots{grid-template-columns:repeat(32,minmax(0,1fr))}
.smsim-occ .so-bars{grid-template-columns:max-content minmax(0,1fr) max-content}
.smsim-occ .so-label{margin-top:0}}
"""
