"""Errors, and the sentences they speak: the value, what was expected, and where."""

import reprlib
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from numbers import Integral, Real
from sys import float_info
from typing import Any

LARGEST = 2**31 - 1  # that a count may be
ALIKE = 0.65  # of the letters of two names, from which one may be meant by the other
BEGINNING, END = 600, 400  # characters that are kept of a sentence that is too long


def _cut(sentence: str) -> str:
    if len(sentence) <= BEGINNING + END + 1:
        return sentence
    return f"{sentence[:BEGINNING]}…{sentence[-END:]}"


class GradatimError(Exception):
    """A job failed. One sentence says why and what to do next; the command line exits with 1.

    Whatever values stand in it, it stays a sentence: one that is longer is cut in its middle.
    """

    def __init__(self, *parts: object):
        super().__init__(*(_cut(part) if isinstance(part, str) else part for part in parts))


class UsageError(GradatimError, ValueError):
    """A name or a value that cannot be used as given; the command line exits with 2."""


class UnknownArgument(UsageError):
    """A function takes no argument of a name, which is `argument`."""

    argument = ""


class Notice(UserWarning):
    """What a person should know although nothing failed; the command line prints it as a line."""


class NonFiniteLoss(GradatimError):
    """The loss became infinite or not a number; the message says at which step and in which layer."""


class Interrupted(KeyboardInterrupt):
    """Training was interrupted and its state is saved; the message says how to go on (exit 130)."""


def shown(value: object, most: int = 60) -> str:
    """A value in an error's sentence, however long or deep it is.

    >>> shown("mlp"), shown("a" * 1000, 12), shown([[[[[[[[1]]]]]]]])
    ("'mlp'", "'aaa...aaaa'", '[[[[[[...]]]]]]')
    """
    cut = reprlib.Repr()
    cut.maxstring = cut.maxother = cut.maxlong = most
    try:
        text = cut.repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits
        text = type(value).__name__
    return text if len(text) <= most else text[: most - 1] + "…"


@cache
def notice(sentence: str) -> None:
    """Warn with a sentence, in this process once."""
    warnings.warn(sentence, Notice, stacklevel=2)


@contextmanager
def in_layer(place: object, name: str) -> Iterator[None]:
    """Put a layer's place in its network, and its name, before the sentence of a UsageError."""
    try:
        yield
    except UsageError as error:
        known_by = "" if name in str(error) else f", {name}"
        raise UsageError(f"layer {place}{known_by}: {error}") from error


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """The part of an error that names the nearest choices, or all of them when they are few.

    >>> did_you_mean("digtis", ["digits", "mnist"])
    'did you mean digits?'
    """
    choices = sorted(choices)
    return nearest_names(name, choices) or choose_from(choices)


def choose_from(choices: Iterable[str]) -> str:
    """The choices, or the first of many.

    >>> choose_from(["sgd", "adam"]), choose_from([])
    ('choose from adam, sgd', 'there is none')
    """
    choices = sorted(choices)
    if not choices:
        return "there is none"
    return f"choose from {', '.join(choices[:12])}{', …' if len(choices) > 12 else ''}"


def nearest_names(name: str, choices: Iterable[str]) -> str:
    """The choices that are meant by a name, called so elsewhere, or spelled nearly so; nothing without any.

    >>> nearest_names("mse", ["squared_error", "huber"]), nearest_names("adabelief", ["adam", "adagrad"])
    ('did you mean squared_error?', 'it is not there yet; the nearest is adam')
    """
    from gradatim.synonyms import NEAREST, synonyms

    choices = sorted(choices)
    near = _called_so(str(name), choices)
    if not near and (lacking := synonyms(str(name), choices, NEAREST)):
        return f"it is not there yet; the nearest is {' or '.join(lacking)}"
    near = near or _spelled_so(str(name), choices)
    return f"did you mean {' or '.join(near)}?" if near else ""


def meant_names(name: str, choices: Iterable[str]) -> list[str]:
    """The choices that are meant by a name: called so elsewhere, begun so, or spelled nearly so.

    >>> meant_names("random_state", ["seed", "lr"]), meant_names("preci", ["seed", "precision"])
    (['seed'], ['precision'])
    """
    choices = sorted(choices)
    begun = [one for one in choices if len(name) > 2 and one.startswith(name)]
    return _called_so(name, choices) or begun or _spelled_so(name, choices)


def _called_so(name: str, choices: list[str]) -> list[str]:
    """The choices of this name but for case and marks, or those that are called so elsewhere."""
    from gradatim.synonyms import OF_VERBS, OPTIONS, SAME, key, synonyms

    alike = [one for one in choices if key(one) == key(name)]
    return alike or synonyms(name, choices, SAME | OPTIONS | OF_VERBS)


def _spelled_so(name: str, choices: list[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name.lower(), choices, n=3, cutoff=ALIKE)


def unknown_argument(function: str, argument: str, choices: Iterable[str]) -> UnknownArgument:
    """The error to raise for an argument that is none of `choices`.

    >>> str(unknown_argument("mlp", "hiden", ["hidden", "dropout"]))
    "mlp takes no argument 'hiden': did you mean hidden?"
    """
    error = UnknownArgument(
        f"{function} takes no argument {shown(argument)}: {did_you_mean(argument, choices)}"
    )
    error.argument = argument
    return error


def not_twice(key: str, given: Iterable[str]) -> None:
    """Raise UsageError for a setting that was given before.

    >>> not_twice("n", ["n", "noise"])
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: n is given twice
    """
    if key in given:
        raise UsageError(f"{key} is given twice")


def named_settings(
    name: str, given: str, takes: Collection[str], value_of: Callable[[str, str], Any]
) -> dict[str, Any]:
    """The settings in `key=value,key=value` behind a name, each as `value_of(key, text)` reads it.

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


def known(what: str, name: str, choices: Iterable[str]) -> str:
    """`name`, if it is one of `choices`.

    >>> known("optimizer", "adma", ["adam", "sgd"])
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: unknown optimizer 'adma': did you mean adam?
    """
    choices = list(choices)
    if name not in choices:
        raise UsageError(f"unknown {what} {shown(name)}: {did_you_mean(name, choices)}")
    return name


def plain_number(value: Any) -> Any:
    """Python's number where a value is NumPy's, a fraction, or an array or a tensor of one; else as it is.

    >>> import numpy as np
    >>> plain_number(np.int64(3)), plain_number(np.array([0.5])), plain_number("a"), plain_number(None)
    (3, 0.5, 'a', None)
    """
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and all(n == 1 for n in shape) and hasattr(value, "item"):
        value = value.item()
    return float(value) if isinstance(value, Real) and not isinstance(value, int | float) else value


def plain_numbers(value: Any) -> Any:
    """A value, and all that lists and dicts in it hold, with Python's numbers, as JSON knows them.

    >>> import numpy as np
    >>> plain_numbers({"hidden": np.array([64, 32]), "dropout": np.float64(0.5), "name": "mlp"})
    {'hidden': [64, 32], 'dropout': 0.5, 'name': 'mlp'}
    """
    if isinstance(value, dict):
        return {name: plain_numbers(one) for name, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain_numbers(one) for one in value)
    if hasattr(value, "tolist") and getattr(value, "shape", ()) not in ((), (1,)):
        return value.tolist()
    return plain_number(value)


def whole(name: str, value: object, at_least: int, at_most: float | None = LARGEST) -> int:
    """A whole number inside its bounds, Python's or NumPy's, or a tensor of one; no count is beyond 2³¹."""
    number = plain_number(value)
    if isinstance(number, bool) or not isinstance(number, Integral) or number < at_least:
        raise UsageError(f"{name} must be a whole number of at least {at_least}; it is {shown(number)}")
    if at_most is not None and int(number) > at_most:
        raise UsageError(f"{name} must be a whole number of at most {at_most:,}; it is {shown(number)}")
    return int(number)


def real(
    name: str, value: object, *, above: float | None = None, at_least: float | None = None,
    below: float | None = None, at_most: float | None = None,
) -> float:  # fmt: skip
    """A finite number inside its bounds, Python's or NumPy's, or a tensor of one."""
    number = plain_number(value)
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("above", above), ("at least", at_least), ("below", below), ("at most", at_most))
        if bound is not None
    ]
    fits = (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and abs(number) <= float_info.max
        and (above is None or number > above)
        and (at_least is None or number >= at_least)
        and (below is None or number < below)
        and (at_most is None or number <= at_most)
    )
    if not fits:
        wanted = " and ".join(bounds) or "that is finite"
        raise UsageError(f"{name} must be a number {wanted}; it is {shown(number)}")
    return float(number)


def positive(name: str, value: object) -> Any:
    """A finite number above 0, or a list of such."""
    numbers = plain_numbers(value)
    if isinstance(numbers, list | tuple):
        return [real(name, number, above=0) for number in numbers]
    return real(name, numbers, above=0)


def truth(name: str, value: object) -> bool:
    """The value as true or false, which 1 and 0 are too; UsageError for any other, such as a word."""
    found = plain_number(value)
    if isinstance(found, int | float) and found in (0, 1):
        return bool(found)
    raise UsageError(f"{name} must be true or false; it is {shown(value)}")


def one_of(name: str, value: object, choices: Iterable[str]) -> str:
    """A value from a short list."""
    choices = list(choices)
    if value not in choices:
        raise UsageError(f"{name} must be {' or '.join(choices)}; it is {shown(value)}")
    return str(value)
