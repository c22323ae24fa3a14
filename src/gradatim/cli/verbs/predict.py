"""The verb `predict`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say
from gradatim.cli.streams import write_result
from gradatim.planning.text_answers import TextAnswers


@o.with_options(TextAnswers)
def predict(
    run: o.Run,
    inputs: Annotated[
        list[str],
        typer.Argument(help="Names, tables' files, - for stdin, .npz or .npy files, pictures, folders."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write to this .csv or .npz file instead of stdout; masks, as large as their pictures, into "
            "a folder; tags into any."
        ),
    ] = None,
    tiles: Annotated[
        bool,
        typer.Option("--tiles", help="Of masks: read pictures at their own size, in tiles that overlap."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
    **options: Any,
) -> None:
    """Predict the class of new examples, or the numbers. A table's cells stand before what is predicted, as
    they stand in its file; tags stand in the form of the file that the words come from.

    Example: gradatim predict runs/adult-1 new.csv --out predictions.csv
    """
    from gradatim.checks import UsageError
    from gradatim.data.picture_notices import ScaledNotice
    from gradatim.files import refuse_existing
    from gradatim.jobs.predict import predict as job
    from gradatim.jobs.run import load
    from gradatim.runs.asking import new_examples

    to_file = out is not None and str(out) != "-"
    if out is not None and to_file:
        refuse_existing(out, force)
    loaded = load(run)
    loaded.trained.problem = TextAnswers(**options).of(loaded.trained.problem)
    given = [new_examples(loaded.trained, item) for item in inputs]
    masks = loaded.trained.problem.says_pictures and to_file and out is not None and not out.suffix
    if tiles and loaded.trained.problem.says_pictures and not masks:
        raise UsageError("--tiles is for masks that are written as pictures: name a folder, --out masks")
    for item, one in zip(inputs, given, strict=True):
        for notice in one.examples.notices:
            if not (masks and isinstance(notice, ScaledNotice)):  # masks are written in their files' sizes
                say(f"{item}: {notice}")
    found = job(loaded.trained, given, tiles)
    if out is not None and to_file:
        found.write(out)
        if masks and found.own_size is not None and found.own_size.in_words():
            say(found.own_size.in_words())
        say(f"{len(found.rows())} predictions in {out}")
    if as_json:
        print_json({"run": str(loaded.path), "n": len(found.rows()), "predictions": found.rows()})
    elif not to_file:
        write_result(found.as_read())
