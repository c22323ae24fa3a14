"""The command line as a table of verbs, of which only the one that is asked for is imported."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gradatim.version import __version__

HELP = {"help_option_names": ["-h", "--help"]}
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None, "pretty_exceptions_enable": False, "add_completion": False,
    "context_settings": HELP,
}  # fmt: skip
VERBS = {  # the function `NAME` of cli/verbs/NAME.py, and its first sentence, as help lists them
    "train": "Train a network and keep everything about it in a run folder.",
    "evaluate": "Measure a trained network.",
    "predict": "Predict the class of new examples, or the numbers.",
    "sample": "Let a language model write, or a network of music play.",
    "words": "Show which words are near by a network's vectors, complete analogies, or write the "
    "vectors to a file.",
    "plot": "Draw a picture: of a function, of a run, or of which learning rate to take.",
    "list": "List what there is, by name; or the runs in a folder, the newest first.",
    "show": "Show one thing: equation, paper, arguments; of a network its layers and what they cost; of a "
    "run its summary and layers; of map, edges and reading-list the page.",
    "trace": "Work an example through, every number on the table: one of the course's, or a step of any "
    "network.",
    "exercise": "Set a fresh problem, and check the answers.",
    "check": "Run your own cell, layer, loss, activation or optimizer beside the definition.",
    "data": "Describe data: examples, columns, classes, splits, ranges; of a picture its numbers.",
    "report": "Write a run's report.html again, or one page that compares runs on the same data.",
    "reproduce": "Test a claim about networks by its experiment: several seeds, a table, a figure, "
    "a verdict.",
    "doctor": "Say what this machine has and whether everything works.",
}


class Verbs(Mapping[str, Any]):
    """The commands by name, each imported when it is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)

    def __getitem__(self, name: str) -> Any:
        if name not in VERBS:
            raise KeyError(name)
        from gradatim.cli.options import GroupedCommand

        alone = typer.Typer(**PLAIN)
        alone.command(name, cls=GroupedCommand)(getattr(import_module(f"gradatim.cli.verbs.{name}"), name))
        return typer.main.get_command(alone)


class VerbGroup(TyperGroup):
    """`gradatim VERB`; its help lists the verbs without importing them."""

    def __init__(self, **given: Any):
        super().__init__(**given)
        self.commands = Verbs()  # type: ignore[assignment]  # nothing adds to it

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each verb and its sentence."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


app = typer.Typer(
    cls=VerbGroup, no_args_is_help=True, **PLAIN,
    help="The canon of deep learning, step by step. Begin with: gradatim train digits",
)  # fmt: skip


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
