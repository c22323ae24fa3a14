"""The command `gradatim`: it reads options, calls a job, prints the result, and chooses the exit status."""

import sys
from typing import NoReturn

from gradatim.checks import GradatimError, Interrupted, UsageError

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 the job failed, 2 wrong usage, 130 interrupted."""
    debug = "--debug" in sys.argv
    try:
        from gradatim.cli.verbs import app

        app(prog_name="gradatim")
        status = DONE
    except Interrupted as error:
        status = _say(error, INTERRUPTED)
    except KeyboardInterrupt:
        status = _say("interrupted; nothing was left half-written", INTERRUPTED)
    except BrokenPipeError:
        status = _closed_pipe()
    except Exception as error:
        if debug:
            raise
        status = _say(error, _status(error))
    sys.exit(status)


def _status(error: Exception) -> int:
    return USAGE if isinstance(error, UsageError) else FAILED


def _say(error: object, status: int) -> int:
    """One sentence on stderr."""
    text = str(error)
    if isinstance(error, Exception) and not isinstance(error, GradatimError):
        kind = type(error).__name__
        text = f"{kind}: {text.splitlines()[0] if text else 'no message'} (a fault in Gradatim? --debug shows where)"
    print(f"gradatim: {text}", file=sys.stderr)
    return status


def _closed_pipe() -> int:
    """The reader of stdout has gone (`gradatim list | head`): that is no error, and Python shall not complain."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
