"""The verb `predict`."""

from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say
from gradatim.cli.streams import write_result


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
    beam: Annotated[
        int | None, typer.Option(help="Of answers that are texts: how many are followed at every step.")
    ] = None,
    n_best: Annotated[
        int | None, typer.Option(help="Of answers that are texts: how many of each are given.")
    ] = None,
    coverage: Annotated[
        float | None, typer.Option(help="Of such answers: the penalty for what was not attended to; 0.2.")
    ] = None,
    copy_unknown: Annotated[
        bool, typer.Option("--copy-unknown", help="Of such answers: copy unknown words from the input.")
    ] = False,
    sample: Annotated[
        bool, typer.Option("--sample", help="Of such answers: draw them, in place of looking for the best.")
    ] = False,
    temperature: Annotated[
        float | None, typer.Option(help="With --sample: below 1 safer, above 1 more daring, 0 greedy; 1.")
    ] = None,
    top_k: Annotated[
        int | None, typer.Option(help="With --sample: draw from the k most probable only.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="With --sample: the same seed, the same answers; 0.")
    ] = None,
    tiles: Annotated[
        bool,
        typer.Option("--tiles", help="Of masks: read pictures at their own size, in tiles that overlap."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Predict the class of new examples, or the numbers. A table's cells stand before what is predicted, as
    they stand in its file; tags stand in the form of the file that the words come from.

    Example: gradatim predict runs/adult-1 new.csv --out predictions.csv
    """
    from gradatim.checks import UsageError
    from gradatim.data.picture_notices import CUT_OFF
    from gradatim.files import refuse_existing
    from gradatim.jobs.predict import looked_for
    from gradatim.jobs.predict import predict as job
    from gradatim.jobs.run import load
    from gradatim.runs.asking import new_examples

    to_file = out is not None and str(out) != "-"
    if out is not None and to_file:
        refuse_existing(out, force)
    loaded = load(run)
    loaded.trained.problem = looked_for(
        loaded.trained.problem, beam, n_best, coverage, copy_unknown, sample, temperature, top_k, seed
    )
    given = [new_examples(loaded.trained, item) for item in inputs]
    masks = loaded.trained.problem.says_pictures and to_file and out is not None and not out.suffix
    if tiles and loaded.trained.problem.says_pictures and not masks:
        raise UsageError("--tiles is for masks that are written as pictures: name a folder, --out masks")
    for item, one in zip(inputs, given, strict=True):
        for notice in one.examples.notices:
            if not (masks and CUT_OFF in notice):  # of masks nothing is
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
