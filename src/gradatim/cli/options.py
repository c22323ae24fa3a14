"""The options of the verbs: those declared as fields of records, and those of the command line alone."""

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from gradatim.planning.options import Option, options_of

GIVEN = "gradatim.typed"  # in the context of a command: what was typed behind its name
OTHER = "Run"  # the group of options that are the command line's own
ORDER = (
    "Arguments", "Data", "Network", "Training", "Penalties and limits", "Fine-tuning",
    "Answers that are texts", "Machine", OTHER,
)  # fmt: skip

Data = Annotated[
    str | None,
    typer.Argument(
        help="A name such as digits, a CSV, TSV or Parquet file, .npz, a text, a folder of pictures, a table "
        "that names them: gradatim list source."
    ),
]
Arguments = Annotated[list[str] | None, typer.Argument(help="key=value: other arguments of the network.")]
Network = "Network"
Model = Annotated[
    str | None,
    typer.Option(
        help="A network's name, or a description's .json file; auto is the best for the data, be it slow.",
        rich_help_panel=Network,
    ),
]
Loss = Annotated[
    str | None,
    typer.Option(help="Chosen from the target; gaussian_nll gives numbers with intervals.",
                 rich_help_panel="Training"),
]  # fmt: skip
Weights = Annotated[
    Path | None,
    typer.Option(help="A .safetensors or .pth file to begin with, in torchvision's names.",
                 rich_help_panel=Network),
]  # fmt: skip
Pretrained = Annotated[
    bool,
    typer.Option("--pretrained", help="Begin with torchvision's published weights, downloaded once.",
                 rich_help_panel=Network),
]  # fmt: skip
FromRun = Annotated[
    str | None,
    typer.Option("--from", metavar="RUN", rich_help_panel="Fine-tuning",
                 help="Begin with the network and the weights of another run."),
]  # fmt: skip
Grow = Annotated[
    str | None,
    typer.Option(metavar="RUN", rich_help_panel="Fine-tuning",
                 help="The same, with more units or layers that compute what it computed: hidden=256,256."),
]  # fmt: skip
Out = Annotated[Path | None, typer.Option(help="The run folder; runs/NAME-N when not given.")]
Resume = Annotated[str | None, typer.Option(help="Go on with a run; DATA only where its file has moved.")]
Config = Annotated[Path | None, typer.Option(help="A JSON file of these options, or a run's config.json.")]
Sanity = Annotated[bool, typer.Option("--sanity", help="First see whether one batch is learned by heart.")]
TensorBoard = Annotated[
    bool, typer.Option("--tensorboard", help="Write every epoch's record for TensorBoard too.")
]
Baselines = Annotated[
    bool, typer.Option("--no-baselines", help="Leave out the models that stand beside a table's network.")
]
KeepBest = Annotated[
    bool,
    typer.Option(
        "--keep-best-model",
        help="What is best on validation answers: the network, trees, a linear model, or their weighed mean.",
    ),
]
Run = Annotated[str, typer.Argument(help="A run folder, or its name under runs/.")]
Moved = Annotated[str | None, typer.Option("--data", help="Where the run's data are now.")]
Theme = Annotated[str, typer.Option(help="light or dark.")]
InputSize = Annotated[
    str | None, typer.Option(help="Of a network's pictures, such as 224 or 224,320; of clips 16,112,112.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]


def with_options(*records: type, only: Iterable[str] | None = None) -> Callable[[Callable], Callable]:
    """A verb whose last parameter, `**options`, becomes the options that these records declare.

    `only` names some of them.
    """
    chosen = None if only is None else set(only)
    declared = [
        (one.name, known, kind)
        for record in records
        for one, known, kind in options_of(record)
        if chosen is None or one.name in chosen
    ]

    def wrap(verb: Callable[..., None]) -> Callable[..., None]:
        def command(**given: Any) -> None:
            verb(**given)

        types = get_type_hints(verb, include_extras=True)
        fixed = [p for p in signature(verb).parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
        own = [p.replace(kind=Parameter.KEYWORD_ONLY, annotation=types[p.name]) for p in fixed]
        made = [_parameter(*one) for one in declared]
        command.__signature__ = Signature([*own, *made])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in (*own, *made)}
        command.__doc__, command.__name__ = verb.__doc__, verb.__name__
        return command

    return wrap


def _parameter(name: str, known: Option, kind: Any) -> Parameter:
    """An option as typer reads it; what is no number or text is read by `cli.parse_values`."""
    read: Any = kind if kind in (int, float, str, int | None, float | None, str | None) else str | None
    if name == "ignore":
        read = list[str] | None
    flags = [f"--{name.replace('_', '-')}"]
    text = typer.Option(*flags, help=known.help, rich_help_panel=known.group, metavar=known.metavar)
    if kind is bool:
        return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, text])
    optional = read | None if read in (int, float, str) else read
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[optional, text])


class GroupedCommand(TyperCommand):
    """A command whose help lists its options by what they belong to, and of a trace its numbers."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep what was typed: the help of `trace NAME --help` reads the name."""
        ctx.meta[GIVEN] = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:  # NoSuchOption, a class that typer keeps to itself
            meant = meant_options(getattr(error, "option_name", ""), self.params)
            if meant and hasattr(error, "possibilities"):
                error.possibilities = None
                said = str(getattr(error, "message", "")).rstrip(".")
                error.message = f"{said}; did you mean {' or '.join(meant)}?"  # type: ignore[attr-defined]
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then a list for each group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            group = getattr(parameter, "rich_help_panel", None) or OTHER
            group = "Arguments" if parameter.param_type_name == "argument" else group
            groups.setdefault(group, []).append(record)
        for name in sorted(groups, key=ORDER.index):
            with formatter.section(name if len(groups) > 2 or name == "Arguments" else "Options"):
                formatter.write_dl(groups[name])
        names = [one for one in ctx.meta.get(GIVEN, ()) if not one.startswith("-")]
        if self.name == "trace" and names:
            _write_numbers(names[0], formatter)


def meant_options(name: str, parameters: Iterable[Any]) -> list[str]:
    """The options among a command's parameters that are meant by one that there is not."""
    from gradatim.checks import meant_names

    flags = {flag.removeprefix("--").replace("-", "_"): flag for one in parameters for flag in one.opts}
    asked = name.partition("=")[0].lstrip("-").replace("-", "_").lower()
    return [flags[one] for one in meant_names(asked, flags) if flags[one].startswith("--")]


def _write_numbers(name: str, formatter: Any) -> None:
    """The numbers of a trace, where its name stands before --help; nothing for an unknown one."""
    from gradatim.checks import UsageError
    from gradatim.jobs.trace import numbers_of

    try:
        found = numbers_of(name)
    except UsageError:
        return
    with formatter.section(f"Numbers of {name}, key=value"):
        formatter.write_dl(found)
