"""For the tests and the doctests alike: Triton's kernels run on machines without a GPU, interpreted."""

import os
from importlib.util import find_spec

import torch

if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # before it is imported
ARE_TRITON = ("src/gradatim/nn/kernels/triton_mathematics.py", "tests/nn/sequence/compile_for_gpus.py")
collect_ignore = [] if find_spec("triton") else [*ARE_TRITON]
