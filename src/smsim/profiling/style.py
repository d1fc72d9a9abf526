"""The look of a profile and of a comparison in a notebook. It takes colours from its surroundings."""

#: Okabe and Ito's hues, which stay apart for readers who do not see red and green alike.
HUES = {
    "selected": "#009E73",
    "not_selected": "#56B4E9",
    "long_scoreboard": "#D55E00",
    "short_scoreboard": "#E69F00",
    "wait": "#F0E442",
    "barrier": "#CC79A7",
    "math_pipe_throttle": "#0072B2",
}
OTHER = "#888888"

# Colours are see-through, so that they suit light and dark pages alike. What colour says, a number or a word
# says too.
RULES = """\
.smsim-profile{font-size:.875rem;line-height:1.45;color:inherit;margin:.25rem 0;max-width:60rem;
container-type:inline-size}
.smsim-profile *{box-sizing:border-box}
.smsim-profile .pf-name{font-weight:600;margin:.2rem 0;overflow-wrap:anywhere}
.smsim-profile .pf-limiter{border-left:3px solid #2b7fd4;background:rgba(43,127,212,.14);padding:.2rem .5rem;
margin:.35rem 0}
.smsim-profile .pf-grid{display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem 1.5rem;align-items:start}
@container (min-width:46rem){.smsim-profile .pf-grid{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
.smsim-profile .pf-bars{display:grid;grid-template-columns:minmax(0,11rem) minmax(2rem,1fr) max-content;
gap:.15rem .5rem;align-items:center}
.smsim-profile .pf-bar{height:.9rem;border:1px solid rgba(128,128,128,.6)}
.smsim-profile .pf-fill{height:100%;background:#2b7fd4;max-width:100%}
.smsim-profile .pf-said{text-align:right;font-variant-numeric:tabular-nums}
.smsim-profile .pf-time{display:block;width:100%;height:7rem;border:1px solid rgba(128,128,128,.6)}
.smsim-profile .pf-key{display:inline-block;width:.8rem;height:.8rem;border:1px solid rgba(128,128,128,.8);
vertical-align:-.1rem;margin-right:.3rem}
.smsim-profile .pf-keys{display:flex;flex-wrap:wrap;gap:.1rem .9rem;margin:.2rem 0}
.smsim-profile .pf-scroll{overflow-x:auto}
.smsim-profile table{border-collapse:collapse;color:inherit;margin:.3rem 0}
.smsim-profile th,.smsim-profile td{border:1px solid rgba(128,128,128,.35);padding:.05rem .4rem;text-align:left;
font-weight:400;background:transparent;color:inherit}
.smsim-profile td.pf-number{text-align:right;font-variant-numeric:tabular-nums}
.smsim-profile td.pf-number:last-child{white-space:nowrap}
.smsim-profile details td:first-child{min-width:11rem;overflow-wrap:anywhere}
.smsim-profile details td:last-child{min-width:15rem}
.smsim-profile thead th{font-weight:600}
.smsim-profile summary{cursor:pointer}
"""
