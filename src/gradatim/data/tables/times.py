"""When the rows of a table were, for a split by time."""

from dataclasses import replace

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.input_values import values_of
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.schema import Field
from gradatim.data.tables.table import Table


def times_of(table: Table, field: Field, is_given: bool) -> tuple[np.ndarray, list[str]]:
    """When every row was (N,), and how that was read from texts; as the field says where it is given.

    Raises UsageError for a row without a time, and for a column that holds neither dates nor numbers.
    """
    name, column = field.name, table.columns[field.name]
    found = kind_of(name, column)
    if is_given and field.kind in ("date", "number"):
        found = replace(found, kind=field.kind, form=field.form, why="")
    if column.kind != "text":
        values, notices = column.values, []
    elif found.kind in ("date", "number"):
        values = values_of(column, Input(name, found.kind, (), found.form))
        notices = [f"time {name!r}: {found.why}"] if found.why else []
    else:
        held = f"holds {column.texts[0]!r:.40}" if column.texts else "is empty"
        raise UsageError(f"--time needs dates or numbers; {name!r} {held}")
    if np.isnan(values).any():
        raise UsageError(f"row {int(np.isnan(values).argmax()) + 1} has no time in {name!r}")
    return values, notices
