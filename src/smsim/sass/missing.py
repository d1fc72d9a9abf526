"""Where NVIDIA's tools are missing: what is missing, and how to get it."""

from __future__ import annotations


class MissingTool(RuntimeError):
    """One of NVIDIA's tools is not installed; the message says which, and how to get it."""

    said = ""

    def __init__(self) -> None:
        super().__init__(self.said)


class NoAssembler(MissingTool):
    """There is no nvJitLink."""

    said = (
        "NVIDIA's assembler, which is in nvJitLink, is not installed here; `pip install nvidia-nvjitlink` brings it, "
        "on Linux and Windows, and it needs no GPU."
    )


class NoDisassembler(MissingTool):
    """There is no ``nvdisasm``."""

    said = (
        "NVIDIA's disassembler, nvdisasm, is not installed here; `pip install nvidia-cuda-nvdisasm` brings it, "
        "on Linux and Windows, and it needs no GPU."
    )
