"""Measurement: captions of 400 photographs of Flickr8k beside two that need no network. No claim: so few
photographs, and a CNN that has seen no others, are too little to learn what is to be seen.

    GRADATIM_DATA=… python benchmarks/flickr8k.py [--models NAME …] [--epochs N] [--seed N] [--threads N]

288 photographs to learn from, 32 to validate on, 80 for the test, five captions each. Prints BLEU-1 to 4,
the words of a caption, and the minutes of each network; the scores of the commonest caption, and of the
nearest photograph's.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import mean

from gradatim.jobs.train import train

MODELS = ("show_and_tell", "lrcn_captioner", "show_attend_and_tell")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    given = vars(parser.parse_args())
    models = given.pop("models")
    asked = {name: value for name, value in given.items() if value is not None}
    beside: list = []
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            run = train("flickr8k", model=model, out=Path(folder) / "run", quiet=True, **asked)
            minutes = (time.perf_counter() - started) / 60
            words = mean(map(len, map(str.split, run.predict(run.data.test.inputs).columns()["prediction"])))
            known = mean(len(text.split()) for some in run.data.test.references for text in some)
            note = f"{words:.1f} words where references have {known:.1f}; {minutes:.1f} min"
            _print(model, run.metrics, f"{note}, {len(run.records)} epochs")
            beside = json.loads((run.path / "baselines.json").read_text())["rows"]
    for row in beside:
        _print(row["name"], row["metrics"], "no network")


def _print(name: str, metrics: dict[str, float], note: str) -> None:
    scores = "  ".join(f"BLEU-{k} {metrics[f'bleu_{k}']:5.2f}" for k in (1, 2, 3, 4))
    print(f"{name:22s} {scores}  ({note})", flush=True)


if __name__ == "__main__":
    main()
