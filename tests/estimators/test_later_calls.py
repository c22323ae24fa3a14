"""What a later call is given is checked as in the first, and a call that fails leaves nothing behind."""

import copy

import numpy as np
import pytest

from gradatim.checks import NonFiniteLoss
from gradatim.estimators import Adaline, MLPClassifier, MLPRegressor, Perceptron

X = np.random.default_rng(0).standard_normal((40, 3))
Y = np.array(["1", "2"] * 20)
COLUMNS = (X > 0).astype(int)
CLASSIFIERS = {
    "multilayer": lambda: MLPClassifier((4,), random_state=0),
    "perceptron": Perceptron,
    "adaline": Adaline,
}
EACH = pytest.mark.parametrize("kind", CLASSIFIERS)


@EACH
@pytest.mark.parametrize("others", [["1", "3"], ["1"], ["1", "2", "3"], [1, 2], []])
def test_other_classes_in_a_later_call(kind, others):
    model = CLASSIFIERS[kind]().partial_fit(X, Y, classes=["1", "2"])
    before = copy.deepcopy(vars(model))
    with pytest.raises(ValueError, match=r"`classes=.*` is not the same as on last call to partial_fit, was: "
                                         if others else "No|argument|classes"):  # fmt: skip
        model.partial_fit(X, Y, classes=others)
    assert model.classes_.tolist() == before["classes_"].tolist()
    model.partial_fit(X, Y, classes=["2", "1", "1"])  # the same, in another order
    model.partial_fit(X, Y)


@EACH
def test_after_fit_the_classes_are_those_of_fit(kind):
    model = CLASSIFIERS[kind]().fit(X, X[:, 0] > 0)
    with pytest.raises(ValueError, match="is not the same as on last call"):
        model.partial_fit(X, X[:, 0] > 0, classes=[0, 2])
    model.partial_fit(X, X[:, 0] > 0, classes=[False, True])


@EACH
def test_labels_of_another_type_are_other_labels(kind):
    """1 is not "1": NumPy would compare them as texts."""
    model = CLASSIFIERS[kind]().partial_fit(X, Y, classes=["1", "2"])
    with pytest.raises(ValueError, match=r"`self.classes_` has \['1' '2'\]. 'y' has \[1 2\]"):
        model.partial_fit(X, Y.astype(int))


@EACH
@pytest.mark.parametrize(
    ("x", "y", "classes"),
    [(X * np.nan, Y, ["1", "2"]), (X, Y, ["1", "3"]), (X, Y, ["1"]), (X, Y, None), (X, Y[:-1], ["1", "2"])],
    ids=["nan", "a label without a class", "one class", "no classes", "other rows"],
)
def test_a_first_call_that_fails_is_no_call(kind, x, y, classes):
    model = CLASSIFIERS[kind]()
    with pytest.raises(ValueError):
        model.partial_fit(x, y, classes=classes)
    assert not hasattr(model, "classes_")
    model.partial_fit(X, Y, classes=["1", "2"])
    straight = CLASSIFIERS[kind]().partial_fit(X, Y, classes=["1", "2"])
    np.testing.assert_array_equal(model.decision_function(X), straight.decision_function(X))


@pytest.mark.parametrize(
    ("first", "classes", "later", "sentence"),
    [
        (COLUMNS, [0, 1, 2], COLUMNS[:, :2], "y has 2 columns of labels, but the classes are 3"),
        (COLUMNS, [0, 1, 2], Y, "y has one class a row, but what is learned has 0 and 1 in columns"),
        (Y, ["1", "2"], COLUMNS, "y has 0 and 1 in columns, but what is learned has one class a row"),
    ],
)
def test_targets_of_another_kind_in_a_later_call(first, classes, later, sentence):
    model = MLPClassifier((4,), random_state=0).partial_fit(X, first, classes=classes)
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        model.partial_fit(X, later)


def test_columns_that_are_not_as_many_as_the_classes():
    with pytest.raises(ValueError, match=r"^y has 3 columns of labels, but the classes are 2$"):
        MLPClassifier((4,)).partial_fit(X, COLUMNS, classes=[0, 1])


@pytest.mark.parametrize("warm", [False, True])
def test_numbers_of_other_outputs_in_a_later_call(warm):
    model = MLPRegressor((4,), random_state=0, warm_start=True, max_iter=1000, tol=1e9).fit(X, X[:, :2])
    with pytest.raises(ValueError, match=r"^y has 1 outputs, but those of the first call were 2$"):
        (model.fit if warm else model.partial_fit)(X, X[:, 0])


DIVERGING = {"solver": "sgd", "max_iter": 50, "random_state": 0, "early_stopping": True}


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [MLPRegressor, MLPClassifier])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_fit_that_diverges_names_step_and_layer(engine, dtype, kind, share):
    """With early stopping the held-out examples may see it first; they said "Input contains NaN"."""
    rate = float(np.finfo(dtype).max) ** share / 1e3
    y = X[:, 0].astype(dtype) if kind is MLPRegressor else Y
    model = kind((4,), engine=engine, learning_rate_init=rate, **DIVERGING)
    with pytest.raises(NonFiniteLoss) as raised:
        model.fit(X.astype(dtype), y)
    assert "step " in str(raised.value) and "layer" in str(raised.value)
    assert str(raised.value).endswith(f"try a learning rate below {rate:g}")


def test_the_held_out_examples_see_it_after_the_last_step():
    """One epoch, after which every weight is finite and no output is."""
    model = MLPRegressor((4,), learning_rate_init=1e200, **{**DIVERGING, "max_iter": 1})
    with pytest.raises(NonFiniteLoss, match=(
        r"^after step 1 \(epoch 1\) the held-out examples have no score: layer 3 \(Dense\) gave an infinite "
    )):  # fmt: skip
        model.fit(X, X[:, 0])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_large_targets_are_no_divergence():
    """1e25 in single precision, whose squares are beyond it, by the absolute error."""
    y = (X[:, 0] * 1e25).astype("float32")
    model = MLPRegressor((), loss="absolute_error", early_stopping=True, random_state=0, max_iter=5)
    assert np.isfinite(model.fit(X.astype("float32"), y).validation_scores_).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("number", [np.float64, np.float32, np.array, lambda x: np.array([x])])
def test_arguments_of_numpy(number):
    """Powers of two, exact in every type: the fit is the same, bit for bit."""
    plain = {
        "alpha": 0.0,
        "learning_rate_init": 0.25,
        "momentum": 0.5,
        "tol": 0.0,
        "dropout": 0.25,
        "power_t": 0.5,
    }
    counts = {"max_iter": 3, "batch_size": 8, "random_state": 4, "n_iter_no_change": 2}
    options = {"hidden_layer_sizes": (4,), "solver": "sgd", "learning_rate": "invscaling"}
    one = MLPRegressor(**plain, **counts, **options).fit(X, X[:, 0])
    given = {name: number(value) for name, value in plain.items()}
    whole = {name: np.int64(value) for name, value in counts.items()}
    other = MLPRegressor(**given, **whole, **{**options, "hidden_layer_sizes": np.array([4])}).fit(X, X[:, 0])
    np.testing.assert_array_equal(one.predict(X), other.predict(X))
    for unit in (Perceptron, Adaline):
        first = unit(eta0=0.5, max_iter=3, tol=0.0).fit(X, Y)
        second = unit(eta0=number(0.5), max_iter=np.int32(3), tol=number(0.0), random_state=np.int64(0)).fit(
            X, Y
        )
        np.testing.assert_array_equal(first.coef_, second.coef_)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_whole_numbers_of_numpy_where_any_number_is_asked():
    Perceptron(eta0=np.int64(1)).fit(X, Y)
    MLPClassifier((4,), alpha=np.int64(0), max_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match=r"^alpha must be a number at least 0; it is -1$"):
        MLPClassifier((4,), alpha=np.int64(-1), max_iter=2).fit(X, Y)
