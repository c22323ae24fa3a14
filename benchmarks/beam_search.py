"""Claim: a batch of 32 sentences is decoded with a beam of 5 at least 3 times faster than one by one.

    GRADATIM_DATA=… python benchmarks/beam_search.py [--hidden N] [--threads N] [--repeats N]

The first 32 validation sentences of Multi30k, the network of the default recipe with drawn weights, whose
answers are cut at 20 symbols: what is timed is the search, not what it says. The two ways alternate; the
fastest of each counts. That both say the same is checked.
"""

import argparse
import time

import numpy as np
import torch

from gradatim.data.encoders.sentence_pairs import SentencePairs
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.decoding.answering import say
from gradatim.models.building import build
from gradatim.problems.choose import pose

SENTENCES, BEAM, STEPS, ASKED = 32, 5, 20, 3.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    parts = split(load_data("multi30k"))
    encoder, problem = SentencePairs.fit(parts.train), pose(parts.train.question)
    network = build({
        "name": "attention_encoder_decoder", "vocabulary_size": encoder.symbols, "hidden_size": given.hidden,
        "num_symbols": len(encoder.answers),
    }).eval()  # fmt: skip
    whole = encoder.prepare(parts.valid.take(np.arange(SENTENCES)), problem, np.float32)
    single = [
        encoder.prepare(parts.valid.take(np.array([row])), problem, np.float32) for row in range(SENTENCES)
    ]
    together, apart = [], []
    for _ in range(given.repeats):
        start = time.perf_counter()
        said = say(network, whole, STEPS, BEAM)
        together.append(time.perf_counter() - start)
        start = time.perf_counter()
        alone = [say(network, one, STEPS, BEAM)[0] for one in single]
        apart.append(time.perf_counter() - start)
    same = sum(a[0].symbols == b[0].symbols for a, b in zip(said, alone, strict=True))
    times = min(apart) / min(together)
    print(
        f"{given.threads} threads, hidden {given.hidden}, beam {BEAM}, {SENTENCES} sentences, {STEPS} steps"
    )
    print(f"together {min(together):.3f} s, one by one {min(apart):.3f} s; {same} of {SENTENCES} equal")
    print(f"{times:.1f} times faster (asked: {ASKED:g})")


if __name__ == "__main__":
    main()
