"""Claim: the membranes of ISBI 2012 (Arganda-Carreras et al. 2015) are found with a V_rand of 0.96 or more
and a pixel error of 0.06 or less, learned from 24 pictures and judged on the other 6.

    python benchmarks/isbi2012.py [KEY=VALUE …] [--seeds 0 1 2] [--threads N] [--crop PIXELS]

The pictures are slices of one stack: 0.png to 23.png are learned from (of which Gradatim takes 2 to validate
on), 24.png to 29.png, of which one only is the neighbour of a slice that was learned from, are the test part.
The challenge's own test masks are not public, so that its numbers are not these.

KEY=VALUE is the recipe, as `gradatim.train` takes it: `epochs=100 model=unet loss=boundary_cross_entropy`;
`network.KEY=VALUE` is the network's. `--crop` keeps the upper left corner of every picture, for a quick try.
Prints for each seed V_rand at the best of nine thresholds, its split and merge scores, the pixel error as the
challenge had it (1 − the largest F-score of the pixels inside cells), the share of right pixels, and the
minutes; at the end the means.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import mean
from typing import Any

from PIL import Image

from gradatim.jobs.train import train

LEARNED = 24  # of 30
SHOWN = ("v_rand", "v_rand_split", "v_rand_merge", "pixel_error", "pixel_accuracy")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--crop", type=int)
    asked = parser.parse_intermixed_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        source = Path(os.environ.get("GRADATIM_DATA", ".")) / "isbi2012_em"
        data = divided(source, Path(place) / "isbi", asked.crop)
        for seed in asked.seeds:
            started = time.perf_counter()
            run = train(
                data, out=Path(place) / f"run-{seed}", seed=seed, threads=asked.threads, quiet=True,
                **recipe_of(asked.recipe),
            )  # fmt: skip
            minutes = (time.perf_counter() - started) / 60
            rows.append({**{name: run.metrics[name] for name in SHOWN}, "minutes": minutes})
            network = run.config["network"]["entry"]["name"]
            print(f"{network}, seed {seed}, {asked.threads} threads: {in_words(rows[-1])}", flush=True)
    print(f"mean of {len(rows)}: {in_words({name: mean(row[name] for row in rows) for name in rows[0]})}")


def divided(source: Path, place: Path, crop: int | None) -> Path:
    """The folder with its pictures in a train and a test part."""
    for number in range(30):
        part = "train" if number < LEARNED else "test"
        for kind in ("image", "label"):
            (place / part / kind).mkdir(parents=True, exist_ok=True)
            with Image.open(source / "train" / kind / f"{number}.png") as picture:
                side = crop or picture.width
                picture.crop((0, 0, side, side)).save(place / part / kind / f"{number}.png")
    return place


def recipe_of(words: list[str]) -> dict[str, Any]:
    """KEY=VALUE as arguments of `train`; values are read as JSON where they are that."""
    found: dict[str, Any] = {}
    for word in words:
        key, _, text = word.partition("=")
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        if key.startswith("network."):
            found.setdefault("network", {})[key.removeprefix("network.")] = value
        else:
            found[key] = value
    return found


def in_words(row: dict[str, float]) -> str:
    """A row's numbers by their names."""
    return ", ".join(f"{name} {value:.4f}" for name, value in row.items())


if __name__ == "__main__":
    main()
