"""What an option is: declared once, as a field of a frozen record, with help, bounds and where it belongs.

The command line, `--config`, checks and documentation read these declarations.
"""

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, get_type_hints

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
