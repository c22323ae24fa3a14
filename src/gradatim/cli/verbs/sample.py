"""The verb `sample`."""

from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say
from gradatim.cli.streams import write_result


def sample(
    run: Annotated[
        str, typer.Argument(help="The run folder of a model of texts or music, or its name under runs/.")
    ],
    prompt: Annotated[str, typer.Option(help="The characters, or the MIDI file, to go on from.")] = "",
    length: Annotated[int, typer.Option(help="Characters or words to write, or frames to play.")] = 500,
    temperature: Annotated[
        float, typer.Option(help="Below 1 safer, above 1 more daring; 0 is greedy.")
    ] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Draw from the k most probable only.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws: the same seed, the same sample.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file: of music a .mid file. Else it is printed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Let a language model write, or a network of music play.

    Example: gradatim sample runs/tinyshakespeare-1 --prompt "ROMEO:" --temperature 0.7
    """
    from gradatim.files import refuse_existing
    from gradatim.jobs.run import load
    from gradatim.jobs.sample import write_sample

    if out is not None:
        refuse_existing(out, force)
    found = load(run).sample(prompt, length, seed, temperature, top_k)
    text = str(found)
    if out is not None:
        write_sample(found if not isinstance(found, str) else f"{prompt}{found}\n", out)
        say(f"a sample in {out}")
    if as_json:
        print_json(
            {"run": run, "prompt": prompt, "text": text, "seed": seed, "temperature": temperature,
             "top_k": top_k}
        )  # fmt: skip
    elif out is None:
        write_result(f"{prompt if isinstance(found, str) else ''}{text}\n")
