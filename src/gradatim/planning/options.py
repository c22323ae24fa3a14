"""What an option is: declared once, as a field of a frozen record, with help, bounds and where it belongs.

The command line, `--config`, checks and documentation read these declarations.
"""

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, get_type_hints

from gradatim.checks import LARGEST, UsageError, did_you_mean, one_of, real, whole

KEY = "option"  # of a field's metadata


@dataclass(frozen=True)
class Option:
    """What is known of one option beside its name, its type and its default."""

    help: str
    group: str = "Training"  # under which --help lists it
    bounds: tuple[tuple[str, float], ...] = ()  # at_least, above, below
    choices: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # of the data that it is for; all where there is none
    tasks: tuple[str, ...] = ()  # likewise
    trains: bool = False  # whether Training takes it by this name
    metavar: str | None = None


def option(
    help: str, default: Any = None, *, group: str = "Training", choices: tuple[str, ...] = (),
    forms: tuple[str, ...] = (), tasks: tuple[str, ...] = (), trains: bool = False,
    metavar: str | None = None, **bounds: float,
) -> Any:  # fmt: skip
    """The field of an option.

    `bounds` are `at_least`, `at_most`, `above` and `below`; `forms` and `tasks` are those that have a use
    for it, `trains` says that Training takes it by its name.
    """
    known = Option(help, group, tuple(bounds.items()), choices, forms, tasks, trains, metavar)
    return field(default=default, metadata={KEY: known})


def options_of(record: type) -> Iterator[tuple[Field, Option, Any]]:
    """The fields of a record that are options, with what is known of each and its type."""
    types = get_type_hints(record)
    for one in fields(record):
        if KEY in one.metadata:
            yield one, one.metadata[KEY], types[one.name]


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
