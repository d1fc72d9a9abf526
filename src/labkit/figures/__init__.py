"""Figures in the book's one style: drawn from the reader's own run, legible on a phone and in both themes."""
