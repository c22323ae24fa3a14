"""What every column of a table is and is used for: a plain record that can be written down and edited."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import UsageError, did_you_mean, known
from gradatim.data.tables.dates import FORMS
from gradatim.data.tables.encoding_names import ENCODINGS
from gradatim.data.tables.input_values import form_in, values_of
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import DROPPED, INPUTS, KINDS, LABELS, kind_of
from gradatim.data.tables.notation import DECIMALS, form_parts
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.sniffing import Dialect, dialect_from
from gradatim.data.tables.table import Column, Table, format_value

USES = ("input", "target", "group", "time", "task", "ignore")
TASKS = ("classification", "multilabel", "regression", "distribution", "tasks")


@dataclass(frozen=True)
class Field:
    """One column: what it is, what it is used for, and why."""

    name: str
    kind: str
    use: str = "input"
    form: str = ""  # of dates and numbers
    why: str = ""
    facts: dict[str, Any] = field(default_factory=dict)  # missing, distinct, smallest …; read by nobody
    separator: str = ""  # of labels
    missing_values: tuple[str, ...] | None = None  # the texts that stand for one; None for the usual words
    encoding: str = ""  # of a number as an input, where it is another than that of the rest

    def as_dict(self) -> dict[str, Any]:
        """The field for JSON."""
        some: dict[str, Any] = {
            name: getattr(self, name) for name in ("form", "separator", "encoding") if getattr(self, name)
        }
        if self.missing_values is not None:
            some["missing_values"] = list(self.missing_values)
        return {"name": self.name, "kind": self.kind, "use": self.use, **some, "why": self.why, **self.facts}

    def as_input(self) -> Input:
        """The column as an input, without its categories."""
        return Input(self.name, self.kind, (), self.form, self.missing_values, encoding=self.encoding)


@dataclass(frozen=True)
class Schema:
    """The fields of a table, the task, and how its file is read (None for Parquet and frames)."""

    fields: tuple[Field, ...]
    task: str | None = None
    reading: Dialect | None = None

    def used(self, use: str) -> list[str]:
        """The names of the columns with this use."""
        return [one.name for one in self.fields if one.use == use]

    def as_dict(self) -> dict[str, Any]:
        """The schema for JSON."""
        return {
            "task": self.task,
            "reading": None if self.reading is None else self.reading.as_dict(),
            "columns": [one.as_dict() for one in self.fields],
        }

    @property
    def texts(self) -> set[str]:
        """The columns that are read as text, so that 007 stays 007, and 1.249 is what its form says."""
        kinds = ("category", "text", LABELS)
        return {one.name for one in self.fields if one.kind in kinds or (one.kind == "number" and one.form)}

    @property
    def missing_values(self) -> dict[str, tuple[str, ...]]:
        """The texts that stand for a missing value, of columns that say so."""
        return {one.name: one.missing_values for one in self.fields if one.missing_values is not None}

    def of_sets(self, name: str, separator: str) -> "Schema":
        """The same with a column whose cells are sets of labels."""
        fields = (
            replace(one, kind=LABELS, separator=separator) if one.name == name else one for one in self.fields
        )
        return replace(self, fields=tuple(fields))


def schema_from(content: Any, where: str) -> Schema:
    """A Schema from its record; UsageError naming what cannot be, and where."""
    if not isinstance(content, dict) or not isinstance(content.get("columns"), list):
        raise UsageError(f"{where} is not a schema: it has no list of columns")
    fields = [_field_from(entry, where, number) for number, entry in enumerate(content["columns"], 1)]
    task = content.get("task")
    if task is not None:
        known("task", task, TASKS)
    reading = content.get("reading")
    return Schema(tuple(fields), task, None if reading is None else dialect_from(reading, where))


def _field_from(entry: Any, where: str, number: int) -> Field:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise UsageError(f"{where}: column {number} has no name")
    place = f"{where}, column {entry['name']!r}"
    kind, use, form = entry.get("kind"), entry.get("use", "input"), entry.get("form", "")
    for what, value, values in (("kind", kind, KINDS), ("use", use, USES)):
        _check_known(place, what, value, values)
    if not (kind == "number" and isinstance(form, str) and form_parts(form)):
        _check_known(place, "form", form, ("", *DECIMALS) if kind == "number" else FORMS)
    if use == "input" and kind not in INPUTS:
        raise UsageError(f"{place}: a column of kind {kind} is no input; make it one of {', '.join(INPUTS)}")
    separator = entry.get("separator", "")
    if not isinstance(separator, str) or (separator and separator.isspace()):
        raise UsageError(f"{place}: a separator is a text such as ';'; it is {separator!r}")
    words = entry.get("missing_values")
    if words is not None and not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
        raise UsageError(f'{place}: missing_values is a list of texts such as ["NA"]; it is {words!r}')
    encoding, why = entry.get("encoding", ""), str(entry.get("why", ""))
    _check_known(place, "encoding", encoding, ("", *ENCODINGS))
    if encoding and kind != "number":
        raise UsageError(f"{place}: an encoding is that of a number; the column is of kind {kind}")
    found = Field(entry["name"], str(kind), str(use), str(form), why, {}, separator, encoding=str(encoding))
    return found if words is None else replace(found, missing_values=tuple(words))


def _check_known(place: str, what: str, value: Any, values: tuple[str, ...]) -> None:
    if value not in values:
        meant = did_you_mean(str(value), filter(None, values))
        raise UsageError(f"{place}: unknown {what} {value!r}: {meant}")


def read_schema(path: str | Path) -> Schema:
    """A schema from a file; GradatimError for one that is missing, damaged or newer."""
    return schema_from(files.read_json(path, "schema"), str(path))


def infer_schema(table: Table, roles: Roles, given: Schema | None = None, with_facts: bool = False) -> Schema:
    """What the columns of a table are: as given where a schema was, otherwise looked at."""
    for name in (*roles.target, *roles.ignore, *filter(None, (roles.group, roles.time, roles.task_of))):
        table.column(name)
        if name in table.repeated:
            raise UsageError(f"{table.name} has several columns called {name!r}; rename all but one")
    _check_roles(roles)
    before = {one.name: one for one in given.fields} if given else {}
    for name in before:
        table.column(name)
    asked = bool(roles.target)
    fields = []
    for name, column in table.columns.items():
        one = before.get(name)
        if one is None:
            kind = kind_of(name, column)
            use = "ignore" if kind.kind in DROPPED or given else "input"
            one = Field(name, kind.kind, use, kind.form, kind.why)
        elif one.kind == "number" and column.kind == "text":
            one = replace(one, form=one.form or form_in(column))
        if one.name in before and asked and one.use == "target":  # another is the target now
            one = replace(one, use="input" if one.kind in INPUTS else "ignore")
        one = _with_role(one, roles)
        fields.append(replace(one, facts=facts_of(column, one)) if with_facts else one)
    if not given and not any(one.use == "input" for one in fields):
        fields = [_after_all(one, table.columns[one.name]) for one in fields]
    reading = None if table.reading is None else Dialect(**table.reading)
    task = roles.task or (given.task if given else None)
    if task is None and any(one.kind == LABELS and one.use == "target" for one in fields):
        task = "multilabel"
    return Schema(tuple(fields), task, reading)


def _after_all(one: Field, column: Column) -> Field:
    """A column of numbers that looked like an identifier is an input where there is no other."""
    if one.kind == "identifier" and one.use == "ignore" and column.kind == "number":
        return replace(one, kind="number", use="input", why="")
    return one


def _check_roles(roles: Roles) -> None:
    if roles.task is not None:
        known("task", roles.task, TASKS)
    seen: dict[str, str] = {}
    uses = [("target", name) for name in roles.target] + [("ignore", name) for name in roles.ignore]
    columns = (("group", roles.group), ("time", roles.time), ("column of tasks", roles.task_of))
    for use, name in uses + [(use, name) for use, name in columns if name]:
        if name in seen:
            raise UsageError(f"column {name!r} cannot be both {seen[name]} and {use}")
        seen[name] = use


def _with_role(one: Field, roles: Roles) -> Field:
    if one.name in roles.target:
        return replace(one, use="target", why="")
    if one.name == roles.group:
        return replace(one, use="group", why="no group is in two parts; it is no input")
    if one.name == roles.time:
        return replace(one, use="time", why="later rows are the test")
    if one.name == roles.task_of:
        return replace(one, kind="category", use="task", form="", why="which task a row belongs to")
    if one.name in roles.ignore:
        return replace(one, use="ignore", why="as asked")
    return one


def facts_of(column: Column, one: Field | None = None) -> dict[str, Any]:
    """What a reader wants to know of a column: missing and distinct values, and what they are like."""
    if one is not None and (one.kind == "date" or (one.kind == "number" and column.kind == "text")):
        column = Column(one.kind, values_of(column, Input(one.name, one.kind, (), one.form)))
    missing = int(column.missing.sum())
    facts: dict[str, Any] = {"missing": missing}
    if column.kind == "text":
        counts = np.bincount(column.values[column.values >= 0], minlength=len(column.texts))
        often = np.argsort(-counts, kind="stable")[:5]
        common = [[column.texts[i], int(counts[i])] for i in often if counts[i]]
        return facts | {"distinct": int((counts > 0).sum()), "most": common}
    values = column.values[~column.missing] if missing else column.values
    if not len(values):
        return facts | {"distinct": 0}
    found = {"smallest": values.min(), "largest": values.max()}
    shown: dict[str, Any] = {name: float(value) for name, value in found.items()}
    if column.kind == "date":
        shown = {name: format_value(value, "date") for name, value in found.items()}
    else:
        unit = max(float(np.abs(values).max()), 1.0)  # so that no sum overflows
        shown["mean"] = float((values / unit).mean() * unit)
    return facts | {"distinct": len(np.unique(values)), **shown}
