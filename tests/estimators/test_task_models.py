"""Linear models of several tasks: what was planted is found, every form of X and y, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import MultiTaskLasso
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, ParameterGrid, StratifiedKFold

from gradatim.checks import UsageError
from gradatim.estimators import ClusteredMultiTask, JointSparsity, LowRank, RobustMultiTask

RNG = np.random.default_rng(0)
M, D = 8, 20
XS = [RNG.standard_normal((n, D)) for n in (30, 40, 25, 35, 30, 45, 30, 25)]


def targets(W, noise=0.3, signs=False):
    ys = [
        X @ w + noise * np.random.default_rng(1).standard_normal(len(X)) for X, w in zip(XS, W, strict=True)
    ]
    return [(y > np.median(y)).astype(int) for y in ys] if signs else ys


def sparse_weights():
    W = np.zeros((M, D))
    W[:, [2, 5, 11]] = np.random.default_rng(2).choice([-1, 1], (M, 3)) * np.linspace(1, 2, M)[:, None]
    return W


@pytest.mark.parametrize("q", [2, np.inf])
@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_the_planted_features_are_found(q, loss):
    """The path passes through exactly the planted support."""
    model = JointSparsity(q=q, loss=loss, tol=1e-4)
    path = model.path(XS, targets(sparse_weights(), signs=loss == "logistic"), n_strengths=12, ratio=0.15)
    supports = [tuple(np.flatnonzero(W.any(axis=0))) for W in path.coefs]
    assert supports[0] == ()
    assert (2, 5, 11) in supports
    assert (path.dual_gaps <= 1e-4).all()


def test_the_planted_rank_is_found():
    """Two directions, and the space that they span to 0.1."""
    rng = np.random.default_rng(3)
    A, B = rng.standard_normal((M, 2)), rng.standard_normal((2, D))
    model = LowRank(20.0).fit(XS, targets(A @ B))
    assert model.rank_ == 2
    Q = np.linalg.qr(B.T)[0]
    assert np.linalg.norm(model.directions_ - model.directions_ @ Q @ Q.T) < 0.2


def test_the_planted_outliers_are_found():
    W, rng = sparse_weights(), np.random.default_rng(4)
    W[:, [2, 5, 11]] = abs(W[:, [2, 5, 11]])
    W[[1, 6]] = 1.5 * rng.standard_normal((2, D))
    model = RobustMultiTask(0.15, 0.2).fit(XS, targets(W))
    assert list(model.outliers_) == [1, 6]
    assert set(model.features_) == {2, 5, 11}
    np.testing.assert_allclose(model.P_ + model.Q_, model.coef_, atol=1e-12)


@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_the_planted_clusters_are_found(loss):
    """And within a cluster weights are nearer to each other than those learned alone."""
    centres, of = np.random.default_rng(5).standard_normal((3, D)), np.array([0, 1, 2, 0, 1, 2, 0, 1])
    ys = targets(centres[of], noise=0.5, signs=loss == "logistic")
    model = ClusteredMultiTask(3, strength=20.0 if loss == "squared" else 2.0, loss=loss).fit(XS, ys)
    assert list(model.clusters_) == list(of)
    np.testing.assert_allclose(np.trace(model.relation_), 3, atol=1e-9)

    def spread(W):
        return sum(((W[of == c] - W[of == c].mean(0)) ** 2).sum() for c in range(3)) / (W**2).sum()

    alone = ClusteredMultiTask(3, strength=1e-3, loss=loss, tol=1e-4, max_iter=20_000)
    assert spread(model.coef_) < 0.5 * spread(alone.fit(XS, ys).coef_)


def test_rows_that_tasks_share_give_the_multi_task_lasso():
    """Multi-label regression is the case of one X: scikit-learn's weights to 1e-6, given either way."""
    rng = np.random.default_rng(6)
    X = rng.standard_normal((50, 12))
    Y = X[:, :3] @ rng.standard_normal((3, 4)) + 0.3 * rng.standard_normal((50, 4))
    theirs = MultiTaskLasso(alpha=0.2, tol=1e-12, max_iter=50_000).fit(X, Y)
    shared = JointSparsity(0.2 * 50, tol=1e-12).fit(X, Y)
    apart = JointSparsity(0.2 * 50, tol=1e-12).fit([X] * 4, list(Y.T))
    for ours in (shared, apart):
        np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
        np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-6)
    np.testing.assert_allclose(shared.predict(X), theirs.predict(X), atol=1e-6)


def test_labels_are_tasks_that_share_rows():
    """Multi-label classification: one X with a column of y a label is the list of tasks with the same X."""
    rng = np.random.default_rng(7)
    X = rng.standard_normal((60, 6))
    Y = (X @ rng.standard_normal((6, 3)) > 0).astype(int)
    shared, apart = (JointSparsity(1.0, loss="logistic", tol=1e-8) for _ in range(2))
    shared.fit(X, Y)
    apart.fit([X] * 3, list(Y.T))
    np.testing.assert_allclose(shared.coef_, apart.coef_, atol=1e-3)
    assert (shared.predict(X) == np.stack(apart.predict([X] * 3), 1)).all()
    np.testing.assert_allclose(
        shared.predict_proba(X)[:, 1], apart.predict_proba([X] * 3)[1][:, 1], atol=1e-3
    )


def test_exclusive_classes_are_tasks_of_one_softmax():
    """Multi-class: the optimum's conditions of softmax with grouped rows, to 1e-3; probabilities add to 1.

    X_jᵀ(p − y) is −λ w_j/‖w_j‖ for a feature in use, at most λ for others; Σ(p − y) is 0.
    """
    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    model = JointSparsity(20.0, loss="logistic", tol=1e-12).fit(X, np.array(["a", "b", "c"])[y])
    p = model.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1, atol=1e-12)
    residual = p - np.eye(3)[y]
    G, W = X.T @ residual, model.coef_.T
    np.testing.assert_allclose(residual.sum(0), 0, atol=1e-5)
    used = W.any(axis=1)
    assert 0 < used.sum() < 4
    size = np.linalg.norm(W[used], axis=1, keepdims=True)
    np.testing.assert_allclose(G[used], -20 * W[used] / size, atol=1e-3)
    assert (np.linalg.norm(G[~used], axis=1) <= 20 + 1e-5).all()
    assert model.score(X, np.array(["a", "b", "c"])[y]) > 0.8


@pytest.mark.parametrize("kind", [JointSparsity, LowRank, RobustMultiTask, ClusteredMultiTask])
def test_a_column_of_tasks_says_what_lists_say(kind):
    """Rows in any order, tasks by number or by name, arrays or frames: weights and answers are the lists'."""
    ys = targets(sparse_weights())
    lists = kind().fit(XS, ys)
    X, y, of = np.concatenate(XS), np.concatenate(ys), np.repeat(np.arange(M), [len(y) for y in ys])
    order = np.random.default_rng(0).permutation(len(y))
    inside = np.concatenate([X[:, :4], of[:, None], X[:, 4:]], axis=1)[order]
    column = kind(task_column=4).fit(inside, y[order])
    np.testing.assert_allclose(column.coef_, lists.coef_, atol=1e-9)
    assert list(column.tasks_) == list(range(M))
    found = np.empty(len(y))
    found[order] = column.predict(inside)
    np.testing.assert_allclose(found, np.concatenate(lists.predict(XS)), atol=1e-9)
    frame = pd.DataFrame(X[order]).assign(school=np.array(list("abcdefgh"))[of[order]])
    frame.columns = [str(name) for name in frame]
    named = kind(task_column="school").fit(frame, y[order])
    np.testing.assert_allclose(named.coef_, lists.coef_, atol=1e-9)
    np.testing.assert_allclose(named.predict(frame), column.predict(inside), atol=1e-9)


def test_the_last_solution_of_a_path_is_the_one_of_its_strength():
    ys = targets(sparse_weights())
    for model in (JointSparsity(tol=1e-10), LowRank(tol=1e-10), RobustMultiTask(0.02, 0.01, tol=1e-10)):
        path = model.path(XS, ys, n_strengths=5, ratio=0.2)
        assert not path.coefs[0].any()
        last = model.coef_
        if isinstance(model, RobustMultiTask):
            model.set_params(strength_tasks=path.strengths[-1] / 2, strength_features=path.strengths[-1])
        else:
            model.set_params(strength=path.strengths[-1])
        np.testing.assert_allclose(model.fit(XS, ys).coef_, last, atol=1e-4)
        np.testing.assert_array_equal(path.coefs[-1], last)


def test_tasks_of_one_row_and_ten_thousand_tasks():
    """A task of one row has weights of others' features only; its intercept is its target."""
    rng = np.random.default_rng(0)
    one = JointSparsity(1.0).fit([*XS, XS[0][:1]], [*targets(sparse_weights()), np.array([7.0])])
    assert not one.coef_[-1].any()
    np.testing.assert_allclose(one.predict([*XS, XS[0][:1]])[-1], 7.0)
    X = np.concatenate([rng.standard_normal((20_000, 3)), np.repeat(np.arange(10_000.0), 2)[:, None]], axis=1)
    many = JointSparsity(5.0, task_column=3, tol=1e-3).fit(X, X[:, 0] + 0.1 * rng.standard_normal(20_000))
    assert many.coef_.shape == (10_000, 3)
    assert np.linalg.norm(many.coef_, axis=0).argmax() == 0


def test_too_few_iterations_are_said():
    with pytest.warns(
        ConvergenceWarning, match=r"^the duality gap is .* after 1 iterations, and tol is 1e-12"
    ):
        LowRank(max_iter=1, tol=1e-12).fit(XS, targets(sparse_weights()))


YS = [np.arange(len(X), dtype=float) for X in XS]
BAD = {
    "strength must be a number above 0; it is -1": lambda: JointSparsity(-1).fit(XS, YS),
    "strength must be a number above 0; it is 0": lambda: LowRank(0).fit(XS, YS),
    "strength_tasks must be a number above 0": lambda: RobustMultiTask(0.1, -0.1).fit(XS, YS),
    "q must be 1, 2 or inf; it is 3": lambda: JointSparsity(q=3).fit(XS, YS),
    "loss must be squared or logistic": lambda: JointSparsity(loss="hinge").fit(XS, YS),
    "task 1 has no rows": lambda: LowRank().fit([XS[0], XS[1][:0]], [YS[0], YS[1][:0]]),
    "task 2 has 19 columns and task 0 has 20": lambda: LowRank().fit([*XS[:2], XS[2][:, 1:]], YS[:3]),
    "task 1 has other columns than task 0, 'z' for one": lambda: LowRank().fit(
        [pd.DataFrame(X[:, :2], columns=list(names)) for X, names in zip(XS, ("ab", "az"), strict=False)],
        YS[:2],
    ),
    "there are 8 tasks in X and 7 in y": lambda: LowRank().fit(XS, YS[:7]),
    r"task 1 has 40 rows in X, and y of shape \(39,\)": lambda: LowRank().fit(XS[:2], [YS[0], YS[1][1:]]),
    "task 1: Input contains NaN": lambda: LowRank().fit([XS[0], XS[1] * np.nan], YS[:2]),
    "task 1: y is not finite in row 3": lambda: LowRank().fit(
        XS[:2], [YS[0], np.where(YS[1] == 3, np.inf, 0)]
    ),
    "task_column must be the number of a column, of 20; it is 20": lambda: LowRank(task_column=20).fit(
        XS[0], YS[0]
    ),
    "the task column has 30 different values": lambda: LowRank(task_column=0).fit(XS[0], YS[0]),
    "row 0 has no task": lambda: LowRank(task_column=0).fit(XS[0] * np.nan, YS[0]),
    "task 1 has one class, 0, in all of its 40 rows": lambda: JointSparsity(loss="logistic").fit(
        XS[:2], [(YS[0] > 5) * 1, np.zeros(40, int)]
    ),
    "y must have two classes in all tasks together": lambda: JointSparsity(loss="logistic").fit(
        XS[:2], [YS[0] % 3, YS[1] % 3]
    ),
    "row 0 is of task 9.0, which was not learned": lambda: LowRank(task_column=0).fit(
        np.ones((3, 2)) * [[1], [1], [2]], [1.0, 2, 3]).predict([[9.0, 1]]),
    "X must be a list of 2 tables": lambda: LowRank().fit(XS[:2], YS[:2]).predict(XS[0]),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BAD)
def test_what_does_not_fit_is_refused_in_words(sentence):
    with pytest.raises(UsageError, match=sentence):
        BAD[sentence]()


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        (JointSparsity(tol=1e-9), {"strength": [0.5, 8.0, 100.0]}),
        (LowRank(tol=1e-9), {"strength": [0.5, 8.0, 100.0]}),
        (RobustMultiTask(tol=1e-9), {"strength_features": [0.01, 0.3]}),
        (ClusteredMultiTask(n_clusters=2, tol=1e-9), {"strength": [0.01, 1.0]}),
    ],
)
def test_grid_search_of_a_task_column_is_the_loop_over_lists(model, grid):
    """Each fold by hand: lists without its rows are learned; R² is over all rows left out, of all tasks."""
    rng = np.random.default_rng(5)
    Xs = [rng.normal(size=(15, 6)) for _ in range(3)]
    ys = [X[:, :2] @ rng.normal(size=2) + 0.8 * rng.normal(size=15) for X in Xs]
    task = np.repeat([0.0, 1.0, 2.0], 15)
    X, y = np.column_stack([task, np.concatenate(Xs)]), np.concatenate(ys)
    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, task))
    search = GridSearchCV(clone(model).set_params(task_column=0), grid, cv=folds).fit(X, y)
    by_hand = []
    for values in ParameterGrid(grid):
        scores = []
        for rows, held in folds:
            parts = [[of[task[of] == t] for t in range(3)] for of in (rows, held)]
            made = clone(model).set_params(**values)
            made.fit([X[of, 1:] for of in parts[0]], [y[of] for of in parts[0]])
            found = np.concatenate(made.predict([X[of, 1:] for of in parts[1]]))
            scores.append(r2_score(y[np.concatenate(parts[1])], found))
        by_hand.append(np.mean(scores))
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], by_hand, atol=1e-9)
    assert len(set(np.round(by_hand, 6))) == len(by_hand)  # the strength counts


def test_ten_thousand_tasks_are_learned_or_refused_in_a_sentence():
    """A row for each task: joint sparsity is its closed form; clusters, m × m, say how many they take."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=10_000), rng.normal(size=10_000)
    X = np.column_stack([np.arange(10_000), x])
    found = JointSparsity(20.0, task_column=0, fit_intercept=False, tol=1e-12).fit(X, y)
    w = found.coef_[:, 0]  # one feature, ½ Σ (x_i w_i − y_i)² + λ‖w‖:  x_i (x_i w_i − y_i) + λ w_i/‖w‖ = 0
    np.testing.assert_allclose(x * (x * w - y) + 20.0 * w / np.linalg.norm(w), 0, atol=1e-4)
    with pytest.raises(UsageError, match="of 2,000 tasks at most; there are 10,000"):
        ClusteredMultiTask(task_column=0).fit(X, y)
