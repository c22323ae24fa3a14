"""Solvers of penalised tasks at their optimum: duality gaps, other libraries, definitions."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression, MultiTaskLasso

from gradatim.functional.cluster_norm import ClusterNorm
from gradatim.functional.penalties import L1
from gradatim.functional.task_penalties import L21, LInf1, TraceNorm
from gradatim.multitask import (
    block_descent,
    by_products,
    clustered,
    gram,
    gram_descent,
    gram_kernel,
    joint_sparsity,
    low_rank,
    robust,
    task_kernel,
)
from gradatim.multitask.by_products import ByProducts
from gradatim.multitask.by_rows import ByRows
from gradatim.multitask.duality import gap_at
from gradatim.multitask.proximal import minimise
from gradatim.multitask.question import pose
from gradatim.multitask.row_norms import AS_CODE, PENALTIES, ROW_SIZES
from gradatim.multitask.task_losses import LogisticLoss, SoftmaxLoss, SquaredLoss
from gradatim.multitask.tasks import Tasks

SIZES = (12, 20, 9, 15)


def own_rows(signs=False, D=10):
    rng = np.random.default_rng(1)
    Xs = [rng.standard_normal((n, D)) for n in SIZES]
    W = np.zeros((D, len(SIZES)))
    W[:3] = rng.standard_normal((3, len(SIZES)))
    ys = [X @ W[:, i] + 0.3 * rng.standard_normal(len(X)) for i, X in enumerate(Xs)]
    return Tasks.of(Xs, [np.where(y > np.median(y), 1.0, -1.0) for y in ys] if signs else ys)


def shared_rows(n=40, D=15, m=4):
    rng = np.random.default_rng(2)
    X, W = rng.standard_normal((n, D)), np.zeros((D, m))
    W[:4] = rng.standard_normal((4, m))
    return X, X @ W + 0.5 * rng.standard_normal((n, m))


QUESTIONS = {
    "squared": lambda: pose(own_rows(), "squared"),
    "logistic": lambda: pose(own_rows(signs=True), "logistic"),
    "averaged": lambda: pose(own_rows(signs=True), "logistic", averaged=True),
    "softmax": lambda: pose(
        Tasks.sharing(shared_rows()[0], np.eye(4)[shared_rows()[1].argmax(1)]), "softmax"
    ),
}


def solved(question, name, strength, tol=1e-9):
    tasks, loss, tol = question.tasks, question.loss, tol * question.at_zero
    if name == "trace":
        return low_rank.solve(tasks, loss, strength, tol=tol, max_iter=50_000)
    if name == "robust":
        return robust.solve(tasks, loss, robust.RobustPenalty(strength, strength), tol=tol, max_iter=50_000)
    if name == "clusters":
        return clustered.solve(tasks, loss, ClusterNorm(strength, 0.1, 2), tol=tol, max_iter=50_000)
    q = {"q1": 1, "q2": 2, "qinf": np.inf}[name]
    return joint_sparsity.solve(tasks, loss, PENALTIES[q](strength), tol=tol, max_iter=50_000)


def value(question, name, strength, U):
    """The objective, written out once more, of weights with their free row."""
    D, W = question.tasks.features, U.sum(0) if name == "robust" else U
    P = U[..., :D, :]
    penalty = {
        "q1": lambda: abs(P).sum(), "q2": lambda: np.sqrt((P**2).sum(1)).sum(),
        "qinf": lambda: abs(P).max(1).sum(), "trace": lambda: np.linalg.norm(P, "nuc"),
        "robust": lambda: np.sqrt((P[0] ** 2).sum(1)).sum() + np.sqrt((P[1] ** 2).sum(0)).sum(),
        "clusters": lambda: ClusterNorm(1.0, 0.1, 2)(P),
    }[name]()  # fmt: skip
    return question.loss(question.tasks.scores(W)) + strength * penalty


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize("name", ["q1", "q2", "qinf", "trace", "robust", "clusters"])
def test_a_solution_is_within_its_gap_of_the_optimum(kind, name):
    """The objective is what is stated, the gap at most 1e-9 of the loss at 0, and no step of 300 random ones,
    of any size, nor one towards any other solution, lowers it by more than the gap.
    """
    question = QUESTIONS[kind]()
    strength = {"averaged": 0.02, "softmax": 4.0}.get(kind, 0.8)
    found = solved(question, name, strength)
    assert 0 <= found.gap <= 1e-9 * question.at_zero
    np.testing.assert_allclose(found.objective, value(question, name, strength, found.W), rtol=1e-10)
    rng = np.random.default_rng(0)
    for size in (1e-1, 1e-3, 1e-5):
        for step in rng.standard_normal((100, *found.W.shape)):
            assert (
                value(question, name, strength, found.W + size * step) >= found.objective - found.gap - 1e-12
            )
    other = solved(question, name, 2 * strength, 1e-4)
    for share in (1e-3, 0.1):
        moved = found.W + share * (other.W - found.W)
        assert value(question, name, strength, moved) >= found.objective - found.gap - 1e-12


@pytest.mark.parametrize("alpha", [0.5, 0.05, 0.005])
def test_shared_rows_give_the_multi_task_lasso(alpha):
    """scikit-learn's weights, with λ = n α, to 1e-6."""
    X, Y = shared_rows()
    question = pose(Tasks.sharing(X, Y), "squared")
    found = joint_sparsity.solve(
        question.tasks, question.loss, L21(alpha * len(X)), tol=1e-13 * question.at_zero
    )
    theirs = MultiTaskLasso(alpha=alpha, tol=1e-13, max_iter=100_000).fit(X, Y)
    W, intercept = question.weights(found.W)
    np.testing.assert_allclose(W.T, theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(intercept, theirs.intercept_, atol=1e-6)


def test_one_task_of_the_logistic_loss_is_logistic_regression_with_l1():
    """scikit-learn's weights (saga, C = 1/λ), to 1e-5."""
    tasks = own_rows(signs=True)
    X, y = tasks.Xt[:, : SIZES[0]].T, tasks.y[: SIZES[0]]
    question = pose(Tasks.of([X], [y]), "logistic")
    found = joint_sparsity.solve(question.tasks, question.loss, L1(0.5), tol=1e-12)
    theirs = LogisticRegression(C=2.0, l1_ratio=1.0, solver="saga", tol=1e-9, max_iter=100_000).fit(X, y)
    W, intercept = question.weights(found.W)
    np.testing.assert_allclose(W[:, 0], theirs.coef_[0], atol=1e-5)
    np.testing.assert_allclose(intercept, theirs.intercept_, atol=1e-5)


def test_a_smooth_penalty_agrees_with_a_general_solver():
    """Clustered tasks, logistic: scipy's L-BFGS finds no lower objective, and nearly the same, to 1e-6."""
    question = QUESTIONS["logistic"]()
    found = solved(question, "clusters", 0.5, tol=1e-11)
    shape = found.W.shape

    def objective(w):
        return value(question, "clusters", 0.5, w.reshape(shape))

    theirs = minimize(objective, found.W.ravel() * 0.9, method="L-BFGS-B", options={"maxfun": 20_000})
    assert found.objective <= theirs.fun + 1e-9
    np.testing.assert_allclose(theirs.fun, found.objective, rtol=1e-6)


@pytest.mark.parametrize("penalty", [L21(2.0), LInf1(2.0), L1(1.0)], ids=["q2", "qinf", "q1"])
@pytest.mark.parametrize("shared", [False, True])
def test_the_compiled_pass_is_its_definition(penalty, shared):
    """Weights and residuals of three passes to 1e-12."""
    if not task_kernel.path()[0]:
        pytest.skip(task_kernel.path()[1])
    tasks = Tasks.sharing(*shared_rows()) if shared else own_rows()
    ends = []
    for run in (task_kernel.one_pass, block_descent.one_pass):
        W, r = np.zeros((len(tasks.Xt), tasks.count)), tasks.y.copy()
        for _ in range(3):
            run(
                tasks.Xt, W, r, tasks.squares(), tasks.starts, shared, AS_CODE[type(penalty)],
                penalty.strength, np.empty((2, tasks.count)),
            )  # fmt: skip
        np.testing.assert_allclose(r, tasks.y - tasks.scores(W), atol=1e-12)
        ends.append((W, r))
    for ours, definition in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, definition, atol=1e-12)


def test_without_a_compiler_numpy_finds_the_same(monkeypatch):
    question = QUESTIONS["squared"]()
    compiled = solved(question, "q2", 0.8)
    monkeypatch.setattr(task_kernel, "path", lambda: (False, "NumPy"))
    np.testing.assert_allclose(solved(question, "q2", 0.8).W, compiled.W, atol=1e-6)


@pytest.mark.parametrize("penalty", [L21(1.0), LInf1(1.0), L1(1.0)], ids=["q2", "qinf", "q1"])
def test_block_descent_and_proximal_gradient_agree(penalty):
    """Two solvers that share nothing but the gap: objectives to 1e-9 of each other."""
    question = QUESTIONS["squared"]()
    tasks, loss, tol = question.tasks, question.loss, 1e-10 * question.at_zero
    zero = np.zeros((tasks.features, tasks.count))
    first = minimise(tasks, loss, penalty, zero, tol=tol, max_iter=50_000)
    second = block_descent.descend(tasks, penalty, zero, np.zeros(len(tasks.y)), tol=tol, max_iter=50_000)
    np.testing.assert_allclose(first.objective, second.objective, rtol=1e-9)


@pytest.mark.parametrize(
    "loss", [SquaredLoss(np.array([1.0, -1.0, 2.0]), 0.7),
        LogisticLoss(np.array([1.0, -1.0, 1.0]), np.array([1.0, 2.0, 0.5])),
             SoftmaxLoss(np.array([1.0, 0.0, 0.0]), 3, 0.4)],
    ids=["squared", "logistic", "softmax"],
)  # fmt: skip
def test_a_losss_gradient_and_conjugate(loss):
    """Central differences to 1e-8; f(z) + f*(−θ) = −θ·z at θ = −∇f(z) to 1e-12."""
    z = np.array([0.3, -1.2, 0.8])
    g = loss.gradient(z)
    for i in range(3):
        step = np.eye(3)[i] * 1e-6
        np.testing.assert_allclose(g[i], (loss(z + step) - loss(z - step)) / 2e-6, atol=1e-8)
    np.testing.assert_allclose(loss(z) - loss.dual(-g), g @ z, atol=1e-12)


@pytest.mark.parametrize("small", [0, 10**6, None])
def test_both_forms_of_the_products_agree(small, monkeypatch):
    """Products task by task, in one pass, and by C: each to 1e-12 of what is written here."""
    monkeypatch.setattr("gradatim.multitask.tasks.SMALL", small or 0)
    if small is not None:
        monkeypatch.setattr(task_kernel, "path", lambda: (False, "NumPy"))
    tasks, rng = own_rows(), np.random.default_rng(0)
    W, r = rng.standard_normal((10, 4)), rng.standard_normal(sum(SIZES))
    cuts = list(zip(tasks.starts, tasks.starts[1:], strict=False))
    by_task = np.concatenate([tasks.Xt[:, a:b].T @ W[:, i] for i, (a, b) in enumerate(cuts)])
    np.testing.assert_allclose(tasks.scores(W), by_task, atol=1e-12)
    G = np.stack([tasks.Xt[:, a:b] @ r[a:b] for a, b in cuts], axis=1)
    np.testing.assert_allclose(tasks.correlate(r), G, atol=1e-12)


@pytest.mark.parametrize("m", [1, 3, 8, 21])
@pytest.mark.parametrize("q", [0, 1, 2])
def test_compiled_passes_by_products_are_their_definition(m, q):
    """Three passes to 1e-12, of ten features, one of them empty, from weights of which half are 0."""
    if not gram_kernel.works():
        pytest.skip("no compiler")
    rng = np.random.default_rng(m)
    X, Y = rng.standard_normal((15, 10)), rng.standard_normal((15, m))
    X[:, 4] = 0
    ends = []
    for run in (gram_kernel.gram_passes, gram_descent.gram_passes):
        Ws = np.zeros((4, 10, m))
        Ws[0, :3] = 1.0
        run(X.T @ X, X.T @ Y, Ws, q, 1.5)
        ends.append(Ws)
    np.testing.assert_allclose(*ends, atol=1e-12)


@pytest.mark.parametrize("q", [1, 2, np.inf])
@pytest.mark.parametrize("form", ["products", "wide", "forgetful", "uncompiled"])
def test_products_of_features_and_rows_find_the_same_path(q, form, monkeypatch):
    """Objectives to 1e-10 of the loss at 0, down to 0.03 λ_max with more features than rows: by products, by
    residuals where there are many features, with few products kept, and in NumPy.
    """
    rng = np.random.default_rng(3)
    X, Y = rng.standard_normal((12, 60)), rng.standard_normal((12, 5))
    question = pose(Tasks.sharing(X, Y), "squared")
    tasks, loss, tol = question.tasks, question.loss, 1e-10 * question.at_zero
    kind = PENALTIES[q]
    if form == "wide":
        monkeypatch.setattr(by_products, "WIDEST", 1)
    if form == "forgetful":
        monkeypatch.setattr(gram, "KEPT", 3)
    if form == "uncompiled":
        monkeypatch.setattr(gram_kernel, "works", lambda: False)
    start = {}
    for strength in ROW_SIZES[kind](question.gradient).max() * np.geomspace(1, 0.03, 5):
        for view in (ByProducts, ByRows):
            monkeypatch.setattr(joint_sparsity, "FINEST", 0.0 if view is ByProducts else np.inf)
            start[view] = joint_sparsity.solve(tasks, loss, kind(strength), start.get(view), tol=tol)
        one, other = start[ByProducts], start[ByRows]
        assert one.z is None and other.z is not None
        np.testing.assert_allclose(one.objective, other.objective, atol=tol)
        objective, bound, _ = gap_at(tasks, loss, kind(strength), one.W, tasks.scores(one.W))
        np.testing.assert_allclose(one.objective, objective, atol=0.1 * tol)
        assert objective - bound <= 10 * tol


def test_a_path_may_go_on_from_another_penaltys_solution():
    """What products said of L21's solution is not taken for what they say of LInf1's: objectives to 1e-9."""
    X, Y = shared_rows()
    question = pose(Tasks.sharing(X, Y), "squared")
    tasks, loss, tol = question.tasks, question.loss, 1e-10 * question.at_zero
    first = joint_sparsity.solve(tasks, loss, L21(2.0), tol=tol)
    warm, cold = (joint_sparsity.solve(tasks, loss, LInf1(2.0), start, tol=tol) for start in (first, None))
    np.testing.assert_allclose(warm.objective, cold.objective, rtol=1e-9)


def test_a_warm_path_is_the_cold_one():
    """Objectives at each of 6 strengths, begun at the one before or at 0: within the gaps, 1e-10."""
    question = QUESTIONS["squared"]()
    strongest, W = TraceNorm(1.0).dual_norm(question.gradient), None
    tasks, loss, tol = question.tasks, question.loss, 1e-10 * question.at_zero
    for strength in strongest * np.geomspace(1, 0.01, 6):
        warm, cold = (low_rank.solve(tasks, loss, strength, start, tol=tol) for start in (W, None))
        np.testing.assert_allclose(warm.objective, cold.objective, rtol=1e-9)
        again, first = (joint_sparsity.solve(tasks, loss, L21(strength), W, tol=tol) for W in (warm.W, None))
        np.testing.assert_allclose(again.objective, first.objective, rtol=1e-9)
        W = warm.W
