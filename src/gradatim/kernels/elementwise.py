"""A function of arrays of one shape, as one compiled loop over their elements."""

import ctypes
import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import compile_library
from gradatim.kernels.recording import as_c

EXACT = ("-ffp-contract=off",)  # no a·b + c in one rounding: the bits are those of NumPy's operators


class Elementwise:
    """`function(arrays…, numbers…)` in one pass over memory, with the bits that NumPy would give.

    `numbers` names those of its parameters that are plain numbers; the others are arrays, changed in place
    where the function changes them. Call `bind` with the arrays, then the instance with the numbers, in the
    order of their names, as often as the arrays stay where they are. Raises NoCompiler where C cannot be
    compiled, NotImplementedError for a function with other operators than `kernels.recording` knows.
    """

    def __init__(self, function: Callable[..., Any], numbers: Sequence[str], dtype: np.dtype):
        arrays = tuple(name for name in inspect.signature(function).parameters if name not in numbers)
        self.dtype = np.dtype(dtype)
        self._run = _compiled(function, arrays, tuple(numbers), self.dtype.name)
        self._numbers = (ctypes.c_double * len(numbers))()
        self._held: tuple[np.ndarray, ...] = ()
        self._places: tuple[int, ...] = ()

    def bind(self, *arrays: np.ndarray) -> "Elementwise":
        """The arrays that the next calls work on: equally long, contiguous, of this precision."""
        for array in arrays:
            if array.dtype != self.dtype or not array.flags.c_contiguous or array.size != arrays[0].size:
                raise ValueError(f"arrays must be contiguous {self.dtype.name} of one size")
        self._held = arrays
        self._places = tuple(array.ctypes.data for array in arrays)
        return self

    def bound_to(self, *arrays: np.ndarray) -> bool:
        """Whether these are the arrays it works on."""
        return len(arrays) == len(self._held) and all(map(lambda a, b: a is b, arrays, self._held))

    def __call__(self, *numbers: float) -> None:
        """Run the loop."""
        self._numbers[:] = list(numbers)
        self._run(self._held[0].size, *self._places, self._numbers)


@cache
def _compiled(
    function: Callable[..., Any], arrays: tuple[str, ...], numbers: tuple[str, ...], dtype: str
) -> Any:
    run = compile_library(as_c(function, arrays, numbers, dtype), EXACT).run
    run.argtypes = [ctypes.c_long, *(ctypes.c_void_p for _ in arrays), ctypes.POINTER(ctypes.c_double)]
    run.restype = None
    return run
