"""Python text made at run time as a module, in the cache of kernels, where its source can be read back."""

import importlib.util
import os
from functools import cache
from hashlib import sha256
from types import ModuleType

from gradatim.kernels.compile import folder


@cache
def written(text: str) -> ModuleType:
    """The module of a text, in a file named after it.

    Raises OSError if the cache cannot be written.

    >>> written("double = lambda x: 2 * x").double(4)
    8
    """
    name = sha256(text.encode()).hexdigest()[:32]
    file = folder() / f"{name}.py"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{name}.{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    spec = importlib.util.spec_from_file_location(f"gradatim_kernels_{name}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
