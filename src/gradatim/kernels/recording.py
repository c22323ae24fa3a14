"""A function of arrays, read by running it once on symbols, and written as one loop in C.

The function may use + − * / ** 0.5, abs, comparisons (beside arrays) and their in-place forms, on arrays of
one shape and on numbers: the operators of `functional.updates`. Numbers that it is given are read at each
call, so one loop serves every learning rate and every step. The arithmetic is NumPy's, in the same order and
precision, so the results are the same bits.
"""

from collections.abc import Callable, Sequence
from typing import Any

NUMBER, ARRAY = "number", "array"
C_TYPES = {"float32": "float", "float64": "double"}
ROOTS = {"float32": ("sqrtf", "fabsf"), "float64": ("sqrt", "fabs")}


class Symbol:
    """A value in the recording: a number in double precision, or one element of an array in its own."""

    def __init__(self, tape: "Tape", kind: str, text: str):
        self.tape, self.kind, self.text = tape, kind, text

    def _new(self, other: Any, write: Callable[[str, str], str]) -> "Symbol":
        other = self.tape.symbol(other)
        kind = ARRAY if ARRAY in (self.kind, other.kind) else NUMBER
        texts = [self.tape.cast(symbol, kind) for symbol in (self, other)]
        return self.tape.keep(kind, write(*texts))

    def _changed(self, value: "Symbol") -> "Symbol":
        """This variable from here on: an array's element is stored when the function ends."""
        self.text = value.text
        return self

    def __add__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{a} + {b}")

    def __sub__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{a} - {b}")

    def __mul__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{a} * {b}")

    def __truediv__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{a} / {b}")

    def __radd__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{b} + {a}")

    def __rsub__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{b} - {a}")

    def __rmul__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{b} * {a}")

    def __rtruediv__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"{b} / {a}")

    def __iadd__(self, other: Any) -> "Symbol":
        return self._changed(self + other)

    def __isub__(self, other: Any) -> "Symbol":
        return self._changed(self - other)

    def __imul__(self, other: Any) -> "Symbol":
        return self._changed(self * other)

    def __itruediv__(self, other: Any) -> "Symbol":
        return self._changed(self / other)

    def __ipow__(self, power: Any) -> "Symbol":
        return self._changed(self**power)

    def __neg__(self) -> "Symbol":
        return self.tape.keep(self.kind, f"-{self.text}")

    def __pow__(self, power: Any) -> "Symbol":
        if self.kind == NUMBER:
            return self._new(power, lambda a, b: f"pow({a}, {b})")
        if power != 0.5:
            raise NotImplementedError(f"an array to the power {power}")
        return self.tape.keep(ARRAY, f"{ROOTS[self.tape.dtype][0]}({self.text})")

    def __rpow__(self, base: Any) -> "Symbol":
        return self.tape.symbol(base) ** self

    def __abs__(self) -> "Symbol":
        name = ROOTS[self.tape.dtype][1] if self.kind == ARRAY else "fabs"
        return self.tape.keep(self.kind, f"{name}({self.text})")

    def __eq__(self, other: object) -> "Symbol":  # type: ignore[override]
        return self._new(other, lambda a, b: f"({a} == {b})")

    def __gt__(self, other: Any) -> "Symbol":
        return self._new(other, lambda a, b: f"({a} > {b})")

    def __bool__(self) -> bool:
        raise NotImplementedError("a branch on a value")

    __hash__ = None  # type: ignore[assignment]


class Tape:
    """The lines of C recorded so far: those of numbers, in front of the loop, and those inside it."""

    def __init__(self, dtype: str):
        self.dtype = dtype
        self.lines: dict[str, list[str]] = {NUMBER: [], ARRAY: []}

    def keep(self, kind: str, text: str) -> Symbol:
        """A new value."""
        name = f"{kind[0]}{len(self.lines[kind])}"
        c_type = "double" if kind == NUMBER else "T"
        self.lines[kind].append(f"const {c_type} {name} = {text};")
        return Symbol(self, kind, name)

    def symbol(self, value: Any) -> Symbol:
        """A value that is a symbol already, or a plain number."""
        return value if isinstance(value, Symbol) else Symbol(self, NUMBER, repr(float(value)))

    def cast(self, symbol: Symbol, kind: str) -> str:
        """A number beside an array is rounded to the array's precision, as NumPy does."""
        return f"(T)({symbol.text})" if kind == ARRAY and symbol.kind == NUMBER else symbol.text


def as_c(function: Callable[..., Any], arrays: Sequence[str], numbers: Sequence[str], dtype: str) -> str:
    """The C of function(**arrays, **numbers): `void run(long n, T *…, const double *numbers)`.

    Every array that the function changes is stored. Raises NotImplementedError for what has no such form.
    """
    tape = Tape(dtype)
    of_arrays = {name: Symbol(tape, ARRAY, f"{name}_") for name in arrays}
    of_numbers = {name: Symbol(tape, NUMBER, f"numbers[{i}]") for i, name in enumerate(numbers)}
    function(**of_arrays, **of_numbers)
    stores = [f"{n}[i] = {s.text};" for n, s in of_arrays.items() if s.text != f"{n}_"]
    inside = [*(f"const T {name}_ = {name}[i];" for name in arrays), *tape.lines[ARRAY], *stores]
    parameters = ", ".join([*(f"T *restrict {name}" for name in arrays), "const double *numbers"])
    return "\n".join(
        [
            "#include <math.h>", f"typedef {C_TYPES[dtype]} T;", f"void run(long n, {parameters}) {{",
            *(f"  {line}" for line in tape.lines[NUMBER]), "  for (long i = 0; i < n; i++) {",
            *(f"    {line}" for line in inside), "  }", "}", "",
        ]
    )  # fmt: skip
