"""Texts of the command line as values."""

import json
from typing import Any

from gradatim.checks import UsageError, not_twice


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, as values."""
    found = {name: value for name, value in options.items() if value is not None}
    readers = {
        "hidden": whole_numbers, "valid": share_or_path, "test": share_or_path, "input_size": size_of,
        "pos_weight": weights_of,
    }  # fmt: skip
    return {name: readers[name](value) if name in readers else value for name, value in found.items()}


def whole_numbers(text: str) -> list[int]:
    """`256,64` as [256, 64]; `none` as []."""
    if text.strip().lower() in ("", "none"):
        return []
    try:
        return [int(part) for part in text.replace(" ", ",").split(",") if part]
    except ValueError as error:
        raise UsageError(f"--hidden takes whole numbers such as 128 or 256,64; it is {text!r}") from error


def weights_of(text: str) -> list[float]:
    """`5` as [5.0], `5,2.5` as [5.0, 2.5]."""
    try:
        return [float(part) for part in text.replace(" ", ",").split(",") if part]
    except ValueError as error:
        raise UsageError(f"--pos-weight takes numbers such as 5 or 5,2.5; it is {text!r}") from error


def size_of(text: str | None) -> Any:
    """`224` as 224, `224,320` and `224x320` as [224, 320]."""
    if text is None:
        return None
    try:
        numbers = [int(part) for part in text.replace("x", ",").replace("×", ",").split(",")]
    except ValueError as error:
        raise UsageError(
            f"--input-size takes whole numbers such as 224 or 224,320; it is {text!r}"
        ) from error
    return numbers[0] if len(numbers) == 1 else numbers


def network_arguments(settings: list[str]) -> dict[str, Any]:
    """`key=value` pairs: a value is JSON where it can be read so, a list of it with commas, or text.

    >>> network_arguments(["activation=tanh", "hidden=8,4", "dropout=0.1"])
    {'activation': 'tanh', 'hidden': [8, 4], 'dropout': 0.1}
    """
    arguments: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key:
            raise UsageError(
                f"{setting!r} is not understood: other arguments of a network are given as key=value"
            )
        key = key.strip()
        not_twice(key, arguments)
        arguments[key] = _value(text)
    return arguments


def split_arguments(things: list[str]) -> tuple[list[str], list[str]]:
    """Names apart from `key=value`, whose key is a plain word: step:milestones=0.3/0.6 is a name.

    >>> split_arguments(["runs/a", "delta=2", "cosine:warmup=0.1"])
    (['runs/a', 'cosine:warmup=0.1'], ['delta=2'])
    """
    settings = [thing for thing in things if is_setting(thing)]
    return [thing for thing in things if thing not in settings], settings


def is_setting(text: str) -> bool:
    """Whether a text is `key=value`, and no name with arguments.

    >>> is_setting("activation=tanh"), is_setting("moons:n=400"), is_setting("./a=b.csv")
    (True, False, False)
    """
    key, equals, _ = text.partition("=")
    return bool(equals) and key.isidentifier()


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(f"[{text}]") if "," in text else text
    except ValueError:
        return text


def read_model(model: str | None) -> Any:
    """A network's name, or the description in a .json file; None for what suits the data."""
    if model is None or not model.endswith(".json"):
        return model
    from gradatim.files import read_json

    return read_json(model, "description of a network")


def share_or_path(text: str) -> Any:
    """`--valid 0.2` is a share, `--valid more.npz` a file."""
    try:
        return float(text)
    except ValueError:
        return text
