"""What a network attends to before each word that it says."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.explain.figures.attention import attention_figure
from gradatim.jobs.plots.picture_attention import attention_on_picture
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.jobs.run import Run
from gradatim.runs.asking import new_examples
from gradatim.runs.attended import attended


def attention(asked: PlotRequest) -> Drawing:
    """The weights of a sentence's words at each word of its translation: of the sentence that is given, or of
    a test pair, number example=N, the first when none is given. `text` is said in place of the answer.
    """
    run, examples = pair_asked("plot attention", asked, ("example",))
    if run.trained.shape:  # a picture's; a sentence has none
        return attention_on_picture(run, examples, asked.options.get("text"))
    found = attended(run.trained, examples, asked.options.get("text"))
    facts = {
        "read": found.read, "said": found.said, "text": found.text, "weights": found.weights.tolist(),
    }  # fmt: skip
    title = f"What {name_of(run)} attends to before each word"
    return Drawing(attention_figure(found.weights, found.read, found.said, title), facts)


def pair_asked(plot: str, asked: PlotRequest, takes: tuple[str, ...]) -> tuple[Run, Any]:
    """The run of a picture of one pair, and the pair; UsageError for arguments that it does not take, and for
    a run that says no texts.
    """
    for key in asked.arguments:
        if key not in takes:
            raise unknown_argument(plot, key, takes)
    if not asked.things or len(asked.things) > 2:
        raise UsageError("name one run, such as runs/pairs-1, and a sentence between quotation marks")
    run = as_run(asked.things[0], asked.options.get("data"))
    if run.trained.template.layout != "pairs":
        raise UsageError(f"{run.path} reads no sentence to say another; gradatim train pairs.tsv makes one")
    return run, _examples(run, asked)


def _examples(run: Run, asked: PlotRequest) -> Any:
    """The sentence that is given, or the file of a picture; or a test pair."""
    if len(asked.things) == 2:
        if "example" in asked.arguments:
            raise UsageError("give a sentence, or example=NUMBER of the test part, not both")
        one = str(asked.things[1])
        return new_examples(run.trained, one if run.trained.shape else [one]).examples
    part: Any = run.data.judged
    row = whole("example", asked.arguments.get("example", 0), 0, len(part) - 1)
    return part.take(np.array([row]))
