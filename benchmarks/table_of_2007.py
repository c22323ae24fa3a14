"""The record list of learning without labels on MNIST: test error, seconds and AIS log Z, in Markdown.

    GRADATIM_DATA=… python benchmarks/table_of_2007.py [rbm] [dbn] [sda] [--seed 0] [--share 1.0]

A Boltzmann machine of 500 units with PCD-15 learns as in the claim `theano-tutorials`; a deep belief network
500–500–2000 and stacked denoising autoencoders 1000–1000–1000 as in `deep_belief.py`. Seconds are the wall
clock's, of the sitting. A smaller `--share` of the epochs is for a look. log Z is by annealed importance
sampling, 100 runs of 1,000 distributions from the data's base rates, with its standard error, beside the mean
log-likelihood of test pictures that follows.
"""

import argparse
import time

import torch

from deep_belief import WAYS, learn, pictures
from gradatim.experiments.claims.theano_tutorials import TUTORIALS, learn_machine
from gradatim.experiments.pretrained import parts_of
from gradatim.unsupervised.annealing import annealed_log_partition


def machine_row(seed: int, share: float) -> str:
    """The machine's: seconds, log Z, log-likelihood."""
    splits = parts_of("mnist", seed, 50_000, 10_000, 10_000)
    since = time.perf_counter()
    machine, _ = learn_machine(splits, 500, share, seed)
    seconds = time.perf_counter() - since
    found = annealed_log_partition(machine, data=torch.from_numpy(splits.train[0]))
    with torch.no_grad():
        likelihood = -float(machine.free_energy(torch.from_numpy(splits.test[0])).mean()) - found.log_z
    log_z = f"{found.log_z:.2f} ± {found.standard_error:.2f}"
    return f"| {TUTORIALS['rbm'].words} | – | {seconds:.0f} | {log_z} | {likelihood:.2f} |"


def network_row(name: str, seed: int, share: float) -> str:
    """A network's: test error and seconds."""
    fewer = {key: max(1, round(share * WAYS[name][key])) for key in ("epochs", "pretrain_epochs")}
    error, minutes = learn(name, seed, pictures(None), argparse.Namespace(**fewer))
    return f"| {TUTORIALS[name].words} | {error:.2f} % | {60 * minutes:.0f} | – | – |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", default=["rbm", "dbn", "sda"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0)
    asked = parser.parse_args()
    print(f"{asked.share:g} of the epochs, seed {asked.seed}, {torch.get_num_threads()} threads\n")
    print("| what | test error | seconds | log Z by AIS | test log-likelihood |\n|---|---|---|---|---|")
    for name in asked.rows:
        row = machine_row if name == "rbm" else lambda seed, share, name=name: network_row(name, seed, share)
        print(row(asked.seed, asked.share), flush=True)


if __name__ == "__main__":
    main()
