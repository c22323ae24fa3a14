"""Whether runs can be compared: the same data, divided alike, and the same question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError
from gradatim.explain.charts.as_figure import MOST_RUNS

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

SAME = {  # of `data` in config.json: what must not differ, and what a person calls it
    "fingerprint": "data", "judged_on": "part that they are judged on", "test": "test part",
    "valid": "validation part", "other_fingerprints": "validation or test file",
    "splits": "sizes of the parts",
}  # fmt: skip
HEAD = 12  # characters of a fingerprint that are shown
SHOWN = 4  # names of classes


def check_comparable(runs: Sequence["Run"]) -> None:
    """Raise UsageError naming two runs and what they do not have in common."""
    if len(runs) < 2:
        raise UsageError("name two different runs at least, such as runs/digits-1 runs/digits-2")
    if len(runs) > MOST_RUNS:
        raise UsageError(f"{len(runs)} runs on one page cannot be told apart: at most {MOST_RUNS}")
    for run in runs:
        if run.config["data"].get("fingerprint") is None:
            raise UsageError(
                f"{run.path} learned from batches of a loader, of which nobody knows whether they are "
                "those of another run: compare runs on data that can be read again"
            )
    first, *others = runs
    for run in others:
        difference = data_difference(first.config["data"], run.config["data"])
        if difference := difference or question_difference(first, run):
            raise UsageError(f"{first.path} and {run.path} cannot be compared: {difference}")


def data_difference(first: dict[str, Any], other: dict[str, Any]) -> str:
    """What two runs' data differ in, in a sentence; nothing where they are the same.

    >>> data_difference({"fingerprint": "a", "test": 0.2}, {"fingerprint": "a", "test": 0.3})
    'they do not have the same test part (0.2 and 0.3)'
    """
    for key, what in SAME.items():
        pair = [_place_aside(data.get(key)) for data in (first, other)]
        if pair[0] != pair[1]:
            said = " and ".join(_said(value) for value in pair)
            return f"they do not have the same {what} ({said})"
    return ""


def _place_aside(value: Any) -> Any:
    """The same, where a file lies being no difference; its fingerprint is looked at."""
    is_source = isinstance(value, dict) and {"path", "name", "memory"} & value.keys()
    return "a file" if is_source else value or None


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    return "none" if value is None else str(value)[:HEAD]


def question_difference(first: "Run", other: "Run") -> str:
    """What two runs' questions differ in, in a sentence; nothing where they are the same."""
    own, its = _question(first), _question(other)
    return "" if own == its else f"the one answers {_in_words(own)}, the other {_in_words(its)}"


def _question(run: "Run") -> tuple[str, tuple, tuple]:
    """The kind of answer, the columns that hold it, and the classes; a vocabulary is the network's matter."""
    problem = run.trained.problem
    return problem.kind, tuple(run.trained.targets), () if problem.of_vocabulary else tuple(problem.names)


def _in_words(question: tuple[str, tuple, tuple]) -> str:
    kind, targets, names = question
    of = f" of {', '.join(map(str, targets))}" if targets else ""
    listed = ", ".join(map(repr, names[:SHOWN]))
    more = f", … {len(names):,} in all" if len(names) > SHOWN else ""
    return f"{kind}{of}{f' ({listed}{more})' if names else ''}"
