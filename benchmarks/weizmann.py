"""Claim: on Weizmann actions, people held out, the default network is right of more than 92 % of the clips.

    python benchmarks/weizmann.py [NETWORK …] [seed=0 …] [epochs=N]   each of six people held out in turn
    python benchmarks/weizmann.py inner [NETWORK …]                   people 0, 1 and 2, by which recipes were
                                                                      chosen
    python benchmarks/weizmann.py quick                               one person, one seed, one epoch

24 clips of six people and four actions (Gorelick et al. 2007), found as `gradatim train weizmann` finds them.
A network learns from the 20 clips of five people by its default recipe, without validation, as one of five
would cost a fifth of them, and answers for the four of the sixth: the mean over three windows of 16 frames.
Rates, epochs and batch sizes were chosen on people 0, 1 and 2 as those held out; what people 5, 6 and 7 say
is printed apart, for nothing was chosen by it.

Three networks of one size a frame: `small_c3d` convolves over time, `lrcn` has an LSTM over frames, and
`frame_cnn` is the mean over frames, which knows no order; `frame_cnn motion` sees what differs from the mean
frame, as the other two do. What time brings is said twice: by the difference to the networks a frame, and by
the clips that are held out with their frames in another order, and with one frame, the middle one, in the
place of all.
"""

import sys
from dataclasses import replace
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

import numpy as np

import gradatim
from gradatim.data.dataset import Dataset
from gradatim.data.weizmann import weizmann
from gradatim.random import permutation

NETWORKS = {
    "small_c3d": ("small_c3d", {}), "lrcn": ("lrcn", {}), "frame_cnn": ("frame_cnn", {}),
    "frame_cnn motion": ("frame_cnn", {"motion": True}),
}  # fmt: skip
ORDERS = ("in order", "shuffled", "one frame")
CHOSEN_ON = (0, 1, 2)
SEEDS = (0, 1, 2)
THREADS = 1


class Held(NamedTuple):
    """What a network says of one person's clips: accuracy by the order of frames, loss in order, seconds."""

    accuracy: dict[str, float]
    loss: float
    seconds: float


def held_out(clips: Dataset, person: int, network: str, seed: int, options: dict) -> Held:
    """Of a network that learned from the others' clips."""
    start = perf_counter()
    name, arguments = NETWORKS[network]
    data = replace(clips, official_test=clips.groups == person, source={})
    with TemporaryDirectory() as folder:
        run = gradatim.train(
            data, model=name, network=arguments, seed=seed, threads=THREADS, valid=0, quiet=True,
            out=f"{folder}/run", **options,
        )  # fmt: skip
        seconds = perf_counter() - start
        test = clips.take(np.flatnonzero(clips.groups == person))
        found = {order: run.evaluate(replace(test, x=ordered(test.x, order)))["metrics"] for order in ORDERS}
    assert found["in order"]["accuracy"] == run.metrics["accuracy"]
    return Held({order: one["accuracy"] for order, one in found.items()}, run.metrics["loss"], seconds)


def ordered(x: np.ndarray, order: str) -> np.ndarray:
    """Clips (N, C, T, H, W), each with its frames as they were, in an order drawn for it, or one for all."""
    if order == "in order":
        return x
    frames = x.shape[2]
    if order == "one frame":
        return np.repeat(x[:, :, frames // 2 : frames // 2 + 1], frames, 2)
    return np.stack([one[:, permutation(i, "frames", frames)] for i, one in enumerate(x)])


def main() -> None:
    """Print the numbers."""
    given = sys.argv[1:]
    numbers = {key: value for key, _, value in (one.partition("=") for one in given) if value}
    networks = [one for one in NETWORKS if one in given] or list(NETWORKS)
    seeds = [int(one.partition("=")[2]) for one in given if one.startswith("seed=")] or list(SEEDS)
    options = {"epochs": int(numbers["epochs"])} if "epochs" in numbers else {}
    clips = weizmann()
    people = CHOSEN_ON if "inner" in given else tuple(np.unique(clips.groups).tolist())
    if "quick" in given:
        people, seeds, options = people[:1], seeds[:1], {"epochs": 1}
    print(f"{len(clips)} clips, people {', '.join(map(str, people))} held out in turn; {THREADS} thread")
    for network in networks:
        every = {order: [] for order in ORDERS}
        for seed in seeds:
            found = {person: held_out(clips, person, network, seed, options) for person in people}
            for order in ORDERS:
                every[order].append(mean(one.accuracy[order] for one in found.values()))
            unseen = [one.accuracy["in order"] for p, one in found.items() if p not in CHOSEN_ON]
            apart = f", people that nothing was chosen by {mean(unseen):.4f}" if unseen else ""
            by_order = ", ".join(f"{order} {every[order][-1]:.4f}" for order in ORDERS)
            print(
                f"{network} seed {seed}: {by_order}{apart}, "
                f"loss {mean(one.loss for one in found.values()):.4f}; "
                f"a person {mean(one.seconds for one in found.values()):.1f} s",
                flush=True,
            )
        means = ", ".join(f"{order} {mean(one):.4f}" for order, one in every.items())
        print(f"{network}: mean of {len(seeds)} seed{'' if len(seeds) == 1 else 's'}: {means}", flush=True)


if __name__ == "__main__":
    main()
