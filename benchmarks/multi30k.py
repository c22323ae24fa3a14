"""Claim: Multi30k from German to English, recurrent with attention: 24 BLEU in 15 minutes, 30 in 90, on two
cores; a Transformer 36 in one long run.

    GRADATIM_DATA=… python benchmarks/multi30k.py [--model NAME] [--minutes N] [--epochs N] [--hidden N]
                                                  [--lr X] [--dropout P] [--seed N] [--threads N]
                                                  [--vocabulary N] [--label-smoothing X] [--precision NAME]
                                                  [--out FOLDER] [NAME=VALUE …]

Trains as `gradatim train multi30k` does, with the default recipe where nothing else is said, and prints the
minutes, validation loss and perplexity after each epoch; at the end sacreBLEU and chrF of test_2016_flickr
(1,000 sentences, beam 5), of the network that is kept. Recipes are chosen by validation; the test is looked
at once a run.
"""

import argparse
import ast
import tempfile
import time
from math import exp
from pathlib import Path

from gradatim.jobs.train import train


def literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text  # a word, such as general


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--hidden", type=int)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--dropout", type=float)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--vocabulary", type=int)
    parser.add_argument("--label-smoothing", type=float)
    parser.add_argument("--precision")
    parser.add_argument("--out", help="where the run is kept; nowhere when left out")
    parser.add_argument(
        "others", nargs="*", metavar="NAME=VALUE", help="of the network, such as attention=general"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    given = vars(parser.parse_args())
    others = dict(text.split("=", 1) for text in given.pop("others"))
    asked = {name: value for name, value in given.items() if value is not None}
    asked["network"] = {name: literal(value) for name, value in others.items()}
    if "minutes" in asked:
        asked["max_minutes"] = asked.pop("minutes")
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run = train("multi30k", out=asked.pop("out", Path(folder) / "run"), quiet=True, **asked)
        minutes, spent = (time.perf_counter() - started) / 60, 0.0
        settings = run.config["settings"]
        said = ", ".join(
            f"{name} {settings[name]}" for name in ("batch_size", "lr", "epochs", "dropout", "precision")
        )
        print(
            f"{run.config['network']['model']}: {said}; {settings['threads']} threads, seed {given['seed']}"
        )
        for line in run.records:
            spent += line["seconds"] / 60
            loss = line["valid_loss"]
            print(f"epoch {line['epoch']:2d}  {spent:6.1f} min  valid {loss:.4f} nats, {exp(loss):.2f}")
        measured = run.metrics
        print(f"{minutes:.1f} minutes in all: BLEU {measured['bleu']:.2f}, chrF {measured['chrf']:.2f}")


if __name__ == "__main__":
    main()
