"""The simulated SM behind a web page: a text and a few fields in, JSON out.

It runs in the reader's browser under Pyodide, so it needs NumPy and Lark and nothing else. The page's own side is
JavaScript in ``book/assets/ptx-in-the-page``.
"""

from smsim.inpage.session import Session

__all__ = ["Session"]
