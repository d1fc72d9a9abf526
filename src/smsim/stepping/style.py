"""The look of a stepper in a notebook and on the site. It takes colours from its surroundings."""

# Colours are see-through, so that they suit light and dark pages alike. What colour says, a sign or a word
# says too.
RULES = """\
.smsim-step{font-size:.875rem;line-height:1.45;color:inherit;margin:.25rem 0;max-width:100%}
.smsim-step *{box-sizing:border-box}
.smsim-step .st-name{font-weight:600;margin:.2rem 0}
.smsim-step .st-code,.smsim-step table,.smsim-step .st-lane{
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.8125rem}
.smsim-step .st-code{margin:.35rem 0;border:1px solid rgba(128,128,128,.45)}
.smsim-step .st-row{white-space:pre-wrap;overflow-wrap:anywhere;padding:.05rem .4rem .05rem 6.4rem;
text-indent:-6rem;border-left:3px solid transparent}
.smsim-step .st-here{background:rgba(43,127,212,.2);border-left-color:#2b7fd4;font-weight:600}
.smsim-step .st-label{font-style:italic}
.smsim-step .st-n{display:inline-block;width:5.4rem;margin-right:.6rem;text-indent:0;text-align:right;
white-space:nowrap;opacity:.7}
.smsim-step .st-lanes{display:grid;grid-template-columns:repeat(32,minmax(0,1fr));gap:2px;margin:.35rem 0;
max-width:46rem}
.smsim-step .st-lane{height:1.35rem;border:1px solid rgba(128,128,128,.6);text-align:center;overflow:hidden;
font-size:.625rem;line-height:1.25rem}
.smsim-step .st-on{background:rgba(43,127,212,.35);border-color:#2b7fd4}
.smsim-step .st-held{background:repeating-linear-gradient(45deg,rgba(43,127,212,.3) 0 3px,transparent 3px 6px)}
.smsim-step .st-none{visibility:hidden}
.smsim-step .st-scroll{overflow-x:auto;margin:.35rem 0}
.smsim-step table{border-collapse:collapse;color:inherit;margin:0}
.smsim-step th,.smsim-step td{border:1px solid rgba(128,128,128,.35);padding:.05rem .4rem;text-align:right;
font-weight:400;white-space:nowrap;background:transparent;color:inherit}
.smsim-step td[colspan]{text-align:left}
.smsim-step thead th{opacity:.75}
.smsim-step tbody th{text-align:left;font-weight:600}
.smsim-step .st-error{white-space:pre-wrap;border-left:3px solid #d13b3b;padding:.2rem .5rem;
background:rgba(209,59,59,.14)}
@media (max-width:40rem){.smsim-step .st-lanes{grid-template-columns:repeat(16,minmax(0,1fr))}}
"""
