"""The verb `plot`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gradatim.cli import options as o
from gradatim.cli.folding import columns, fold
from gradatim.cli.printing import print_json
from gradatim.planning.data_options import DataOptions
from gradatim.planning.training_options import OF_LR, Settings


@o.with_options(DataOptions, Settings, only=OF_LR)
def plot(
    what: Annotated[str | None, typer.Argument(help="What to draw, or a run; without it, a list.")] = None,
    things: Annotated[
        list[str] | None, typer.Argument(help="Data, runs or names; key=value: arguments of what is drawn.")
    ] = None,
    model: o.Model = None,
    out: Annotated[
        Path | None, typer.Option(help="A .png or .svg file, of gates .html; WHAT.png when not given.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    theme: o.Theme = "light",
    size: Annotated[
        str | None, typer.Option(metavar="WxH", help="Inches, such as 8x5; what it needs when not given.")
    ] = None,
    dpi: Annotated[int | None, typer.Option(help="Dots an inch of a .png file; 160 when not given.")] = None,
    transparent: Annotated[bool, typer.Option("--transparent", help="Leave the paper clear.")] = False,
    text: Annotated[
        str | None,
        typer.Option(metavar="FILE|STRING", help="Of gates: the text that is coloured; of attention: said."),
    ] = None,
    moved: o.Moved = None,
    as_json: o.Json = False, debug: o.Debug = False, **options: Any,
) -> None:  # fmt: skip
    """Draw a picture: of a function, of a run, or of which learning rate to take.

    Example: gradatim plot curves runs/digits-1 runs/digits-2 --out curves.svg
    """
    from gradatim.cli.parse_values import given_options, network_arguments, read_model, split_arguments
    from gradatim.cli.text import plots_text
    from gradatim.jobs.plot import plot as job
    from gradatim.jobs.plot import plots

    if what is None:
        if as_json:
            print_json({"plots": plots()})
        else:
            print(fold(plots_text(plots(), columns())))
        return
    asked = given_options({**options, "model": read_model(model), "data": moved, "text": text})
    named, settings = split_arguments(things or [])
    on: dict[str, Any] = {
        "theme": theme,
        "size": size,
        "dpi": dpi,
        "transparent": transparent,
        "force": force,
    }
    result = job(what, *named, arguments=network_arguments(settings), out=out, **on, **asked)
    if as_json:
        print_json(result)
        return
    if "suggestion" in result:
        print(f"the loss falls fastest at a learning rate of {result['suggestion']:.1e}")
    print(f"plot {result['plot']}")
