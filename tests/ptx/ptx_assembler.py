"""NVIDIA's assembler as the judge of what is PTX. It is inside nvJitLink and needs no GPU.

It runs in a process of its own: given nonsense it may crash, and that is an answer too.
"""

from __future__ import annotations

import json
import subprocess
import sys

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx import parse
from smsim.ptx.check import forms

_WORKER = """
import json, sys
from cuda.bindings import nvjitlink as linker

for line in sys.stdin:
    text = json.loads(line).encode()
    handle = linker.create(2, ["-arch=sm_90a", "-O0"])
    try:
        linker.add_data(handle, linker.InputType.PTX, text, len(text), "text")
        linker.complete(handle)
        answer = None
    except linker.nvJitLinkError:
        log = bytearray(linker.get_error_log_size(handle))
        linker.get_error_log(handle, log)
        answer = log.decode(errors="replace").strip("\\0 \\n") or "refused"
    finally:
        linker.destroy(handle)
    print(json.dumps(answer), flush=True)
"""


def complaints(texts: list[str]) -> list[str | None]:
    """For each PTX text None if the assembler accepts it, else what it says."""
    answers: list[str | None] = []
    while len(answers) < len(texts):
        rest = texts[len(answers) :]
        worker = subprocess.run(
            [sys.executable, "-c", _WORKER],
            input="".join(json.dumps(text) + "\n" for text in rest),
            capture_output=True,
            text=True,
            timeout=300,
        )
        given = [json.loads(line) for line in worker.stdout.splitlines()]
        answers += given
        if len(given) < len(rest):
            if worker.returncode >= 0:
                raise RuntimeError(worker.stderr)
            answers.append("the assembler crashed")
    return answers


def our_complaint(text: str) -> str | None:
    try:
        module = parse(text)
        for function in module.functions.values():
            forms(function, module)
    except (PTXSyntaxError, UnsupportedPTX) as error:
        return str(error)
    return None


def differences(names: list[str], texts: list[str]) -> list[tuple[str, str | None, str | None]]:
    """Where only one of the two complains: which text, what the assembler says, what we say."""
    answers = zip(names, complaints(texts), map(our_complaint, texts))
    return [(name, theirs, ours) for name, theirs, ours in answers if (theirs is None) != (ours is None)]
