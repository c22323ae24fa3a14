"""How right each of several tasks is, beside an answer that reads no input."""

from typing import Any

from gradatim.explain.comparison import measure_text, without_task
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import count, measure_name
from gradatim.problems.evidence import TaskMeasures

MOST_SAID = 4  # tasks that the headline names


def context(evidence: TaskMeasures, report: Any) -> dict[str, Any]:
    """A row for each task: its examples, each measure that a task has, and the constant's deciding one."""
    deciding = {part.deciding[0] for part in report.problem.problems()}
    names = [name for name in _measures(evidence, report.metrics) if name != "loss"]
    columns = [(name, False) for name in names]
    for name in deciding.intersection(names):
        if any(f"{name} {task}" in report.constant for task in evidence.names):
            columns.insert(columns.index((name, False)) + 1, (name, True))
    rows = [
        (
            task,
            n,
            [
                _cell(name, task, report.constant if is_constant else report.metrics)
                for name, is_constant in columns
            ],
        )
        for task, n in zip(evidence.names, evidence.counts, strict=True)
    ]
    means = [
        _cell("mean", name, report.constant if is_constant else report.metrics)
        for name, is_constant in columns
    ]
    return {"columns": columns, "rows": rows, "means": means if any(means) else []}


def _measures(evidence: TaskMeasures, metrics: dict[str, float]) -> list[str]:
    """The measures that tasks have, in their order."""
    found = (without_task(name) for name in metrics if not name.startswith("mean "))
    own = dict.fromkeys(found)
    return [name for name in own if any(f"{name} {task}" in metrics for task in evidence.names)]


def _cell(first: str, last: str, metrics: dict[str, float]) -> str:
    name = f"{first} {last}"
    return measure_text(name, metrics[name]) if name in metrics else ""


def headline(evidence: TaskMeasures, report: Any) -> str:
    """The deciding measure of each task, or its mean where tasks are many and asked alike."""
    metrics, constant = report.metrics, report.constant
    keys = report.problem.first_measures(metrics)
    means = {f"mean {without_task(key)}" for key in keys}
    if len(keys) > MOST_SAID or (len(means) == 1 and means <= metrics.keys() and len(keys) > 1):
        keys = {key: metrics[key] for key in means if key in metrics} or dict([*keys.items()][:MOST_SAID])
    said = []
    for key, value in keys.items():
        beside = f" (a constant {measure_text(key, constant[key])})" if key in constant else ""
        said.append(f"{measure_name(key)} {measure_text(key, value)}{beside}")
    over = f"{count(len(evidence.names))} tasks over {some_examples(report.size, report.word)}"
    return f"{over}: {', '.join(said)}."
