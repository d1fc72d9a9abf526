"""How an answer is judged: run it on small and on fresh inputs, compare, and name the misconception."""
