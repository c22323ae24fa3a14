"""Stated: the mean IoU of street scenes beside that of the commonest class, learned from 18 frames and judged
on 6 of other sequences (CamVid, Brostow, Fauqueur & Cipolla 2009, in SegNet's division).

    python benchmarks/camvid.py [KEY=VALUE …] [--seeds 0 1 2] [--threads N]

KEY=VALUE is the recipe, as in `benchmarks/isbi2012.py`. The masks have eleven classes and void, 11, whose
pixels are neither learned nor counted, as in SegNet's tables.
The frames are a 29th of the whole set, so that its numbers are not these.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path
from statistics import mean

import numpy as np

from gradatim.jobs.train import train
from isbi2012 import recipe_of

NAMES = (
    "sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist",
)  # fmt: skip
VOID = len(NAMES)  # the value of pixels that are not known
PLACES = {"train": "train", "val": "test"}  # SegNet's folders, and the parts that they are


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_intermixed_args()
    means = []
    with tempfile.TemporaryDirectory() as place:
        data = divided(Path(os.environ.get("GRADATIM_DATA", ".")) / "camvid_subset", Path(place) / "camvid")
        for seed in asked.seeds:
            started = time.perf_counter()
            run = train(
                data, void=VOID, out=Path(place) / f"run-{seed}", seed=seed, threads=asked.threads,
                quiet=True, **recipe_of(asked.recipe),
            )  # fmt: skip
            minutes = (time.perf_counter() - started) / 60
            means.append(run.metrics["mean_iou"])
            network = run.config["network"]["entry"]["name"]
            iou = {name: run.metrics.get(f"iou({k})", np.nan) for k, name in enumerate(NAMES)}
            each = ", ".join(f"{name} {one:.3f}" for name, one in iou.items())
            print(
                f"{network}, seed {seed}, {asked.threads} threads, {minutes:.1f} min: mean IoU "
                f"{means[-1]:.4f}, right pixels {run.metrics['pixel_accuracy']:.4f}; {each}", flush=True,
            )  # fmt: skip
    problem = run.trained.problem
    commonest = int(problem.constant(run.data.train.y)[2].argmax())
    guess = np.eye(VOID)[np.full(run.data.test.y.shape, commonest)]
    found = problem.measures_of(np.moveaxis(guess, -1, 1), run.data.test.y)
    print(f"mean IoU of {len(means)}: {mean(means):.4f}; {NAMES[commonest]} everywhere: "
          f"{found['mean_iou']:.4f}, right pixels {found['pixel_accuracy']:.4f}")  # fmt: skip


def divided(source: Path, place: Path) -> Path:
    """The folder with pictures and masks as `gradatim train` looks for them."""
    for theirs, part in PLACES.items():
        shutil.copytree(source / theirs, place / part / "image")
        shutil.copytree(source / f"{theirs}annot", place / part / "label")
    return place


if __name__ == "__main__":
    main()
