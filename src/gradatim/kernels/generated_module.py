"""Python text made at run time as a module, in the cache of kernels, where its source can be read back."""

from functools import cache
from hashlib import sha256
from types import ModuleType

from gradatim.kernels.cache import find, keep


@cache
def module_of_text(text: str) -> ModuleType:
    """The module of a text, in a file named after it; the text itself is run, not what the file holds.

    Raises OSError if no file can be written.

    >>> module_of_text("double = lambda x: 2 * x").double(4)
    8
    """
    name = sha256(text.encode()).hexdigest()[:32]
    file = find(f"{name}.py") or keep(f"{name}.py", text.encode())
    module = ModuleType(f"gradatim_kernels_{name}")
    module.__file__ = str(file)
    exec(compile(text, str(file), "exec"), module.__dict__)
    return module
