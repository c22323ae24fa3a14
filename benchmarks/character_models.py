"""Claim: a character model reaches 1.75 bits a character on War and Peace in 30 minutes on two cores.

    GRADATIM_DATA=… python benchmarks/character_models.py [sonnets|warpeace] [--threads N] [--seed N]
                                                          [--cell NAME] [--hidden N] [--epochs N] [--lr X]

Trains as `gradatim train NAME` does, with the default recipe where nothing else is said, and prints after
each epoch the minutes since the start, validation included, and bits a character of the last tenth of the
text, which nothing is trained on; at the end the bits of the network that is kept, of one pass over that
tenth. The recipe was chosen on that tenth, too: a text has no third part.
"""

import argparse
import tempfile
import time
from math import log
from pathlib import Path

from gradatim.jobs.train import train

ASKED = {"warpeace": 1.75}  # bits a character


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "name", nargs="?", default="warpeace", choices=("sonnets", "warpeace", "tinyshakespeare")
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cell")
    parser.add_argument("--hidden", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--lr", type=float)
    given = parser.parse_args()
    asked = {name: value for name, value in vars(given).items() if name != "name" and value is not None}
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run = train(given.name, out=Path(folder) / "run", quiet=True, **asked)
        minutes, spent = (time.perf_counter() - started) / 60, 0.0
        settings = run.config["settings"]
        said = ", ".join(
            f"{name} {settings[name]}" for name in ("hidden", "window", "batch_size", "lr", "epochs")
        )
        print(f"{given.name}: {said}; {given.threads} threads, seed {given.seed}")
        for line in run.records:
            spent += line["seconds"] / 60
            bits = line["valid_loss"] / log(2)
            train_nats = f"train {line['train_loss']:.4f} nats"
            print(f"epoch {line['epoch']:2d}  {spent:6.1f} min  {bits:.4f} bits  {train_nats}")
        wanted = f" (asked: {ASKED[given.name]})" if given.name in ASKED else ""
        print(
            f"{minutes:.1f} minutes in all: {run.metrics['bits_per_character']:.4f} bits a character{wanted}"
        )


if __name__ == "__main__":
    main()
