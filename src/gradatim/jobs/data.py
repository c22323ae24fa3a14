"""Data: what is in a data set, before anything is learned from it."""

from pathlib import Path
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.sources.source import request_of, source_of
from gradatim.problems.choose import pose


def describe_data(
    data: Any, target: Any = None, *, task: str | None = None, group: str | None = None,
    time: str | None = None, ignore: Any = None, schema: str | Path | None = None, input_size: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Sizes, ranges, classes and splits; of a table its schema, which is written to the file `schema`; of a
    picture its numbers.

    A schema that is there already is read instead, and followed.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    asked = request_of(target, task, group, time, ignore, schema, input_size=input_size)
    found = source_of(data, asked.roles.task).describe(data, asked, schema)
    question = found.pop("question", None)
    if question is None or not question.names:
        return found
    try:
        return found | {"head": pose(question).head().sentence}
    except UsageError:
        return found | {"head": "one class: nothing to learn"}
