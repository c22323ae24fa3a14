"""The verb `words`."""

from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say


def words(
    run: o.Run,
    asked: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]...", help="Words, or analogies a:b::c; some common words when there is none."
        ),
    ] = None,
    n: Annotated[int, typer.Option("--n", help="How many near words of each.")] = 10,
    out: Annotated[
        Path | None,
        typer.Option(help="Write every vector to this file: word2vec's .txt or .bin, or .npz."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Show which words are near by a network's vectors, complete analogies, or write the vectors to a file.

    Example: gradatim words runs/book-1 king man:king::woman
    """
    from gradatim.cli.text import near_words_text
    from gradatim.files import refuse_existing
    from gradatim.jobs.run import load
    from gradatim.jobs.words import words as job

    if out is not None:
        refuse_existing(out, force)
    loaded = load(run)
    vectors = loaded.word_vectors
    found = [] if out is not None and not asked else job(vectors, asked or (), n, loaded.word_counts)
    if out is not None:
        vectors.write(out)
        say(f"{len(vectors):,} vectors of {vectors.vectors.shape[1]} numbers in {out}")
    if as_json:
        print_json({"run": str(loaded.path), "words": len(vectors), "asked": found})
    elif found:
        print(near_words_text(found))
