"""Where a network looks on a picture at each word of its caption."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.explain.attended_places import looks
from gradatim.explain.figures.picture_attention import picture_attention
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.runs.asking import new_examples


def attention_on_picture(run: Run, asked: PlotRequest) -> Drawing:
    """Heat maps on the picture whose file is given, or on a test picture, number example=N, the first when
    none is given.
    """
    if asked.options.get("text") is not None:
        raise UsageError("--text is for networks that translate: a caption is the network's own")
    examples = _examples(run, asked)
    found = looks(run.trained, examples)
    if not found:
        raise UsageError("this network attends to nothing; show_attend_and_tell looks at places of a picture")
    words, weights = found[0]
    picture = examples.inputs[0]
    facts = {"said": words, "text": run.trained.encoder.answers.join(words), "weights": weights.tolist()}
    title = f"Where {name_of(run)} looks at each word"
    return Drawing(picture_attention(picture, words, weights, title), facts)


def _examples(run: Run, asked: PlotRequest) -> Any:
    """The picture that is given, or a test picture."""
    if len(asked.things) == 2:
        if "example" in asked.arguments:
            raise UsageError("give a picture, or example=NUMBER of the test part, not both")
        return new_examples(run.trained, str(asked.things[1])).examples
    part = run.data.judged
    row = whole("example", asked.arguments.get("example", 0), 0, len(part) - 1)
    return part.take(np.array([row]))
