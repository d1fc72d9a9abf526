"""The simulated CUDA driver: what stands under an unmodified numba-cuda where there is no GPU.

Everything that knows of numba, llvmlite or NVIDIA's packages is in here and is imported when it is needed.
"""
