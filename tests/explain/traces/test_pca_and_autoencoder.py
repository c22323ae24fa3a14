"""F1: the trace's components are scikit-learn's, its gradients autograd's, its minimum has none."""

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from gradatim.checks import UsageError
from gradatim.exercises.exercise import make_exercise
from gradatim.explain.traces.pca_and_autoencoder import gradients, loss, pca_and_autoencoder

X = ((1, 2, 0), (3, 3, 1), (4, 6, 1), (8, 9, 5), (2, 0, 4))
W = ((0.5, 0, 0), (0, 0.5, 0.5))


def test_eigenvalues_and_residual_are_scikit_learn_s():
    trace = pca_and_autoencoder(X, W)
    pca = PCA(2).fit(X)
    values = trace.table("Eigenvectors of S").column("λ")
    assert values[:2] == pytest.approx(pca.explained_variance_ * 4 / 5, abs=1e-12)
    u = [[row[3 + i] for i in range(3)] for row in trace.table("Eigenvectors of S").rows[:2]]
    assert subspace_angles(np.transpose(u), pca.components_.T).max() < 1e-12
    residual = ((pca.inverse_transform(pca.transform(X)) - X) ** 2).sum(1)
    assert trace.table("The minimum").column("‖x − x̂‖²") == pytest.approx(residual, abs=1e-12)
    measured, added, of_W, of_V = trace.table("Why it is one").column("value")
    assert measured == pytest.approx(added, abs=1e-12) == residual.mean() and max(of_W, of_V) < 1e-12


def test_gradients_are_autograd_s_and_the_descent_reaches_the_plane():
    x = torch.tensor(X, dtype=torch.float64)
    x = x - x.mean(0)
    w = torch.tensor(W, dtype=torch.float64, requires_grad=True)
    v = torch.tensor(W, dtype=torch.float64).T.clone().requires_grad_()
    value = ((x - x @ w.T @ v.T) ** 2).sum(1).mean()
    value.backward()
    S = (x.T @ x / len(x)).numpy()
    found = gradients(np.array(W), np.array(W).T, S)
    np.testing.assert_allclose(found[0], w.grad, atol=1e-12)
    np.testing.assert_allclose(found[1], v.grad, atol=1e-12)
    assert loss(np.array(W), np.array(W).T, S) == pytest.approx(value.item(), abs=1e-12)
    trace = pca_and_autoencoder(X, W, steps=20000)
    np.testing.assert_allclose(trace.table("∂L/∂W").rows, w.grad, atol=1e-12)
    descent = trace.table("Gradient descent")
    assert descent.column("largest angle (°)")[-1] < 1e-3 and abs(descent.column("L − min L")[-1]) < 1e-6
    assert descent.column("L") == sorted(descent.column("L"), reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_the_exercise_asks_for_these(seed):
    exercise = make_exercise("pca-and-autoencoder", seed)
    values, numbers = {one.name: one.value for one in exercise.asked}, exercise.numbers
    x = np.array(numbers["x"], float)
    S = np.cov(x.T, bias=True)
    assert [values["l2"], values["l1"]] == pytest.approx(np.linalg.eigvalsh(S), abs=1e-12)
    w = np.array(numbers["w"], float)
    assert [values["w1"], values["w2"]] == pytest.approx((w - numbers["lr"] * gradients(w, w.T, S)[0])[0])
    assert values["loss"] == pytest.approx(loss(w, w.T, S)) and 0 <= values["angle"] <= 90


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"w": ((1, 0), (0, 1))}, "w must have fewer rows"), ({"w": ((1,),)}, "w must have fewer rows"),
        ({"x": ((1, 0), (-1, 0), (0, 1), (0, -1))}, "λ1 and λ2 are equal"),
        ({"x": ((1, 1), (1, 1))}, "equal"),
        ({"lr": 1}, "the descent diverges in step .*smaller lr than 1"), ({"steps": 0}, "steps must be"),
    ],
)  # fmt: skip
def test_misuse_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        pca_and_autoencoder(**given)
