"""Check: a student's own cell, layer, loss, activation or optimizer beside the definition."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradatim.checks import UsageError, real

if TYPE_CHECKING:
    from gradatim.checking.case import Definition
    from gradatim.checking.verdict import Verdict

TIMEOUT, MEMORY = 10.0, 4.0  # seconds, GiB


def check(target: str, against: str, *, timeout: float = TIMEOUT, memory: float = MEMORY) -> "Verdict":
    """Run her code, `file.py:Name`, on small inputs and compare outputs and gradients with the definition.

    This runs the code of the file, in a process of its own that ends after `timeout` seconds, or with more
    than `memory` GiB where the system can limit it. What is returned prints as the first number that differs,
    its formula and a hint; `status` is right, differs or failed.

    Raises UsageError for an unknown definition, a file that is not there, or a name that it has not.
    """
    return next(check_all([target], against, timeout=timeout, memory=memory))


def check_all(
    targets: Sequence[str], against: str, *, timeout: float = TIMEOUT, memory: float = MEMORY
) -> Iterator["Verdict"]:
    """One verdict after the other; of several files, one without such a name is a verdict too."""
    from gradatim.checking.definitions import definition_of

    timeout, memory = real("timeout", timeout, above=0), real("memory", memory, above=0)
    if not targets:
        raise UsageError("nothing to check: hand in file.py:Name")
    definition = definition_of(against)
    return (_checked(one, against, definition, timeout, memory, len(targets) > 1) for one in targets)


def _checked(
    target: str, against: str, definition: "Definition", timeout: float, memory: float, among_others: bool
) -> "Verdict":
    from gradatim.checking.compare import compare
    from gradatim.checking.process import run_submission
    from gradatim.checking.submission import Unreadable, find_submission, split_target
    from gradatim.checking.verdict import DIFFERS, FAILED, RIGHT, Verdict

    path, name = split_target(target)
    try:
        submission = find_submission(target, against)
    except Unreadable as error:
        return Verdict(str(path), name or "?", against, FAILED, f"a syntax error, {error}")
    except UsageError as error:
        if not among_others:
            raise
        return Verdict(str(path), name or "?", against, FAILED, str(error))
    outcome = run_submission(submission, definition, timeout, memory)
    comparison = compare(definition, outcome.answers) if outcome.answers else None
    status = (
        DIFFERS if comparison is not None and comparison.difference else FAILED if outcome.failure else RIGHT
    )
    failure = outcome.failure if status == FAILED else ""
    return Verdict(
        str(path),
        submission.name,
        against,
        status,
        failure,
        outcome.numbers,
        len(definition.cases),
        definition.kind,
        comparison,
    )
