"""How a run goes on: the command that resumes it, and what to do about a file that cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from shlex import quote

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.planning.plan import Plan
from gradatim.runs.folder import Folder


@contextmanager
def advice(folder: Folder, plan: Plan) -> Iterator[None]:
    """Say of a file that cannot be written how the run goes on."""
    try:
        yield
    except files.CannotWrite as error:
        kept = f"the checkpoint before it is whole; free some space, then: {resume_command(folder, plan)}"
        saved = folder.config.exists() and folder.checkpoint.exists()
        raise GradatimError(f"{error}; {kept if saved else 'nothing was saved yet'}") from error


def resume_command(folder: Folder, plan: Plan) -> str:
    """What goes on with a run: a command where it finds its data itself."""
    source = plan.data.reference["source"]
    if plan.optimizer is not None:
        data = "data, " if "memory" in source or "stream" in source else ""
        return f"gradatim.train({data}resume={str(folder)!r}, optimizer=…) with the same optimizer"
    if "stream" in source:
        return f"gradatim train - --resume {quote(str(folder))} (the same rows on standard input)"
    if "memory" in source:
        return f"gradatim.train(data, resume={str(folder)!r}) with the same data"
    return f"gradatim train --resume {quote(str(folder))}"
