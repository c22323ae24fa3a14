"""The matrix product that a kernel calls: torch's own BLAS, or the one that SciPy brings."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch


class Gemm(NamedTuple):
    """The address of sgemm or dgemm, and whether a team of threads may call it at once."""

    address: int
    shared: bool
    source: str
    limit: Any  # MKL's function that sets the threads of this caller and returns what they were, or None


@cache
def gemm(dtype: torch.dtype) -> Gemm:
    """Fortran's SGEMM or DGEMM.

    torch's is measured to be the quicker one for single sequences, and its threads are those that torch uses
    already; SciPy's OpenBLAS has threads of its own and takes one caller at a time.
    """
    name = "sgemm" if dtype is torch.float32 else "dgemm"
    library = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    try:
        torch_library = ctypes.CDLL(str(library))
        found = getattr(torch_library, f"{name}_")
        limit = getattr(torch_library, "MKL_Set_Num_Threads_Local", None)
        return Gemm(ctypes.cast(found, ctypes.c_void_p).value or 0, True, "torch", limit)
    except (OSError, AttributeError):
        from scipy.linalg import cython_blas

        return Gemm(_address(cython_blas.__pyx_capi__[name]), False, "SciPy", None)


def _address(capsule: object) -> int:
    """The pointer inside a capsule."""
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype, api.PyCapsule_GetName.argtypes = ctypes.c_char_p, [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule))
