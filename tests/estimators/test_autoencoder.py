"""F1–F3: the estimator is the loop of the runs, and works in scikit-learn's pipelines."""

import pickle

import numpy as np
import pytest
import torch
from scipy.special import expit
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.checks import UsageError
from gradatim.estimators import Autoencoder
from gradatim.models.building import build
from gradatim.unsupervised.autoencoders import AutoencoderTraining

X, Y = load_digits(return_X_y=True)
X = X[:400] / 16


@pytest.mark.parametrize(
    ("asked", "network", "loss"),
    [
        ({"hidden_layer_sizes": (12, 4)}, {"hidden": [12, 4]}, "squared_error"),
        ({"hidden_layer_sizes": 8, "tied": True, "corruption": "masking", "code_activation": "sigmoid",
          "loss": "bernoulli_nll"},
         {"hidden": [8], "tied": True, "corruption": "masking", "code_activation": "sigmoid"}, "multilabel"),
        ({"hidden_layer_sizes": (70,), "sparsity_target": 0.1, "contractive": 0.01},
         {"hidden": [70], "sparsity_target": 0.1, "contractive": 0.01}, "squared_error"),
    ],
)  # fmt: skip
def test_it_learns_what_a_loop_learns(asked, network, loss):
    """The same bits, float64."""
    coder = Autoencoder(**asked, max_iter=3, batch_size=50, random_state=2).fit(X)
    twin = build({"name": "autoencoder", "in_features": 64, **network}, 2, torch.float64)
    loop = AutoencoderTraining(
        twin, X, loss, epochs=3, batch_size=50, lr=3e-3, seed=2, schedule="cosine", precision="float64"
    )
    assert coder.loss_curve_ == [record.train_loss for record in loop] and coder.n_iter_ == 3
    with torch.no_grad():
        x = torch.from_numpy(X)
        code, outputs = twin.eval().encode(x), twin.answers(x).numpy()
    again = expit(outputs) if loss == "multilabel" else outputs
    np.testing.assert_array_equal(coder.transform(X), code)
    np.testing.assert_allclose(coder.inverse_transform(coder.transform(X)), again, rtol=1e-12)
    np.testing.assert_allclose(coder.reconstruction_error(X), ((again - X) ** 2).mean(1), rtol=1e-12)
    assert coder.score(X) == -coder.reconstruction_error(X).mean() == coder.score_samples(X).mean()
    assert coder.coefs_[0].shape == (64, network["hidden"][0]) and coder.coefs_[-1].shape[1] == 64
    a = X @ coder.coefs_[0] + coder.intercepts_[0]
    if len(network["hidden"]) == 1:
        np.testing.assert_allclose(expit(a) @ coder.coefs_[1] + coder.intercepts_[1], outputs, atol=1e-12)


def test_a_linear_one_ends_where_principal_components_do():
    """The code of two numbers keeps what PCA's first two keep, to 1 % of the residual."""
    rng = np.random.default_rng(0)
    rows = (
        rng.normal(size=(200, 5)) @ np.diag([3, 2, 0.5, 0.3, 0.2]) @ np.linalg.qr(rng.normal(size=(5, 5)))[0]
    )
    coder = Autoencoder((2,), learning_rate_init=0.03, max_iter=300, batch_size=50).fit(rows)
    pca = PCA(2).fit(rows)
    least = ((pca.inverse_transform(pca.transform(rows)) - rows) ** 2).mean()
    assert least <= -coder.score(rows) * (1 + 1e-9) and -coder.score(rows) < 1.01 * least


def test_an_anomaly_has_a_low_score():
    """Rows whose columns do not go together, of which every column alone is usual."""
    rng = np.random.default_rng(0)
    load = rng.random(300)
    rows = np.column_stack([load, 2 * load, 1 - load, load**2]) + 0.02 * rng.normal(size=(300, 4))
    odd = np.column_stack([rng.permutation(column) for column in rows[:60].T])
    detector = make_pipeline(StandardScaler(), Autoencoder((8, 1), learning_rate_init=0.01)).fit(rows)
    scores = detector.score_samples(np.concatenate([rows, odd]))
    assert roc_auc_score(np.repeat([1, 0], [300, 60]), scores) > 0.95


def test_it_stands_in_pipelines_and_searches():
    pipeline = make_pipeline(Autoencoder((16,), max_iter=30), LogisticRegression(C=100, max_iter=2000))
    assert pipeline.fit(X[:300], Y[:300]).score(X[300:], Y[300:400]) > 0.75
    search = GridSearchCV(Autoencoder(max_iter=3), {"hidden_layer_sizes": [(2,), (16,)]}, cv=2).fit(X)
    assert search.best_params_ == {"hidden_layer_sizes": (16,)}
    coder = search.best_estimator_
    names = coder.get_feature_names_out().tolist()
    assert len(names) == 16 and names[:2] == ["autoencoder0", "autoencoder1"]
    again = pickle.loads(pickle.dumps(coder))
    np.testing.assert_array_equal(again.transform(X), coder.transform(X))
    np.testing.assert_array_equal(clone(coder).fit(X).transform(X), coder.transform(X))
    assert coder.fit(X.astype(np.float32)).transform(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("asked", "rows", "said"),
    [
        ({"hidden_layer_sizes": (0,)}, X, "hidden_layer_sizes must be"), ({"max_iter": 0}, X, "max_iter"),
        ({"hidden_layer_sizes": ()}, X, "hidden_layer_sizes must be"), ({"loss": "hinge"}, X, "loss must"),
        ({"learning_rate_init": 0}, X, "learning_rate_init must be"),
        ({}, np.ones((9, 3)), "there is no variance"),
        ({"amount": -1, "corruption": "masking"}, X, "amount must be"),
        ({"loss": "bernoulli_nll"}, 2 * X, "numbers from 0 to 1"),
        ({"schedule": "no"}, X, "schedule"),
        ({"contractive": 0.1, "hidden_layer_sizes": (4, 2)}, X, "is for an encoder of one layer"),
    ],
)  # fmt: skip
def test_misuse_is_refused(asked, rows, said):
    with pytest.raises(UsageError, match=said):
        Autoencoder(**asked).fit(rows)


def test_a_code_of_another_length_is_refused():
    coder = Autoencoder((4,), max_iter=1).fit(X)
    with pytest.raises(UsageError, match="a code has 4 numbers; these have 5"):
        coder.inverse_transform(np.ones((2, 5)))
