"""Data: what is in a data set, before anything is learned from it."""

from pathlib import Path
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.masks import NOTHING
from gradatim.data.question import Question
from gradatim.data.sources.page import Block
from gradatim.data.sources.source import request_of, source_of
from gradatim.problems.choose import pose


def describe_data(
    data: Any, target: Any = None, *, task: str | None = None, group: str | None = None,
    time: str | None = None, ignore: Any = None, schema: str | Path | None = None, input_size: Any = None,
    series: str | None = None, horizon: int | None = None, known: Any = None, step: str | None = None,
    vocabulary: int | None = None, task_of: str | None = None, streaming: str | None = None,
    void: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Sizes, ranges, classes and splits; of a table its schema, which is written to the file `schema`; of a
    picture its numbers.

    A schema that is there already is read instead, and followed.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    return data_page(
        data, target, task=task, group=group, time=time, ignore=ignore, schema=schema, input_size=input_size,
        series=series, horizon=horizon, known=known, step=step, vocabulary=vocabulary,
        task_of=task_of, streaming=streaming, void=void,
    )[0]  # fmt: skip


def data_page(
    data: Any, target: Any = None, *, schema: str | Path | None = None, **asked: Any
) -> tuple[dict[str, Any], list[Block]]:
    """What `describe_data` finds, and the page that says it."""
    request = request_of(target, schema=schema, **asked)
    source = source_of(data, request.roles.task, request.roles)
    facts = source.describe(data, request, schema)
    if request.void not in (None, NOTHING) and "not_known" not in facts:
        raise UsageError(f"void is {request.void}, but there is no pixel of a mask with this value")
    question = facts.pop("question", None)
    if question is not None and question.names:
        facts["head"] = _head(question)
    return facts, source.page(facts)


def _head(question: Question) -> str:
    try:
        return pose(question).head().sentence
    except UsageError:
        return "one class: nothing to learn"
