"""How much each word of a sentence moves each word of its answer."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.attention import attention_figure
from gradatim.jobs.plots.attention import pair_asked
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.runs.saliency import saliency as moved


def saliency(asked: PlotRequest) -> Drawing:
    """Gradient times input, each row in shares of 1: of the sentence that is given, or of a test pair, number
    example=N. `text` is said in place of the answer.
    """
    run, examples = pair_asked("plot saliency", asked, ("example",))
    trained = run.trained
    encoder: Any = trained.encoder
    units = getattr(encoder, "sentences", None)
    if units is None:
        raise UsageError("saliency is drawn over the words of a sentence; this network reads other inputs")
    answers = encoder.answers
    text = asked.options.get("text")
    if text is None:
        from gradatim.runs.asking import ask

        text = str(ask(trained, examples.take(np.array([0]))).a["text"][0])
    read = [*units.cut(examples.inputs[0]), "<end>"]
    said = [*answers.cut(text), "<end>"]
    found = moved(trained.module(), units.ended(examples.inputs[0]), answers.ended(text))
    shares = found / np.maximum(found.sum(1, keepdims=True), np.finfo(float).tiny)
    facts = {"read": read, "said": said, "text": text, "saliency": found.tolist()}
    title = f"Which words move each word, {name_of(run)}"
    return Drawing(attention_figure(shares, read, said, title), facts)
