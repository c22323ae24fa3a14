"""Commands in children of one process that has imported torch: a page of ten need not import it ten times."""

import multiprocessing
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

IMPORTED = ["torch", "sklearn", "matplotlib.figure", "gradatim.cli.app", "gradatim.jobs.train", __name__]
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(IMPORTED)


def run_command(arguments: list[str], folder: Path) -> tuple[int, str, str]:
    """Run `gradatim` with arguments in a folder: its exit status, and what it prints on stdout and stderr."""
    with TemporaryDirectory() as place:
        streams = [str(Path(place) / name) for name in ("stdout", "stderr")]
        child = CHILDREN.Process(target=_gradatim, args=(arguments, str(folder), *streams))
        child.start()
        child.join()
        printed = [Path(stream).read_text(encoding="utf-8") for stream in streams]
    return child.exitcode or 0, *printed


def _gradatim(arguments: list[str], folder: str, stdout: str, stderr: str) -> None:
    """The child: as a shell would begin it."""
    from gradatim.cli.main import main

    os.environ.pop("COLUMNS", None)  # of a terminal, which readline exports behind Python's back
    os.chdir(folder)
    with Path(stdout).open("wb") as out, Path(stderr).open("wb") as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
    sys.argv = ["gradatim", *arguments]
    main()
