"""Where a network looks on a picture at each word of its caption."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.attended_places import looks
from gradatim.explain.figures.picture_attention import picture_attention
from gradatim.jobs.plots.request import Drawing, name_of
from gradatim.jobs.run import Run


def attention_on_picture(run: Run, examples: Any, text: str | None) -> Drawing:
    """Heat maps on the first of some pictures, one for each word that the network says of it."""
    if text is not None:
        raise UsageError("--text is for networks that translate: a caption is the network's own")
    found = looks(run.trained, examples)
    if not found:
        raise UsageError("this network attends to nothing; show_attend_and_tell looks at places of a picture")
    words, weights = found[0]
    encoder: Any = run.trained.encoder
    facts = {"said": words, "text": encoder.answers.join(words), "weights": weights.tolist()}
    title = f"Where {name_of(run)} looks at each word"
    picture = np.asarray(examples.inputs[:1])[0]
    return Drawing(picture_attention(picture, words, weights, title), facts)
