"""Claim: on Weizmann actions, people held out, the default network is right of more than 92 % of the clips.

    python benchmarks/weizmann.py [NETWORK …] [seed=0 …]   each of six people held out in turn
    python benchmarks/weizmann.py inner [NETWORK …]        people 0, 1 and 2, by which recipes were chosen

24 clips of six people and four actions (Gorelick et al. 2007), found as `gradatim train weizmann` finds them.
A network learns from the 20 clips of five people by its default recipe, without validation, as one of five
would cost a fifth of them, and answers for the four of the sixth: the mean over three windows of 16 frames.
Rates, epochs and batch sizes were chosen on people 0, 1 and 2 as those held out; what people 5, 6 and 7 say
is printed apart, for nothing was chosen by it.
"""

import sys
from dataclasses import replace
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

import gradatim
from gradatim.data.dataset import Dataset
from gradatim.data.weizmann import weizmann

NETWORKS = ("small_c3d", "lrcn")
CHOSEN_ON = (0, 1, 2)
SEEDS = (0, 1, 2)
THREADS = 1


def held_out(clips: Dataset, person: int, network: str, seed: int) -> tuple[float, float, float]:
    """Accuracy and loss of one person's clips, by a network that learned from the others', and seconds."""
    start = perf_counter()
    data = replace(clips, official_test=clips.groups == person, source={})
    with TemporaryDirectory() as folder:
        run = gradatim.train(
            data, model=network, seed=seed, threads=THREADS, valid=0, quiet=True, out=f"{folder}/run"
        )
    return run.metrics["accuracy"], run.metrics["loss"], perf_counter() - start


def main() -> None:
    """Print the numbers."""
    given = sys.argv[1:]
    networks = [one for one in given if one in NETWORKS] or NETWORKS
    seeds = [int(one.partition("=")[2]) for one in given if one.startswith("seed=")] or SEEDS
    clips = weizmann()
    people = CHOSEN_ON if "inner" in given else tuple(np.unique(clips.groups).tolist())
    print(f"{len(clips)} clips, people {', '.join(map(str, people))} held out in turn; {THREADS} thread")
    for network in networks:
        every = []
        for seed in seeds:
            found = {person: held_out(clips, person, network, seed) for person in people}
            every.append(mean(one[0] for one in found.values()))
            unseen = [one[0] for person, one in found.items() if person not in CHOSEN_ON]
            apart = f", people that nothing was chosen by {mean(unseen):.4f}" if unseen else ""
            print(
                f"{network} seed {seed}: accuracy {every[-1]:.4f}{apart}, loss "
                f"{mean(one[1] for one in found.values()):.4f}; a person "
                f"{mean(one[2] for one in found.values()):.1f} s",
                flush=True,
            )
        print(f"{network}: mean {mean(every):.4f} of {len(every)} seeds", flush=True)


if __name__ == "__main__":
    main()
