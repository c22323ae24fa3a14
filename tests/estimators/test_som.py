"""F11: the map as an estimator is the rule of the runs, and works in scikit-learn's pipelines."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import pairwise_distances
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.checks import UsageError
from gradatim.estimators import SOM
from gradatim.nn.som import SOM as Network
from gradatim.unsupervised.som import SOMTraining

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)


@pytest.mark.parametrize("rule", ["batch", "online"])
@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
@pytest.mark.parametrize("initial", ["pca", "sample"])
def test_it_learns_what_a_loop_learns(rule, topology, initial):
    """The same weights, to 1e-12, float64."""
    som = SOM(4, 5, rule=rule, topology=topology, initial=initial, learning_rate=0.5, max_iter=6).fit(X)
    network = Network(4, 4, 5, topology, rule, initial)
    loop = SOMTraining(network, X, epochs=6, batch_size=11, precision="float64")
    losses = [record.train_loss for record in loop]
    np.testing.assert_allclose(som.weights_, network.weight.detach().numpy(), rtol=0, atol=1e-12)
    assert som.loss_curve_ == pytest.approx(losses)
    measured = loop.evaluate(X)
    assert measured["quantisation_error"] == pytest.approx(som.quantisation_error_)
    assert measured["topographic_error"] == pytest.approx(som.topographic_error_)


def test_distances_units_and_hits_are_their_definitions():
    som = SOM(4, 5).fit(X)
    far = pairwise_distances(X, som.weights_)
    np.testing.assert_allclose(som.transform(X), far, atol=1e-7)
    assert np.array_equal(som.predict(X), far.argmin(1))
    assert np.array_equal(som.labels_, far.argmin(1)) and np.array_equal(som.fit_predict(X), som.labels_)
    assert np.array_equal(som.hits_.ravel(), np.bincount(far.argmin(1), minlength=20))
    assert som.quantisation_error_ == pytest.approx(far.min(1).mean())
    assert som.u_matrix_.shape == (4, 5) and som.n_iter_ == 30
    assert list(som.get_feature_names_out()[:2]) == ["som0", "som1"]


def test_a_map_whose_neighbourhood_vanishes_ends_where_k_means_stays():
    """σ falling to 0.05: k-means that begins at its weights finds no lower inertia, to 1e-6."""
    som = SOM(3, 4, final_sigma=0.05, max_iter=200).fit(X)
    ours = (pairwise_distances(X, som.weights_).min(1) ** 2).sum()
    used = som.weights_[np.unique(som.labels_)]
    theirs = KMeans(len(used), init=used, n_init=1).fit(X).inertia_
    assert ours == pytest.approx(theirs, rel=1e-6)


def test_flowers_of_a_kind_lie_together():
    """The commonest class of each unit names 95 % of iris rightly; the grid is folded nowhere much."""
    som = make_pipeline(StandardScaler(), SOM(6, 8, topology="hexagonal")).fit(X)[-1]
    right = sum(np.bincount(Y[som.labels_ == u]).max() for u in np.unique(som.labels_))
    assert right / len(Y) > 0.95 and som.topographic_error_ < 0.05


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rows": 0}, "rows must be"), ({"rows": 1, "columns": 1}, "from 2 to 10,000 units"),
        ({"topology": "round"}, "topology must be rectangular or hexagonal"), ({"rule": "x"}, "rule must be"),
        ({"initial": "zero"}, "initial must be pca or sample or random"), ({"sigma": -1}, "sigma must be"),
        ({"learning_rate": 2}, "lr must be a number above 0 and at most 1"), ({"max_iter": 0}, "max_iter"),
    ],
)  # fmt: skip
def test_misuse_is_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        SOM(**asked).fit(X)
