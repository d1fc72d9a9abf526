"""Figures from papers and data sheets, each once, with unit, source, date and mark."""
