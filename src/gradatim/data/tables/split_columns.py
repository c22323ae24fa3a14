"""Columns that rows are split by: what of them stays an input, and what a person should know of it."""

from gradatim.data.tables.inputs import Input
from gradatim.data.tables.schema import Field


def calendar_of(one: Field) -> Input | None:
    """The calendar of a time column of dates as an input: its place in the year, the week and the day.

    The moment itself is none: the test is later than every training row. A plain number has no calendar.
    """
    return Input(one.name, "date", (), one.form, calendar=True) if one.kind == "date" else None


def sentence(one: Field, calendar: bool = True) -> str:
    """What a person should know of a column of use time, group or task."""
    if one.use == "task":
        return f"column {one.name!r}: the task of each row, which has a head of its own; it is no input"
    if one.use == "group":
        return f"column {one.name!r}: none of its values is in two parts of the split; it is no input"
    later = f"column {one.name!r}: the latest rows are the test"
    if calendar and calendar_of(one):
        return f"{later}; its place in the year, the week and the day is an input, the moment itself is not"
    copy = "give a copy of it under another name to learn from it"
    return f"{later}; it is no input, as training holds nothing so late ({copy})"
