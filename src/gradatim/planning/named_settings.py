"""The settings behind a name, such as k=5,persistent=true of rbm:k=5,persistent=true."""

from collections.abc import Callable, Collection
from typing import Any

from gradatim.checks import not_twice, unknown_argument


def named_settings(
    name: str, given: str, takes: Collection[str], value_of: Callable[[str, str], Any]
) -> dict[str, Any]:
    """The settings in `key=value,key=value`, each as `value_of(key, text)` reads it.

    >>> named_settings("rbm", "k=5", ["k"], lambda key, text: int(text))
    {'k': 5}

    Raises UsageError for a key that the name does not take or that comes twice, and what `value_of` raises.
    """
    found: dict[str, Any] = {}
    for part in filter(None, given.split(",")):
        key, _, text = part.partition("=")
        if key not in takes:
            raise unknown_argument(name, key, takes)
        not_twice(key, found)
        found[key] = value_of(key, text)
    return found
