"""The verb `show`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.folding import columns, fold
from gradatim.cli.printing import print_json


def show(
    name: Annotated[str, typer.Argument(help="A name of the catalogue, or a run's folder.")],
    settings: Annotated[list[str] | None, typer.Argument(help="key=value: arguments of a network.")] = None,
    input_size: o.InputSize = None,
    weights: o.Weights = None,
    pretrained: o.Pretrained = False,
    batch_size: Annotated[int, typer.Option(help="Examples in a batch, which the bytes are for.")] = 1,
    optimizer: Annotated[str, typer.Option(help="The optimizer whose state training holds.")] = "adam",
    svg: Annotated[Path | None, typer.Option(help="Draw the network into this .svg file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a page to this .html file.")] = None,
    theme: Annotated[
        str, typer.Option(help="Of the page: auto, as the reader's screen is; light or dark.")
    ] = "auto",
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Show one thing: equation, paper, arguments; of a network its layers and what they cost; of a run its
    summary and layers; of map, edges and reading-list the page.

    Example: gradatim show resnet50 --input-size 224 --batch-size 32 --svg resnet50.svg
    """
    from gradatim.cli.parse_values import network_arguments, size_of
    from gradatim.jobs.show import as_json as as_plain
    from gradatim.jobs.show import draw_to, page_to, shown_text
    from gradatim.jobs.show import show as job

    size, arguments = size_of(input_size), network_arguments(settings or [])
    result = job(name, arguments, size, batch_size, optimizer, weights, pretrained)
    if svg is not None:
        draw_to(svg, result)
        print(f"drawn into {svg}", file=sys.stderr)
    if out is not None:
        page_to(out, result, theme)
        print(f"the page is in {out}", file=sys.stderr)
    if as_json:
        print_json(as_plain(result), indent=1)
    elif out is None:
        print(fold(shown_text(result, columns())))
