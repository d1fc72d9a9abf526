"""Notebooks as files: their bytes, first cell, blanks, execution and rules."""
