"""Every PTX text that a notebook hands to the machine is PTX: NVIDIA's assembler reads it.

``make test-notebooks`` records the texts while nbval runs the notebooks, and runs this file then; anywhere else the
notebooks are run here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from book_listings import executed, with_ptx
from ptx_assembler import differences

#: What the assembler says of a text for a newer GPU than the one it is to assemble for.
TOO_NEW = "is higher than"


@pytest.mark.parametrize("notebook", with_ptx(), ids=lambda path: path.stem)
def test_what_a_notebook_runs_is_what_the_assembler_accepts(notebook: Path, tmp_path: Path) -> None:
    """Each text that a notebook gives to the machine, and each that its kernels are compiled to. What it shows as
    wrong, the assembler refuses as well."""
    texts = executed(notebook, tmp_path)
    found = [
        (text[:400], theirs, ours)
        for text, theirs, ours in differences(texts, texts)
        if TOO_NEW not in (theirs or "")  # the machine refuses such a text only when a GPU is to run it
    ]
    assert texts and not found
