"""A variational autoencoder of 784–400–20 on binarised MNIST: its bounds on the test part, and the time.

    python benchmarks/vae.py [--epochs 50] [--threads 2] [--seed 0]

Claim: after 50 epochs the ELBO of the test part is at least −106 nats, in 10 minutes on two cores. The
pixels are sampled as 0 and 1 anew at each step, and once for good in validation and test (Salakhutdinov &
Murray 2008). The epoch with the best validation ELBO is kept; beside the ELBO of the test part, of 50 codes
an example, stands the importance-weighted bound of the same codes (Burda, Grosse & Salakhutdinov 2016).
"""

import argparse
import tempfile
from pathlib import Path
from time import perf_counter

import gradatim

GOAL = {"elbo": -106.0, "minutes": 10.0}


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    network = {"hidden": [400], "latent": 20, "binarise": "sampled"}
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        run = gradatim.train(
            "mnist", model="vae", network=network, loss="bernoulli_nll", epochs=asked.epochs, batch_size=100,
            lr=1e-3, schedule="cosine", seed=asked.seed, threads=asked.threads, out=Path(folder) / "run",
            quiet=True,
        )  # fmt: skip
        minutes = (perf_counter() - began) / 60
        measured, records = run.metrics, run.records

    learning = sum(record["seconds"] for record in records) / 60
    print(f"{asked.epochs} epochs, {asked.threads} threads, seed {asked.seed}")
    print(f"test ELBO {measured['elbo']:.2f} nats (goal at least {GOAL['elbo']:.0f})")
    print(f"test importance-weighted bound {measured['iwae_bound']:.2f} nats, KL {measured['kl']:.2f}")
    print(f"learning {learning:.2f} minutes, {60 * learning / len(records):.2f} s an epoch")
    print(f"in all {minutes:.2f} minutes with measuring and the report (goal at most {GOAL['minutes']:.0f})")


if __name__ == "__main__":
    main()
