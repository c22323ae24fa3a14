"""What the estimators of networks do with their arguments, and what they keep."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

import gradatim
from gradatim import catalog
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.losses.numbers import Huber
from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.estimators import Adaline, MLPClassifier, MLPRegressor, Perceptron
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

IRIS = datasets.load_iris(return_X_y=True)
rng = np.random.default_rng(1)
X = rng.standard_normal((120, 4))
Y = X @ [1.0, -2.0, 0.5, 0.0] + 0.1 * rng.standard_normal(120)


def same(one, other):
    for a, b in zip(one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_the_training_of_the_same_network(dtype):
    """The same bits as Training's: the estimator is wiring."""
    x = X.astype(dtype)
    y = (Y > 0).astype(int)
    ours = MLPClassifier((8,), max_iter=7, random_state=5, batch_size=32, tol=0, dropout=0.2).fit(x, y)
    network = Network(mlp(4, 1, hidden=(8,), dropout=0.2), 5, dtype)
    training = Training(
        network, Dataset(x, y), "binary_cross_entropy", lr=0.001, epochs=7, batch_size=32, seed=5,
        l2=1e-4 * 4 / 120, precision=dtype,
    )  # fmt: skip
    losses = [record.train_loss for record in training]
    assert ours.loss_curve_ == losses
    assert ours.coefs_[0].dtype == dtype
    np.testing.assert_array_equal(ours.coefs_[0].T, network.parameters["1.weight"])
    assert ours.predict_proba(x).dtype == dtype


def test_the_catalogue_has_them():
    made = {row.load() for row in catalog.entries("estimator")}
    assert made >= {MLPClassifier, MLPRegressor, Perceptron, Adaline}
    for kind in (MLPClassifier, MLPRegressor, Perceptron, Adaline):
        assert getattr(gradatim, kind.__name__) is kind


def test_the_default_batch_is_200_or_all():
    wide = rng.standard_normal((450, 3))
    steps = MLPRegressor(max_iter=2, tol=0, random_state=0).fit(wide, wide[:, 0])
    assert steps._checkpoint.numbers["step"] == 2 * 3
    few = MLPRegressor(max_iter=2, tol=0, random_state=0).fit(wide[:50], wide[:50, 0])
    assert few._checkpoint.numbers["step"] == 2


def test_learned_attributes():
    frame = pd.DataFrame(IRIS[0], columns=["a", "b", "c", "d"])
    fitted = MLPClassifier((5, 4), max_iter=20, random_state=0, early_stopping=True).fit(frame, IRIS[1])
    assert fitted.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert (fitted.n_features_in_, fitted.n_layers_, fitted.n_outputs_) == (4, 4, 3)
    assert [c.shape for c in fitted.coefs_] == [(4, 5), (5, 4), (4, 3)]
    assert fitted.out_activation_ == "softmax"
    assert len(fitted.loss_curve_) == len(fitted.validation_scores_) == fitted.n_iter_
    assert fitted.t_ == fitted.n_iter_ * 135
    assert fitted.best_validation_score_ == max(fitted.validation_scores_)
    assert fitted.best_loss_ is None
    assert fitted.loss_ == fitted.loss_curve_[-1]


def test_in_pipelines_and_searches():
    pipe = make_pipeline(StandardScaler(), MLPClassifier((10,), solver="lbfgs", max_iter=60, random_state=0))
    assert cross_val_score(pipe, *IRIS).mean() > 0.93
    grid = {"mlpclassifier__alpha": [1e-4, 1e-1], "mlpclassifier__activation": ["relu", "tanh"]}
    search = GridSearchCV(pipe, grid, cv=3).fit(*IRIS)
    assert search.best_score_ > 0.93
    same(clone(pipe).fit(*IRIS)[-1], pipe.fit(*IRIS)[-1])


@pytest.mark.parametrize(("solver", "state"), [("adam", 2), ("nesterov", 1), ("sgd", 1), ("lbfgs", 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pickles_are_no_larger_than_the_parameters_warrant(solver, state, dtype):
    """Parameters and the optimizer's state, and 6 kB for everything else."""
    x = rng.standard_normal((60, 50)).astype(dtype)
    fitted = MLPClassifier((100,), solver=solver, max_iter=20, random_state=0).fit(x, x[:, 0] > 0)
    blob = pickle.dumps(fitted)
    size = sum(p.size for p in fitted.coefs_ + fitted.intercepts_) * fitted.coefs_[0].itemsize
    assert len(blob) <= size * (1 + state) + 6000
    assert b"torch" not in blob
    assert b"by_hand" not in blob
    again = pickle.loads(blob)
    np.testing.assert_array_equal(again.predict_proba(x), fitted.predict_proba(x))
    if solver != "lbfgs":  # and goes on as if it had never been away
        same(again.partial_fit(x, x[:, 0] > 0), fitted.partial_fit(x, x[:, 0] > 0))


@pytest.mark.parametrize("solver", ["adam", "sgd", "rmsprop", "muon"])
def test_partial_fit_is_fit_an_epoch_at_a_time(solver):
    """The optimizer's state, the shuffles and the masks of dropout go on where they were."""
    options = {"solver": solver, "hidden_layer_sizes": (9,), "batch_size": 25, "random_state": 2, "tol": 0}
    whole = MLPClassifier(max_iter=6, dropout=0.3, **options).fit(*IRIS)
    parts = MLPClassifier(max_iter=6, dropout=0.3, **options)
    for _ in range(6):
        parts.partial_fit(*IRIS, classes=[0, 1, 2])
    same(whole, parts)
    np.testing.assert_allclose(parts.loss_curve_, whole.loss_curve_, rtol=1e-12)
    assert parts.t_ == whole.t_ == 900


def test_partial_fit_knows_its_classes():
    x, y = IRIS
    online = MLPClassifier((10,), learning_rate_init=0.01, random_state=0)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        online.partial_fit(x, y)
    online.partial_fit(x[:50], y[:50], classes=[0, 1, 2])  # of one class only
    with pytest.raises(ValueError, match="`y` has classes not in"):
        online.partial_fit(x, y + 1)
    for _ in range(100):
        online.partial_fit(x, y)
    assert online.score(x, y) > 0.9
    assert not hasattr(MLPClassifier(solver="lbfgs"), "partial_fit")
    assert not hasattr(MLPRegressor(early_stopping=True), "partial_fit")


def test_warm_start_goes_on_from_the_weights():
    warm = MLPRegressor((6,), warm_start=True, max_iter=3, random_state=0).fit(X, Y)
    first = warm.loss_curve_[:]
    warm.fit(X, Y)
    assert warm.loss_curve_[:3] == first
    assert len(warm.loss_curve_) == 6
    assert warm.loss_curve_[3] < first[-1]
    warm.set_params(early_stopping=True, max_iter=2).fit(X, Y)
    assert len(warm.validation_scores_) == 2
    cold = MLPRegressor((6,), max_iter=3, random_state=0)
    same(cold.fit(X, Y), MLPRegressor((6,), max_iter=3, random_state=0).fit(X, Y))


def test_the_warning_of_scikit_learn():
    with pytest.warns(
        ConvergenceWarning, match=r"Maximum iterations \(3\) reached and the optimization hasn't"
    ):
        MLPRegressor(max_iter=3).fit(X, Y)
    with pytest.warns(UserWarning, match="It is going to be clipped"):
        MLPRegressor(max_iter=2, batch_size=1000).fit(X, Y)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", Huber(0.5)])
def test_losses_of_numbers(loss):
    fitted = MLPRegressor((20,), loss=loss, max_iter=300, learning_rate_init=0.01, random_state=0).fit(X, Y)
    assert fitted.score(X, Y) > 0.98
    clone(fitted).fit(X, Y)


@pytest.mark.parametrize(("loss", "factor"), [("gaussian_nll", 1), ("laplace_nll", 2 / np.pi**0.5)])
def test_the_spread_is_learned(loss, factor):
    """Noise of σ = 0.1 on the left and 0.5 on the right, to a quarter; √2 E|e| = 2σ/√π is Laplace's."""
    x = rng.uniform(-1, 1, (4000, 1))
    sigma = np.where(x[:, 0] < 0, 0.1, 0.5)
    y = x[:, 0] + sigma * rng.standard_normal(4000)
    fitted = MLPRegressor((30,), loss=loss, max_iter=150, learning_rate_init=0.01, random_state=0, tol=0).fit(
        x, y
    )
    mean, std = fitted.predict(x, return_std=True)
    assert abs(mean - x[:, 0]).mean() < 0.1
    np.testing.assert_allclose(
        [std[x[:, 0] < 0].mean(), std[x[:, 0] > 0].mean()], factor * np.array([0.1, 0.5]), rtol=0.25
    )
    both = MLPRegressor((5,), loss=loss, max_iter=2, random_state=0).fit(x, np.column_stack([y, -y]))
    mean, std = both.predict(x, return_std=True)
    assert mean.shape == std.shape == (4000, 2)
    with pytest.raises(UsageError, match="return_std needs the loss gaussian_nll or laplace_nll"):
        MLPRegressor(max_iter=2).fit(x, y).predict(x, return_std=True)


def test_hinge_and_losses_that_are_objects():
    y = np.where(X[:, 0] > 0, "up", "down")
    hinge = MLPClassifier((8,), loss="hinge", max_iter=200, learning_rate_init=0.01, random_state=0).fit(X, y)
    assert hinge.score(X, y) > 0.97
    assert not hasattr(hinge, "predict_proba")
    assert ((hinge.decision_function(X) > 0) == (hinge.predict(X) == "up")).all()
    softmax = MLPClassifier((8,), loss=CrossEntropy(), max_iter=200, random_state=0, learning_rate_init=0.01)
    assert softmax.fit(X, y).predict_proba(X).shape == (120, 2)
    assert softmax.coefs_[-1].shape == (8, 2)  # a softmax over two
    assert softmax.score(X, y) > 0.97
    with pytest.raises(UsageError, match="the hinge loss is for two classes; y has 3"):
        MLPClassifier(loss="hinge").fit(*IRIS)


def test_labels_side_by_side():
    y = (X[:, :3] > 0).astype(int)
    fitted = MLPClassifier((20,), max_iter=300, learning_rate_init=0.01, random_state=0).fit(X, y)
    assert fitted.score(X, y) > 0.95  # every label of a row right
    assert fitted.predict_proba(X).shape == (120, 3)
    assert fitted.out_activation_ == "logistic"
    np.testing.assert_array_equal(fitted.predict(X), fitted.predict_proba(X) > 0.5)


def test_class_weights_are_sample_weights():
    x, y = IRIS
    options = {"max_iter": 5, "random_state": 0, "hidden_layer_sizes": (5,)}
    for asked in ("balanced", {0: 1.0, 1: 2.0, 2: 0.5}):
        by_class = MLPClassifier(class_weight=asked, **options).fit(x[20:], y[20:])
        by_row = MLPClassifier(**options).fit(x[20:], y[20:], compute_sample_weight(asked, y[20:]))
        same(by_class, by_row)
    assert not hasattr(MLPClassifier(class_weight="balanced"), "partial_fit")
    without = MLPClassifier(class_weight={2: 0.0}, max_iter=100, random_state=0).fit(x, y)
    assert without.classes_.tolist() == [0, 1, 2]
    assert 2 not in without.predict(x)


def test_dropout_and_smoothing_change_training_but_not_prediction():
    options = {"hidden_layer_sizes": (30,), "max_iter": 60, "random_state": 0, "learning_rate_init": 0.01}
    plain = MLPClassifier(**options).fit(*IRIS)
    dropped = MLPClassifier(dropout=0.5, **options).fit(*IRIS)
    smooth = MLPClassifier(label_smoothing=0.3, **options).fit(*IRIS)
    assert dropped.loss_ > plain.loss_
    assert smooth.predict_proba(IRIS[0]).max() < 0.95 < plain.predict_proba(IRIS[0]).max()
    np.testing.assert_array_equal(dropped.predict_proba(IRIS[0]), dropped.predict_proba(IRIS[0]))


@pytest.mark.parametrize("activation", [*catalog.names("activation"), "logistic"])
def test_every_activation(activation):
    fitted = MLPRegressor((6, 4), activation=activation, max_iter=30, random_state=0).fit(X, Y)
    assert len(fitted.coefs_) == 3
    assert fitted.predict(X).shape == (120,)
    if activation != "step":  # whose derivative is 0
        assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


def test_schedules():
    options = {"max_iter": 30, "random_state": 0, "tol": 0, "learning_rate_init": 0.02}
    cosine = MLPRegressor(learning_rate="cosine:warmup=0.1", **options).fit(X, Y)
    assert cosine.loss_ < MLPRegressor(**options).fit(X, Y).loss_curve_[0]
    assert MLPRegressor(learning_rate="adaptive", **{**options, "max_iter": 400}).fit(X, Y).score(X, Y) > 0.9


def test_many_threads_may_predict_at_once():
    fitted = MLPRegressor((50, 50), max_iter=3, random_state=0).fit(X, Y)
    parts = [rng.standard_normal((n, 4)) for n in range(1, 200)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fitted.predict, parts))
    for x, answer in zip(parts, together, strict=True):
        np.testing.assert_array_equal(answer, fitted.predict(x))


def test_the_torch_engine_trains_the_same():
    """In float64, to rounding; partial_fit goes on; no torch in what is kept."""
    options = {"max_iter": 8, "random_state": 1, "batch_size": 30, "hidden_layer_sizes": (6,), "tol": 0}
    by_hand, by_torch = (MLPClassifier(engine=name, dropout=0.2, **options) for name in ("numpy", "torch"))
    for one in (by_hand, by_torch):
        one.fit(*IRIS).partial_fit(*IRIS)
    np.testing.assert_allclose(by_torch.loss_curve_, by_hand.loss_curve_, rtol=1e-10)
    for a, b in zip(by_hand.coefs_, by_torch.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)
    assert b"torch" not in pickle.dumps(by_torch.set_params(engine="auto"))
    with pytest.raises(UsageError, match="a loss that is an object is NumPy's"):
        MLPClassifier(engine="torch", loss=CrossEntropy()).fit(*IRIS)


def test_the_torch_engine_learns_numbers():
    options = {"max_iter": 8, "random_state": 1, "tol": 0}
    for loss in ("squared_error", "absolute_error", "huber", "gaussian_nll", "laplace_nll"):
        one, other = (
            MLPRegressor(loss=loss, engine=name, **options).fit(X, Y) for name in ("numpy", "torch")
        )
        np.testing.assert_allclose(one.loss_curve_, other.loss_curve_, rtol=1e-10)


def test_a_large_network_is_torchs_by_the_rule_of_a_run():
    """A batch of 200 through 400 + 400 units is beyond 10⁸ multiply-adds; three units are not."""
    x = rng.standard_normal((200, 400)).astype("float32")
    large = MLPRegressor((400, 400), max_iter=1, random_state=0).fit(x, x[:, 0])
    assert large._checkpoint.engine == "pt"
    assert MLPRegressor((3,), max_iter=1, random_state=0).fit(x, x[:, 0])._checkpoint.engine == "np"
    own = MLPRegressor((400, 400), loss=Huber(2.0), max_iter=1, random_state=0).fit(x, x[:, 0])
    assert own._checkpoint.engine == "np"  # torch has no such object
    assert b"torch" not in pickle.dumps(large)


def test_fitting_imports_no_torch():
    script = (
        "import sys, gradatim\n"
        "assert not {'torch', 'numpy', 'sklearn'} & set(sys.modules)\n"
        "import numpy as np\n"
        "x = np.arange(12.0).reshape(6, 2)\n"
        "gradatim.MLPClassifier(max_iter=2).fit(x, [0, 1, 2, 0, 1, 2]).predict(x)\n"
        "gradatim.Perceptron().fit(x, [0, 0, 0, 1, 1, 1])\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"solver": "adm"}, "unknown solver 'adm': did you mean adam"),
        ({"activation": "rleu"}, "unknown activation 'rleu': did you mean relu"),
        ({"alpha": -1}, "alpha must be a number at least 0; it is -1"),
        ({"hidden_layer_sizes": (3, 0)}, "hidden_layer_sizes must be a whole number of at least 1; it is 0"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1; it is 0"),
        ({"max_iter": 0}, "max_iter must be a whole number of at least 1; it is 0"),
        ({"learning_rate": "cosin"}, "unknown schedule 'cosin': did you mean cosine"),
        (
            {"learning_rate": "plateau:patience=3"},
            "plateau watches validation examples; learning_rate='adaptive'",
        ),
        ({"learning_rate_init": 0}, "learning_rate_init must be a number above 0; it is 0"),
        ({"momentum": 1.0}, "momentum must be a number at least 0 and below 1; it is 1.0"),
        ({"dropout": 1}, "dropout must be a number at least 0 and below 1; it is 1"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be a whole number of at least 1; it is 0"),
        (
            {"early_stopping": True, "validation_fraction": 1.5},
            "validation_fraction must be a number above 0",
        ),
        ({"loss": "squared"}, "loss must be squared_error or absolute_error"),
        ({"engine": "jax"}, "engine must be auto or numpy or torch; it is 'jax'"),
        ({"engine": "numpy", "device": "cuda"}, "a network by hand runs on the CPU"),
        ({"random_state": -1}, "random_state must be a whole number of at least 0; it is -1"),
        ({"init": "he"}, "unknown initialiser 'he'"),
    ],
)
def test_bad_arguments_are_sentences(options, sentence):
    with pytest.raises(ValueError) as raised:
        MLPRegressor(**options).fit(X, Y)
    assert str(raised.value).startswith(sentence)


def test_bad_data_are_said_in_scikit_learns_words():
    with pytest.raises(ValueError, match="Input X contains NaN"):
        MLPRegressor().fit(np.where(X > 2, np.nan, X), Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MLPClassifier().fit(X, [0, 1])
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        MLPClassifier().fit(X, Y)
    with pytest.raises(ValueError, match="X has 3 features, but MLPRegressor is expecting 4 features"):
        MLPRegressor(max_iter=2).fit(X, Y).predict(X[:, :3])
    with pytest.raises(ValueError, match="at least one non-zero number"):
        MLPRegressor().fit(X, Y, np.zeros(120))
    with pytest.raises(ValueError, match="at least 2 classes"):
        MLPClassifier().fit(X, np.zeros(120))
    with pytest.raises(NonFiniteLoss, match="try a learning rate below"):
        MLPRegressor(solver="sgd", learning_rate_init=1e3).fit(1e6 * X, Y)
