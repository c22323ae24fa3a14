"""The command `gradatim`: it runs a verb and chooses the exit status."""

import signal
import sys
import warnings
from types import FrameType
from typing import Any, NoReturn

from gradatim.checks import GradatimError, Notice, UnknownArgument, UsageError
from gradatim.cli.streams import complain, flush_errors, forget, prepare_streams

_python_shows = warnings.showwarning
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class _Halt(BaseException):
    """Ctrl-C outside training. Typer has an answer of its own to KeyboardInterrupt, which says nothing."""


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 the job failed, 2 wrong usage, 130 interrupted."""
    debug = "--debug" in sys.argv
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _halt)
    warnings.showwarning = _show_warning
    prepare_streams()
    try:
        from gradatim.cli.app import app

        try:
            app(prog_name="gradatim")
        finally:
            flush_errors()
            sys.stdout.flush()  # here, where a reader that has gone is no error
        status = DONE
    except (_Halt, KeyboardInterrupt):
        status = _say("interrupted; nothing is left half-written", INTERRUPTED)
    except BrokenPipeError:  # the reader of stdout has gone (`gradatim list | head`), which is no error
        forget(sys.stdout)
        status = DONE
    except OSError as error:
        if debug:
            raise
        forget(sys.stdout)
        what = error.filename or "the result cannot be written to standard output"
        status = _say(GradatimError(f"{what}: {error.strerror or error}"), FAILED)
    except Exception as error:
        if debug:
            raise
        said = _with_option(error) if isinstance(error, UnknownArgument) else error
        status = _say(said, USAGE if isinstance(error, UsageError) else FAILED)
    sys.exit(status)


def _show_warning(message: Warning | str, *where: Any, **more: Any) -> None:
    """A Notice as a line on stderr; any other warning as Python shows it."""
    if isinstance(message, Notice):
        complain(f"note: {message}")
    else:
        _python_shows(message, *where, **more)


def _halt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Halt


def _say(error: object, status: int) -> int:
    """One sentence on stderr."""
    text = str(error)
    if isinstance(error, MemoryError):
        text = f"the memory is not enough{': ' if text else ''}{text}"
    elif isinstance(error, Exception) and not isinstance(error, GradatimError):
        kind = type(error).__name__
        first = text.splitlines()[0] if text else "no message"
        text = f"{kind}: {first} (a fault in Gradatim? --debug shows where)"
    complain(f"gradatim: {text}")
    return status


def _with_option(error: UnknownArgument) -> UsageError:
    """The error, and the option of this name if the verb has one."""
    import typer

    from gradatim.cli.app import app

    verb = getattr(typer.main.get_command(app), "commands", {}).get(sys.argv[1])
    option = f"--{error.argument.replace('_', '-')}"
    meant = verb is not None and any(option in parameter.opts for parameter in verb.params)
    return UsageError(f"{error}; the option is {option}") if meant else error
