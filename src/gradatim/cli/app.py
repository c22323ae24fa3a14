"""The command line as a table of verbs."""

from collections.abc import Callable
from typing import Annotated

import typer

from gradatim.cli.options import GroupedCommand
from gradatim.cli.verbs.data import data
from gradatim.cli.verbs.doctor import doctor
from gradatim.cli.verbs.evaluate import evaluate
from gradatim.cli.verbs.list import list_
from gradatim.cli.verbs.plot import plot
from gradatim.cli.verbs.predict import predict
from gradatim.cli.verbs.report import report
from gradatim.cli.verbs.sample import sample
from gradatim.cli.verbs.show import show
from gradatim.cli.verbs.trace import trace
from gradatim.cli.verbs.train import train
from gradatim.version import __version__

VERBS: dict[str, Callable[..., None]] = {  # as help lists them
    "train": train, "evaluate": evaluate, "predict": predict, "sample": sample, "plot": plot, "list": list_,
    "show": show, "trace": trace, "data": data, "report": report, "doctor": doctor,
}  # fmt: skip

app = typer.Typer(
    rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The canon of deep learning, step by step. Begin with: gradatim train digits",
)  # fmt: skip
for name, verb in VERBS.items():
    app.command(name, cls=GroupedCommand)(verb)


def _version(asked: bool) -> None:
    if asked:
        print(f"gradatim {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Common to all verbs."""
