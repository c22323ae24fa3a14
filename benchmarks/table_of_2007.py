"""The record list of learning without labels on MNIST: test error, seconds and AIS log Z, in Markdown.

    GRADATIM_DATA=… python benchmarks/table_of_2007.py [--seed 0] [--examples 50000] [--share 1.0]

A Boltzmann machine of 500 units with PCD-15, a deep belief network 500–500–2000 and stacked denoising
autoencoders 1000–1000–1000 learn as in the claim `theano-tutorials`, from whose file the two networks come.
Seconds are the wall clock's, of the sitting. Fewer `--examples` and a smaller `--share` of the epochs are for
a look; the table then says so. log Z is by annealed importance sampling, 100 runs of 1,000 distributions from
the data's base rates, with its standard error, beside the mean log-likelihood of test pictures that follows.
"""

import argparse
import time

import torch

from gradatim.experiments.claims.theano_tutorials import TUTORIALS, learn_machine, learn_network
from gradatim.experiments.pretrained import parts_of
from gradatim.unsupervised.annealing import annealed_log_partition

NETWORKS = {
    "dbn": ([500, 500, 2000], "rbm", 0.1, {}),
    "sda": ([1000, 1000, 1000], "denoising", None, {"noise": 0.3}),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--examples", type=int, default=50_000)
    parser.add_argument("--share", type=float, default=1.0)
    asked = parser.parse_args()
    splits = parts_of("mnist", asked.seed, asked.examples, 10_000, 10_000)
    print(f"{asked.examples:,} pictures, {asked.share:g} of the epochs, seed {asked.seed}, "
          f"{torch.get_num_threads()} threads\n")  # fmt: skip
    print("| what | test error | seconds | log Z by AIS | test log-likelihood |\n|---|---|---|---|---|")
    since = time.perf_counter()
    machine, _ = learn_machine(splits, 500, asked.share, asked.seed)
    seconds = time.perf_counter() - since
    found = annealed_log_partition(machine, data=torch.from_numpy(splits.train[0]))
    with torch.no_grad():
        likelihood = -float(machine.free_energy(torch.from_numpy(splits.test[0])).mean()) - found.log_z
    log_z = f"{found.log_z:.2f} ± {found.standard_error:.2f}"
    print(f"| {TUTORIALS['rbm'].words} | – | {seconds:.0f} | {log_z} | {likelihood:.2f} |", flush=True)
    for name, (hidden, kind, lr, how) in NETWORKS.items():
        since = time.perf_counter()
        tutorial = TUTORIALS[name]
        error, _ = learn_network(splits, hidden, kind, lr, how, tutorial.epochs, asked.share, asked.seed)
        print(
            f"| {tutorial.words} | {100 * error:.2f} % | {time.perf_counter() - since:.0f} | – | – |",
            flush=True,
        )


if __name__ == "__main__":
    main()
