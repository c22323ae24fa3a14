"""Claim: on Tiny Shakespeare the Transformer is compared with the LSTM at equal time, 3 or 20 minutes.

    GRADATIM_DATA=… python benchmarks/shakespeare_transformer.py [3|20|MINUTES] [--threads N] [--seed N]

Each network first learns a sixteenth of the text twice, the second time of which tells how many epochs fit
into the minutes, and is then trained for so many, its learning rate falling to 0 over them, validation after
each epoch included. Below 10 minutes both have the default recipe; from there on larger networks with
dropout. What is printed is the loss on the last tenth of the text, in nats and bits a character: after each
epoch, and at the end that of the best epoch. The recipes were chosen on that tenth, too: a text has no third
part.
"""

import argparse
import time
from dataclasses import replace
from math import log
from typing import Any

import torch

from gradatim.data.books import tinyshakespeare
from gradatim.data.streams import Windows
from gradatim.data.text import Text, split_text
from gradatim.models.building import build
from gradatim.planning.defaults import LR, recipe_for
from gradatim.training.training import Training

PART = 16  # a sixteenth of the text tells the time of an epoch
LONG_FROM = 10  # minutes
FORMS = {"char_lm": "texts", "transformer_lm": "texts, read by attention"}
LONG: dict[str, dict[str, Any]] = {
    "char_lm": {"hidden_size": 320, "num_layers": 2, "dropout": 0.4, "window": 64, "lr": 4e-3},
    "transformer_lm": {"hidden_size": 192, "num_layers": 4, "num_heads": 6, "dropout": 0.1, "window": 64},
}
OF_TRAINING = ("window", "batch_size", "lr", "clip_norm", "schedule")


def settings(name: str, minutes: float, characters: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of the network, and of its training."""
    recipe = recipe_for(FORMS[name], characters)
    chosen = {"schedule": "cosine", "lr": {**LR, **recipe.lr}["adam"], **recipe.settings}
    hidden = chosen.pop("hidden", None)
    chosen |= {} if hidden is None else {"hidden_size": hidden[0], "num_layers": len(hidden)}
    chosen |= LONG[name] if minutes >= LONG_FROM else {}
    return (
        {key: value for key, value in chosen.items() if key not in OF_TRAINING},
        {key: chosen[key] for key in OF_TRAINING},
    )


def learn(
    name: str, parts: tuple[Text, Text], minutes: float, seed: int, epochs: int, loud: bool
) -> tuple[float, float]:
    """The lowest validation loss of so many epochs, in nats, and the seconds of the last."""
    arguments, how = settings(name, minutes, len(parts[0]))
    window = how.pop("window")
    network = build(
        {"name": name, "vocabulary_size": len(parts[0].vocabulary), **arguments}, seed, torch.float32
    )
    train, valid = (Windows(part, window) for part in parts)
    if loud:
        size = sum(p.numel() for p in network.parameters())
        print(f"{name}: {size:,} weights, {arguments}, window {window}, {how}, {epochs} epochs", flush=True)
    losses, seconds, started = [], 0.0, time.perf_counter()
    for record in Training(network, train, valid=valid, epochs=epochs, seed=seed, **how):
        losses.append(record.valid["loss"])
        seconds = record.seconds
        if loud:
            bits = losses[-1] / log(2)
            spent = time.perf_counter() - started
            print(
                f"  epoch {len(losses):2d} {spent:7.1f} s  {losses[-1]:.4f} nats  {bits:.4f} bits", flush=True
            )
    return min(losses), seconds


def shortened(text: Text) -> Text:
    """The first sixteenth of a text."""
    return replace(text, tokens=text.tokens[: len(text) // PART])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("minutes", nargs="?", type=float, default=3.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train, valid = split_text(tinyshakespeare())
    print(f"Tiny Shakespeare, {given.minutes:g} minutes each; {given.threads} threads, seed {given.seed}")
    for name in FORMS:
        _, part = learn(name, (shortened(train), shortened(valid)), given.minutes, given.seed, 2, loud=False)
        epochs = max(1, round(60 * given.minutes / (PART * part)))
        started = time.perf_counter()
        nats, _ = learn(name, (train, valid), given.minutes, given.seed, epochs, loud=True)
        spent = (time.perf_counter() - started) / 60
        print(f"{name}: {nats:.4f} nats, {nats / log(2):.4f} bits a character in {spent:.1f} minutes")


if __name__ == "__main__":
    main()
