"""Runs whose answers are explained."""

import numpy as np
import pandas as pd
import pytest

import gradatim

QUICK = {"epochs": 4, "hidden": 8, "threads": 1, "quiet": True, "baselines": False, "precision": "float64"}


def shop(n=900, seed=0):
    """Who buys, which of three plans, and for how much, by columns of every kind."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "spent": rng.lognormal(3, 1, n), "visits": rng.integers(0, 40, n).astype(float),
        "town": rng.choice(["Rome", "Oslo", "Kyiv", "Lima"], n), "member": rng.choice(["yes", "no"], n),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
    })  # fmt: skip
    score = 0.1 * frame["visits"] + (frame["town"] == "Rome") * 2 + (frame["member"] == "yes") - 3
    frame["plan"] = np.select([score < -1, score < 1], ["none", "small"], "large")
    frame["buys"] = np.where(score + rng.logistic(0, 0.5, n) < 0, "no", "yes")
    frame["price"] = 100 + 20 * score + rng.normal(0, 8, n)
    frame.loc[rng.random(n) < 0.1, "visits"] = np.nan
    return frame


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Runs of the shop by their targets: `plan` (three classes), `buys` (two), `price` with intervals."""
    folder, frame = tmp_path_factory.mktemp("findings"), shop()
    targets = ["plan", "buys", "price"]
    made = {}
    for name, more in (("plan", {}), ("buys", {}), ("price", {"loss": "gaussian_nll", "epochs": 20})):
        table = frame.drop(columns=[other for other in targets if other != name])
        made[name] = gradatim.train(table, target=name, out=folder / name, **(QUICK | more))
    return made
