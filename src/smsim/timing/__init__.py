"""What an SM makes of a kernel's memory accesses. Functions of arrays; no clock yet."""
