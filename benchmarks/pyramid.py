"""Claim: on strings of spoken digits a step of training of Listen, Attend and Spell takes at most 1/1.8 of
the time with the pyramid as with a flat stack of as many layers of the same width, and spells no worse.
Beside them, without a claim, connectionist temporal classification by its default recipe.

    python benchmarks/pyramid.py           a step's time, and the errors of three seeds after 30 epochs
    python benchmarks/pyramid.py time      a step's time alone; epochs=N and seeds=N bound the errors

A string is two to four digits by one speaker, one behind the other: 600 to learn from, made of recordings 5
and on of each digit, 200 to test, made of recordings 0 to 4, which are the official test part. The listener
has four bidirectional layers of LSTM, as the paper has, of 64 units in each direction. The steps of both take
turns in one process, forward, backward and update of 32 strings, float32; their times are those of the
processor, and printed is the median of the ratios.
"""

import statistics
import sys
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

import gradatim
from gradatim.data.pairs import Pairs
from gradatim.data.series import SeriesFacts
from gradatim.data.sound.recordings import Recordings
from gradatim.data.sources.transcripts import transcribed
from gradatim.data.spoken_digits import spoken_digits
from gradatim.models.listen_attend_spell import ListenAttendSpell

THREADS, TURNS, SEEDS, EPOCHS, BATCH, SYMBOLS = 1, 9, 3, 30, 32, 18
LISTENER = "listen_attend_spell"
NETWORK = {"hidden_size": 64, "num_layers": 4, "cell": "lstm"}
SIZES = {False: 600, True: 200}  # strings to learn from, and to test


def strings(digits: Recordings) -> Pairs:
    """Strings of digits by one speaker, with what is said."""
    draw = np.random.default_rng(0)
    assert digits.y is not None and digits.official_test is not None
    frames, texts, tested = [], [], []
    speakers = np.array(digits.speakers)
    for test, size in SIZES.items():
        for _ in range(size):
            own = np.flatnonzero((speakers == draw.choice(speakers)) & (digits.official_test == test))
            rows = draw.choice(own, draw.integers(2, 5))
            frames.append(np.concatenate([digits.sequence(row) for row in rows]))
            texts.append(" ".join(str(digits.classes[digits.y[row]]) for row in rows))
            tested.append(test)
    lengths = np.array([len(one) for one in frames])
    found = Recordings.of_steps(
        np.concatenate(frames), lengths, None, False, SeriesFacts(key="file"), "strings"
    )
    return transcribed(found.changed(sound=digits.sound), texts, official_test=np.array(tested))


def a_step(listener: str, pairs: Pairs) -> Any:
    """A function that takes a step of training."""
    rows = range(BATCH)
    x = torch.nn.utils.rnn.pad_sequence(
        [torch.from_numpy(pairs.inputs.sequence(row)) for row in rows], batch_first=True
    )
    lengths = torch.from_numpy(pairs.inputs.lengths[:BATCH])
    y_lengths = torch.tensor([len(pairs.references[row][0]) + 1 for row in rows])
    y = torch.randint(2, SYMBOLS, (BATCH, int(y_lengths.max())))
    targets = torch.cat([row[:n] for row, n in zip(y, y_lengths.tolist(), strict=True)])
    network = ListenAttendSpell(x.shape[2], num_symbols=SYMBOLS, listener=listener, **NETWORK)
    optimizer = torch.optim.Adam(network.parameters())

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(x, lengths, y, y_lengths), targets).backward()
        optimizer.step()

    return step


def seconds(step: Any) -> float:
    """How long the processor works at a step."""
    start = process_time()
    step()
    return process_time() - start


def times(pairs: Pairs) -> None:
    """Print the median ratio of the steps' times."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    flat, pyramid = (a_step(listener, pairs) for listener in ("flat", "pyramid"))
    for step in (flat, pyramid):
        step()
    found = [(seconds(flat), seconds(pyramid)) for _ in range(TURNS)]
    ratio = statistics.median(a / b for a, b in found)
    flats, pyramids = (1e3 * statistics.median(one) for one in zip(*found, strict=True))
    print(f"{THREADS} thread: flat {flats:.0f} ms a step, pyramid {pyramids:.0f} ms: {ratio:.2f}× faster")


def errors(pairs: Pairs, seeds: int, epochs: int) -> None:
    """Print the word and character errors of all three, each seed, their means, and the minutes."""
    for name in ("flat", "pyramid", "ctc"):
        model, network = ("ctc", None) if name == "ctc" else (LISTENER, {**NETWORK, "listener": name})
        began, found = process_time(), []
        for seed in range(seeds):
            with TemporaryDirectory() as folder:
                run = gradatim.train(
                    pairs, model=model, network=network, seed=seed, epochs=epochs, quiet=True,
                    threads=THREADS, out=f"{folder}/run",
                )  # fmt: skip
            found.append((run.metrics["word_error"], run.metrics["character_error"]))
        each = ", ".join(f"{words:.4f}" for words, _ in found)
        words, characters = (statistics.mean(one) for one in zip(*found, strict=True))
        minutes = (process_time() - began) / 60 / seeds
        print(
            f"{name}: word error {each}; mean {words:.4f}, of characters {characters:.4f}; {minutes:.1f} min "
            "of the processor each",
            flush=True,
        )


def main() -> None:
    """Print both."""
    given = dict(one.split("=") for one in sys.argv[1:] if "=" in one)
    pairs = strings(spoken_digits())
    times(pairs)
    if "time" not in sys.argv:
        errors(pairs, int(given.get("seeds", SEEDS)), int(given.get("epochs", EPOCHS)))


if __name__ == "__main__":
    main()
