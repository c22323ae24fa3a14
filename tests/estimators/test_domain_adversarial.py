"""G5: the classifier of two domains, for scikit-learn's pipelines."""

import pickle

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.checks import UsageError
from gradatim.estimators import DomainAdversarialClassifier
from gradatim.models.building import build
from gradatim.transfer.adversarial import DomainAdversarial


def domains(n=240):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(n, 2)), np.arange(n) % 2
    x[:, 0] += 3 * y
    return x, y, x + np.array([0.0, 2.0])


@pytest.mark.parametrize("way", ["dann", "cdan", "coral", "mmd"])
def test_each_way_learns_and_is_repeated_by_its_seed(way):
    x, y, t = domains()
    one, other = (
        DomainAdversarialClassifier(
            (32,), adaptation=way, learning_rate_init=0.02, max_iter=20, random_state=3
        ).fit(x, y, t)
        for _ in range(2)
    )
    assert all((a == b).all() for a, b in zip(one.coefs_, other.coefs_, strict=True))
    assert one.score(t, y) > 0.8 and len(one.discrepancies_) == 20
    assert len(one.domain_accuracies_) == (20 if way in ("dann", "cdan") else 0)
    assert (pickle.loads(pickle.dumps(one)).predict(t) == one.predict(t)).all()


def test_it_is_the_loop_of_the_same_settings():
    x, y, t = domains()
    net = DomainAdversarialClassifier((8,), max_iter=3, random_state=5).fit(x, y, t)
    network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [8]}, 5).double()
    how = {"epochs": 3, "lr": 3e-3, "schedule": "cosine", "seed": 5, "precision": "float64"}
    loop = DomainAdversarial(network, (x, y), t, **how)
    assert [record.train_loss for record in loop] == pytest.approx(net.loss_curve_, rel=1e-5)


def test_without_a_target_it_is_a_classifier_of_the_source_and_goes_into_a_pipeline():
    x, y, t = domains()
    pipeline = make_pipeline(
        StandardScaler(), DomainAdversarialClassifier((8,), learning_rate_init=0.02, max_iter=20)
    )
    assert pipeline.fit(x, y).score(x, y) > 0.85
    assert pipeline[-1].discrepancies_ == []
    scaled = StandardScaler().fit_transform(t)
    pipeline.fit(x, y, domainadversarialclassifier__X_target=scaled)
    assert len(pipeline[-1].discrepancies_) == 20


def test_what_cannot_be_is_refused():
    x, y, t = domains()
    with pytest.raises(UsageError, match="X_target must have the columns of X: X has 2, X_target 1"):
        DomainAdversarialClassifier().fit(x, y, t[:, :1])
    with pytest.raises(UsageError, match="adaptation must be"):
        DomainAdversarialClassifier(adaptation="adda").fit(x, y, t)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["a", "c"], "in their order: it is without 'b' and it is with 'c'"),
        (["b", "a"], "in their order: they are 'a', 'b', its own 'b', 'a'"),
    ],
)
def test_columns_of_data_frames_must_be_the_same(columns, says):
    pandas = pytest.importorskip("pandas")
    x, y, t = domains()
    source = pandas.DataFrame(x, columns=["a", "b"])
    with pytest.raises(UsageError, match=says):
        DomainAdversarialClassifier().fit(source, y, pandas.DataFrame(t, columns=columns))
