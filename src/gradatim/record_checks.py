"""What a record that JSON holds must be, entry by entry: written down once, checked where a file is read.

>>> form = Entries({"name": TEXT, "sizes": ListOf(whole_from(1))})
>>> form.check({"name": "small", "sizes": [3, 0]}, "network")
Traceback (most recent call last):
...
gradatim.checks.GradatimError: network.sizes[1] must be a whole number of at least 1; it is 0
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Protocol

from gradatim.checks import GradatimError, shown

WHOLE_AT_MOST = 2**63 - 1


class Form(Protocol):
    """What an entry must be."""

    def check(self, value: Any, entry: str) -> None:
        """GradatimError naming the entry, what was expected, and what stands there."""


@dataclass(frozen=True)
class Value:
    """A single value, `wanted` in words."""

    wanted: str
    fits: Callable[[Any], bool]

    def check(self, value: Any, entry: str) -> None:
        """The value fits."""
        require(self.fits(value), entry, self.wanted, value)


@dataclass(frozen=True)
class Maybe:
    """The same, or null."""

    form: Form

    def check(self, value: Any, entry: str) -> None:
        """What is not null fits."""
        if value is not None:
            self.form.check(value, entry)


@dataclass(frozen=True)
class ListOf:
    """A list of so many members, all of one form, and where `distinct` no two alike."""

    form: Form
    at_least: int = 0
    at_most: int | None = None
    distinct: bool = False

    def check(self, value: Any, entry: str) -> None:
        """Every member fits."""
        require(isinstance(value, list | tuple), entry, "a list", value)
        for place, one in enumerate(value):
            self.form.check(one, f"{entry}[{place}]")
        require(len(value) >= self.at_least, entry, f"a list of at least {self.at_least}", value)
        if self.at_most is not None:
            require(len(value) <= self.at_most, entry, f"a list of at most {self.at_most}", value)
        if self.distinct:
            require(len(set(value)) == len(value), entry, "a list without doubles", value)


@dataclass(frozen=True)
class DictOf:
    """An object under whose names, whatever they are, all values are of one form."""

    form: Form

    def check(self, value: Any, entry: str) -> None:
        """Every value fits."""
        require(isinstance(value, dict), entry, "an object {…}", value)
        for name, one in value.items():
            self.form.check(one, f"{entry}.{shown(name, 30)[1:-1]}")


@dataclass(frozen=True)
class Entries:
    """An object with these entries, of which `optional` may be missing; others are let be."""

    forms: Mapping[str, Form]
    optional: Collection[str] = field(default=())

    def check(self, value: Any, entry: str) -> None:
        """Every entry that must be is there, and those that are fit."""
        require(isinstance(value, dict), entry or "the file", "an object {…}", value)
        for name, form in self.forms.items():
            inside = f"{entry}.{name}" if entry else name
            if name in value:
                form.check(value[name], inside)
            elif name not in self.optional:
                raise GradatimError(f"the entry {inside} is missing")


def require(fits: bool, entry: str, wanted: str, value: Any) -> None:
    """GradatimError for an entry that does not fit."""
    if not fits:
        raise GradatimError(f"{entry} must be {wanted}; it is {shown(value)}")


def is_number(value: Any) -> bool:
    """Whether a value is a finite number that a float can hold, and no truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value) if isinstance(value, float) else abs(value) <= WHOLE_AT_MOST


def whole_from(at_least: int) -> Value:
    """A whole number with a lower bound."""
    return Value(
        f"a whole number of at least {at_least}",
        lambda v: type(v) is int and at_least <= v <= WHOLE_AT_MOST,
    )


def one_in(choices: Collection[Any]) -> Value:
    """One of a few texts."""
    return Value(" or ".join(map(str, choices)), lambda v: isinstance(v, str) and v in choices)


ANY = Value("anything", lambda v: True)
TEXT = Value("a text", lambda v: isinstance(v, str))
TRUTH = Value("true or false", lambda v: isinstance(v, bool))
NUMBER = Value("a finite number", is_number)
MEASURE = Value("a number", lambda v: isinstance(v, float) or is_number(v))  # which may be infinite, or none
COUNT = whole_from(0)
RECORD = DictOf(ANY)
