"""Which networks generate, by the kind of their problem, and what does it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

HOMES = {
    "next character": "gradatim.decoding.writing:write",
    "next frame": "gradatim.decoding.music:compose",
    "next word": "gradatim.decoding.writing:write_words",
}


def generator_for(kind: str) -> Callable[..., Any] | None:
    """What generates with a network of this kind of problem; None for one that only answers."""
    if kind not in HOMES:
        return None
    module, attribute = HOMES[kind].split(":")
    return getattr(import_module(module), attribute)
