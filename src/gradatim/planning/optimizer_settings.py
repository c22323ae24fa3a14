"""An optimizer's settings behind its name: momentum:momentum=0.99."""

import json
from typing import Any

from gradatim.checks import UsageError, named_settings
from gradatim.optim.numpy_updates import METHODS, check_settings

OPTIONS = ("lr", "weight_decay")  # which are options of their own


def optimizer_settings(text: str) -> dict[str, Any]:
    """The settings in `NAME:key=value,key=value`, by the names that `gradatim show NAME` lists.

    >>> optimizer_settings("momentum:momentum=0.99"), optimizer_settings("adam")
    ({'momentum': 0.99}, {})

    Raises UsageError for a setting that the optimizer has not, or a value that it cannot have.
    """
    name, _, given = text.partition(":")
    takes = [key for key in METHODS[name].settings if key not in OPTIONS]

    def number(key: str, value: str) -> Any:
        try:
            return json.loads(value)
        except ValueError:
            raise UsageError(f"{key} of {name} must be a number; it is {value!r}") from None

    found = named_settings(name, given, takes, number)
    check_settings(name, found)
    return found
