"""The verb `sample`."""

from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json
from gradatim.cli.streams import write_result


def sample(
    run: Annotated[str, typer.Argument(help="The run folder of a language model, or its name under runs/.")],
    prompt: Annotated[str, typer.Option(help="The characters to go on from.")] = "",
    length: Annotated[int, typer.Option(help="Characters, or words, to write.")] = 500,
    temperature: Annotated[
        float, typer.Option(help="Below 1 safer, above 1 more daring; 0 is greedy.")
    ] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Draw from the k most probable only.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws: the same seed, the same text.")] = 0,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Let a language model write.

    Example: gradatim sample runs/tinyshakespeare-1 --prompt "ROMEO:" --temperature 0.7
    """
    from gradatim.jobs.run import load

    text = load(run).sample(prompt, length, seed, temperature, top_k)
    if as_json:
        print_json(
            {"run": run, "prompt": prompt, "text": text, "seed": seed, "temperature": temperature,
             "top_k": top_k}
        )  # fmt: skip
    else:
        write_result(f"{prompt}{text}\n")
