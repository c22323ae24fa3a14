"""Whether options may be: bounds and choices, what data have no use for, names that there are not."""

from typing import Any

from gradatim.checks import LARGEST, UsageError, did_you_mean, one_of, real, whole
from gradatim.planning.options import options_of


def check_bounds(record: Any) -> None:
    """Raise UsageError naming the first value of a record that is outside its bounds or choices."""
    for one, known, kind in options_of(type(record)):
        value = getattr(record, one.name)
        if value is None:
            continue
        bounds = dict(known.bounds)
        for number in value if isinstance(value, tuple) else (value,):
            if kind in (int, int | None, tuple[int, ...] | None):
                whole(one.name, number, int(bounds.get("at_least", 0)), bounds.get("at_most", LARGEST))
            elif bounds:
                real(one.name, number, **bounds)
        if known.choices:
            one_of(one.name, value, known.choices)


def refuse_useless(record: Any, asked: Any, form: str, task: str, what: str) -> None:
    """Raise UsageError for the first option that was asked for and that such data have no use for.

    `asked` names those that were given; `what` says what the data are, in the sentence.
    """
    for one, known, _ in options_of(type(record)):
        if one.name not in asked or getattr(record, one.name) is None:
            continue
        if (known.forms and form not in known.forms) or (known.tasks and task not in known.tasks):
            *most, last = known.forms or known.tasks
            of = f"{', '.join(most)} and {last}" if most else last
            raise UsageError(f"--{one.name.replace('_', '-')} is for {of}; {what} has no use for it")


def unknown_option(name: str, names: tuple[str, ...], where: str = "") -> UsageError:
    """The error for an option that there is not, with the nearest."""
    return UsageError(f"{where}unknown option {name!r}: {did_you_mean(name, names)}")
