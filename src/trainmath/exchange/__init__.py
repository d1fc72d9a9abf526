"""A dispatch and combine that run: DeepEP's plan of 2025 in Numba with inline PTX.

    import smsim
    smsim.attach()                                     # before this package, which imports numba.cuda

    from trainmath import exchange
    shape = exchange.Shape(nodes=2, gpus_per_node=4, tokens=16)
    tokens = exchange.random_tokens(shape)
    result = exchange.OneGPU(shape).run(tokens, gains)  # result.out equals exchange.reference(shape, tokens, gains)

Every GPU has two blocks a channel, with warps that send, forward and receive; rings in the memory of other GPUs, whose
heads and tails are flags with ``ld.acquire.sys`` and ``st.release.sys``; and named barriers among the warps of a role.
Tokens go out as FP8 with a scale for 128 values, once to each node over the network, and from there over NVLink. They
come back as BF16, added up in float32.

The plan is that of DeepEP's first version (github.com/deepseek-ai/DeepEP, ``csrc/kernels/internode.cu``) and of the
DeepSeek-V3 Technical Report, section 3.2.2; the code is our own.
"""

from trainmath.exchange.arguments import for_combine, for_dispatch, for_experts
from trainmath.exchange.copies import records_copied
from trainmath.exchange.fp8 import dequantise, quantise
from trainmath.exchange.links import Links, links
from trainmath.exchange.moving import move, move_one_by_one
from trainmath.exchange.one_gpu import OneGPU, Result
from trainmath.exchange.orders import Orders, look, meet, publish
from trainmath.exchange.peers import open_access
from trainmath.exchange.reference import reference
from trainmath.exchange.routes import Routes, routes
from trainmath.exchange.several_gpus import SeveralGPUs
from trainmath.exchange.shape import Shape
from trainmath.exchange.tokens import Tokens, random_tokens

__all__ = [
    "Links",
    "OneGPU",
    "Orders",
    "Result",
    "Routes",
    "SeveralGPUs",
    "Shape",
    "Tokens",
    "dequantise",
    "for_combine",
    "for_dispatch",
    "for_experts",
    "links",
    "look",
    "meet",
    "move",
    "move_one_by_one",
    "open_access",
    "publish",
    "quantise",
    "random_tokens",
    "records_copied",
    "reference",
    "routes",
]
