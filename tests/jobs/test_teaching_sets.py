"""Teaching sets are learned by the network that is chosen for them, and read like any table."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier

from gradatim.data.loading import load_data
from gradatim.jobs.run import load
from gradatim.jobs.train import train

CLASSES = ("xor", "moons", "circles", "spirals", "blobs")
NUMBERS = ("sine", "steps")


def learn(name, seed, folder):
    return train(name, seed=seed, out=folder / "run", quiet=True, baselines=False)


def check(name, seed, folder):
    """At least .95 right of classes, or R² of at least .9."""
    run = learn(name, seed, folder)
    value = run.metrics["accuracy" if name in CLASSES else "r2"]
    assert value >= (0.95 if name in CLASSES else 0.9)
    return run


@pytest.mark.parametrize("name", [*CLASSES, *NUMBERS])
def test_the_network_that_is_chosen_learns_it(name, tmp_path):
    run = check(name, 0, tmp_path)
    settings = run.config["settings"]
    assert (settings["dropout"], settings["weight_decay"]) == (0.0, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CLASSES, *NUMBERS])
@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_learn_it_too(name, seed, tmp_path):
    check(name, seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.1, 0.3, 0.4])
def test_moons_are_learned_to_the_best_that_their_noise_allows(noise, tmp_path):
    many = load_data(f"moons:n=50000,noise={noise},seed=9")
    run = learn(f"moons:n=2000,noise={noise}", 0, tmp_path)
    test = run.data.test
    bayes = KNeighborsClassifier(200).fit(many.x, many.y).score(test.x, test.y)
    assert run.metrics["accuracy"] >= bayes - 0.03


def test_a_table_of_new_points_in_any_order_is_predicted_alike(tmp_path):
    run = learn("moons:n=200,noise=0.1", 0, tmp_path)
    places = pd.DataFrame({"x1": [0.0, 1.0], "x2": [1.0, -0.5]})  # the middle of each moon
    (tmp_path / "new.csv").write_text("x2,x1\n1.0,0.0\n-0.5,1.0\n")
    found = load(run.path).predict(str(tmp_path / "new.csv"))
    assert found.labels.tolist() == ["0", "1"]
    np.testing.assert_allclose(
        found.arrays["probabilities"], run.predict(places).arrays["probabilities"], rtol=1e-6
    )


def test_a_run_says_which_points_it_learned_from_and_goes_on_with_them(tmp_path):
    run = train("sine:n=60,waves=1", epochs=2, out=tmp_path / "run", quiet=True, baselines=False)
    assert run.config["data"]["source"] == {"name": "sine:n=60,waves=1"}
    assert len(load(run.path).data.train) == len(run.data.train) == 43
    assert train(resume=run.path, epochs=3, quiet=True).records[-1]["epoch"] == 3
