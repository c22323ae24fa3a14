"""Sentence polarity, version 1.0: sentences of film reviews, for the film or against it."""

import numpy as np

from gradatim.data.fetching import fetch
from gradatim.data.labelled_texts import LabelledTexts

FILES = {  # class, and the SHA-256 of its file
    "neg": ("rt-polarity.neg", "2d11cfbc790f1cd96d78339f41ce53ced1efa83cd22d37d6788fa3fe3d17e2fd"),
    "pos": ("rt-polarity.pos", "4134882974a28d0c7b5151256f0e33a6169984ee7372c279e673f1114f475d58"),
}
PLACES = (  # of the files in UTF-8; the authors' own archive, at cs.cornell.edu, is in Latin-1
    "https://raw.githubusercontent.com/dennybritz/cnn-text-classification-tf/master/data/rt-polaritydata/",
    "https://github.com/dennybritz/cnn-text-classification-tf/raw/master/data/rt-polaritydata/",
)


def rt_polarity() -> LabelledTexts:
    """5,331 sentences against a film and 5,331 for it, from reviews at Rotten Tomatoes (Pang & Lee 2005).

    They are in lower case, their words and marks parted by spaces. Published results are means over 10 folds.

    Raises GradatimError when the files are nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    texts: list[str] = []
    y: list[int] = []
    for number, (file, sha256) in enumerate(FILES.values()):
        path = fetch("rt-polarity", file, sha256, [place + file for place in PLACES])
        lines = [line.strip() for line in path.read_text("utf-8").split("\n") if line.strip()]
        texts += lines
        y += [number] * len(lines)
    return LabelledTexts(
        tuple(texts), np.array(y), tuple(FILES), name="rt-polarity", source={"name": "rt-polarity"}
    )
