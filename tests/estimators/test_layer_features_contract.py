"""scikit-learn's own checks of a layer of a run as a transformer, none expected to fail."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_array

import gradatim
from gradatim.checks import UsageError
from gradatim.estimators.layer_features import LayerFeatures


class OfEachWidth(LayerFeatures):
    """A layer of the run whose examples have as many columns as X: the checks come with 1 to 20.

    In float64, in which an example has the same features alone and among others.
    """

    home = None

    def fit(self, X=None, y=None):
        held, self.run = self.run, self.home / str(columns(X))
        if not self.run.exists():
            x = np.random.default_rng(0).normal(size=(30, columns(X)))
            gradatim.train((x, np.arange(30) % 2), hidden=[4], epochs=1, engine="torch", precision="float64",
                           out=self.run, quiet=True)  # fmt: skip
        try:
            return super().fit(X, y)
        finally:
            self.run = held

    def transform(self, X):
        return super().transform(X) if hasattr(self, "trained_") else self.fit(X).transform(X)


def columns(X):
    try:
        return check_array(X, dtype=None, ensure_all_finite=False).shape[1]
    except (ValueError, TypeError):
        return 3


@pytest.fixture(autouse=True, scope="module")
def home(tmp_path_factory):
    OfEachWidth.home = tmp_path_factory.mktemp("runs")


@parametrize_with_checks([OfEachWidth(layer="1"), OfEachWidth(layer="2", pooling="max")])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_features_are_those_of_the_weights_and_arrays_are_checked_before(tmp_path):
    """h = relu(W z + b), z the columns around their mean, by hand; frames give the same, and have names."""
    import pandas as pd

    x = np.random.default_rng(1).normal(3, 2, size=(40, 3))
    run = gradatim.train((x, np.arange(40) % 2), hidden=[4], epochs=1, engine="torch", precision="float64",
                         out=tmp_path / "run", quiet=True)  # fmt: skip
    layer = next(one for one in run.model.modules() if getattr(one, "out_features", 0) == 4)
    W, b = (one.detach().numpy() for one in (layer.weight, layer.bias))
    z = np.asarray(run.trained.encoder.encode(x, np.float64))
    made = gradatim.features(run, "2").fit(x)
    np.testing.assert_allclose(made.transform(x), np.maximum(z @ W.T + b, 0), atol=1e-12)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    named = gradatim.features(run, "2").fit(frame)
    np.testing.assert_array_equal(named.transform(frame), made.transform(x))
    assert named.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="contains NaN"):
        made.transform(np.full((2, 3), np.nan))
    with pytest.raises(ValueError, match="expecting 3 features"):
        made.transform(x[:, :2])


def test_a_file_has_as_many_features_as_its_rows(tmp_path):
    lines = [f"{i},{i % 7},{'yes' if i % 2 else 'no'}" for i in range(60)]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["a,b,y", *lines]) + "\n")
    run = gradatim.train(file, target="y", hidden=[5], epochs=1, out=tmp_path / "run", quiet=True)
    made = gradatim.features(run, "1").fit(str(file))
    assert made.transform(str(file)).shape == (60, 5) and len(made.get_feature_names_out()) == 5
    with pytest.raises(UsageError, match="trained on a table"):
        made.transform(np.zeros((3, 2)))
