"""G4: transfer components are at their optimum, for every kernel, and the same by every path."""

import numpy as np
import pytest
from scipy.linalg import eigh
from sklearn.decomposition import KernelPCA
from sklearn.metrics.pairwise import laplacian_kernel, rbf_kernel

from gradatim.checks import GradatimError, UsageError
from gradatim.estimators import TCA, SemiSupervisedTCA
from gradatim.estimators import tca as tca_file
from gradatim.functional.kernels import KERNELS, kernel_width
from gradatim.transfer.class_neighbours import answers_of, neighbour_laplacian
from gradatim.transfer.component_analysis import (
    Terms,
    domain_terms,
    transfer_components,
    transfer_features,
)

RNG = np.random.default_rng(0)
SOURCE = RNG.normal(size=(70, 5))
TARGET = RNG.normal(size=(50, 5)) @ np.diag([1, 1, 2, 1, 0.5]) + [1.5, 0, 0, -1, 0]
X = np.concatenate([SOURCE, TARGET])
IS_SOURCE = np.arange(120) < 70
Y = (X[:, 1] > 0).astype(int)
M, MU = 3, 0.1


def kernel(name):
    return KERNELS[name](X, X, kernel_width(name, X))


def terms_of(semi):
    if not semi:
        return Terms(domain_terms(IS_SOURCE))
    local = neighbour_laplacian(X, 10, 1000.0)
    return Terms(domain_terms(IS_SOURCE), local, answers_of(Y, IS_SOURCE), 0.5)


def dense(semi):
    """G and C (N, N) by their definitions."""
    n = len(X)
    L = np.where(IS_SOURCE[:, None] & IS_SOURCE, 1 / 70**2, 0.0)
    L += np.where(~IS_SOURCE[:, None] & ~IS_SOURCE, 1 / 50**2, 0.0)
    L -= np.where(IS_SOURCE[:, None] != IS_SOURCE, 1 / (70 * 50), 0.0)
    H = np.eye(n) - 1 / n
    if not semi:
        return L, H
    same = (Y[:, None] == Y) & IS_SOURCE[:, None] & IS_SOURCE
    L = L + neighbour_laplacian(X, 10, 1000.0).toarray()
    return L, H @ (0.5 * same + 0.5 * np.eye(n)) @ H


@pytest.mark.parametrize("semi", [False, True], ids=["tca", "sstca"])
@pytest.mark.parametrize("name", ["linear", "rbf", "laplace"])
def test_no_feasible_w_of_a_thousand_has_a_lower_objective(name, semi):
    """The objective is Σ 1/ratio; 1,000 random W and 200 near the optimum, each made feasible; the
    first-order conditions to 1e-8 and the constraint to 1e-9, float64.
    """
    K, (G, C) = kernel(name), dense(semi)
    A, B = K @ G @ K + MU * np.eye(120), K @ C @ K
    found = transfer_components(K, terms_of(semi), M, MU)
    W = found.W
    np.testing.assert_allclose(W.T @ B @ W, np.eye(M), atol=1e-9)
    best = np.trace(W.T @ A @ W)
    assert best == pytest.approx(found.objective, rel=1e-9)
    theta = W.T @ A @ W
    assert np.linalg.norm(A @ W - B @ W @ theta) / np.linalg.norm(A @ W) < 1e-8
    assert found.residual < 1e-8
    rng = np.random.default_rng(1)
    for i in range(1200):
        V = (
            rng.normal(size=W.shape)
            if i < 1000
            else W + 10.0 ** rng.uniform(-6, 0) * rng.normal(size=W.shape)
        )
        V = V @ np.linalg.inv(np.linalg.cholesky(V.T @ B @ V)).T
        assert np.trace(V.T @ A @ V) >= best * (1 - 1e-9)


@pytest.mark.parametrize("semi", [False, True], ids=["tca", "sstca"])
def test_lanczos_finds_what_a_whole_decomposition_finds(semi, monkeypatch):
    """The ratios of 120 rows by products with K, beside LAPACK's generalised eigenvalues, to 1e-9."""
    K, (G, C) = kernel("rbf"), dense(semi)
    expected = eigh(K @ C @ K, K @ G @ K + MU * np.eye(120), eigvals_only=True)[::-1]
    monkeypatch.setattr("gradatim.transfer.component_analysis.DENSE_UP_TO", 50)
    found = transfer_components(K, terms_of(semi), 6, MU)
    np.testing.assert_allclose(found.ratios, expected[:6], rtol=1e-9)
    assert found.residual < 1e-8


@pytest.mark.parametrize("semi", [False, True], ids=["tca", "sstca"])
def test_features_give_what_their_kernel_gives(semi):
    """Scores of rows from features F, and from K = FFᵀ, to 1e-8; and wide F, where rows are fewer."""
    for F in (X, RNG.normal(size=(120, 150))):
        one = transfer_features(F, terms_of(semi), M, MU)
        other = transfer_components(F @ F.T, terms_of(semi), M, MU)
        a, b = F @ one.W, F @ F.T @ other.W
        np.testing.assert_allclose(a * np.sign((a * b).sum(0)), b, atol=1e-8)
        np.testing.assert_allclose(one.ratios, other.ratios, rtol=1e-8)


def test_kernels_are_scikit_learns():
    np.testing.assert_allclose(
        KERNELS["rbf"](SOURCE, TARGET, 0.3), rbf_kernel(SOURCE, TARGET, 0.3), atol=1e-14
    )
    np.testing.assert_allclose(  # scikit-learn's Laplace kernel sums absolute differences: the same on a line
        KERNELS["laplace"](SOURCE[:, :1], TARGET[:, :1], 0.3),
        laplacian_kernel(SOURCE[:, :1], TARGET[:, :1], 0.3), atol=1e-14,
    )  # fmt: skip


def test_without_domains_the_components_are_kernel_pcas():
    """Spans of scores: K centred has the eigenvectors of KHK restricted to it when L = 0 and K is centred."""
    K = kernel("rbf")
    H = np.eye(120) - 1 / 120
    found = transfer_components(H @ K @ H, Terms(np.zeros(120)), M, MU)
    ours = H @ K @ H @ found.W
    theirs = KernelPCA(M, kernel="precomputed").fit_transform(K)
    cosines = (ours * theirs).sum(0) / np.linalg.norm(ours, axis=0) / np.linalg.norm(theirs, axis=0)
    np.testing.assert_allclose(np.abs(cosines), 1, atol=1e-8)


def test_the_laplacian_measures_how_far_neighbours_are():
    """tr(ZᵀℒZ) = λ/2N² Σ m_ij ‖z_i − z_j‖², with m from the distances themselves."""
    local = neighbour_laplacian(X, 4, 7.0).toarray()
    far = np.linalg.norm(X[:, None] - X, axis=2)
    nearest = np.argsort(far, axis=1)[:, 1:5]
    near = np.zeros((120, 120), bool)
    near[np.arange(120)[:, None], nearest] = True
    near |= near.T
    m = np.where(near, np.exp(-(far**2) / (2 * far[near].mean() ** 2)), 0)
    Z = RNG.normal(size=(120, 2))
    expected = 7 / 120**2 / 2 * (m * ((Z[:, None] - Z) ** 2).sum(2)).sum()
    assert np.trace(Z.T @ local @ Z) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["linear", "rbf", "laplace"])
def test_new_rows_get_the_scores_of_the_old(name):
    tca = TCA(2, kernel=name).fit_domains(SOURCE, TARGET)
    scores = tca.transform(X)
    K = KERNELS[name](X, X, tca.gamma_)
    theirs = K @ transfer_components(K, Terms(domain_terms(IS_SOURCE)), 2, 0.1).W
    np.testing.assert_allclose(np.abs(scores), np.abs(theirs), atol=1e-8)
    np.testing.assert_allclose(tca.transform(X[[5, 90]]), scores[[5, 90]], atol=1e-10)
    assert tca.residual_ < 1e-8


@pytest.mark.parametrize("name", ["linear", "rbf"])
def test_unwhitened_directions_have_length_one(name):
    """‖w‖ = 1 for each, and the scores are the whitened ones' multiples."""
    whole, plain = (TCA(2, kernel=name, whiten=w).fit_domains(SOURCE, TARGET) for w in (True, False))
    a, b = whole.transform(X), plain.transform(X)
    np.testing.assert_allclose(a / np.abs(a).max(0), b / np.abs(b).max(0), atol=1e-9)
    K = KERNELS[name](X, X, plain.gamma_)
    W = np.linalg.lstsq(K, b)[0] if name == "linear" else plain.components_
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), 1, rtol=1e-8)
    assert (b.std(0)[:-1] > b.std(0)[1:]).all()


def test_domains_are_marked_in_any_order():
    marks = np.where(IS_SOURCE, 1, -2)
    shuffled = np.random.default_rng(3).permutation(120)
    one = TCA(2).fit_domains(SOURCE, TARGET).transform(TARGET)
    other = TCA(2).fit(X[shuffled], sample_domain=marks[shuffled]).transform(TARGET)
    np.testing.assert_allclose(one, other, atol=1e-8)


def test_nystroem_with_every_row_is_the_whole_kernel(monkeypatch):
    """And with a third of the rows its scores correlate with the whole kernel's at 0.99."""
    whole = TCA(2, gamma=0.05).fit_domains(SOURCE, TARGET)
    monkeypatch.setattr(tca_file, "WHOLE_UP_TO", 10)
    every = TCA(2, gamma=0.05, n_landmarks=120).fit_domains(SOURCE, TARGET)
    assert (whole.n_landmarks_, every.n_landmarks_) == (0, 120)
    np.testing.assert_allclose(np.abs(every.transform(X)), np.abs(whole.transform(X)), atol=1e-4)
    some = TCA(2, gamma=0.05, n_landmarks=40).fit_domains(SOURCE, TARGET)
    for a, b in zip(some.transform(X).T, whole.transform(X).T, strict=True):
        assert abs(np.corrcoef(a, b)[0, 1]) > 0.99


def test_means_meet_as_mu_falls():
    apart = []
    for mu in (10.0, 0.1, 1e-3):
        tca = TCA(2, mu=mu).fit_domains(SOURCE, TARGET)
        a, b = tca.transform(SOURCE), tca.transform(TARGET)
        apart.append(np.linalg.norm(a.mean(0) - b.mean(0)) / np.concatenate([a, b]).std())
    assert apart[0] > apart[1] > apart[2] and apart[2] < 0.01


def test_labels_pull_the_components_towards_the_classes():
    """A direction that two classes differ in, weaker than others: R² of the classes by the score."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    rows = rng.normal(size=(120, 4)) * [0.5, 2, 2, 2]
    rows[:, 0] += 2 * y
    marks = np.where(np.arange(120) % 2, 1, -1)
    plain = TCA(1, kernel="linear").fit_transform(rows, y, sample_domain=marks)[:, 0]
    semi = SemiSupervisedTCA(1, kernel="linear", dependence=1.0, locality=0.0)
    ours = semi.fit_transform(rows, y, sample_domain=marks)[:, 0]
    assert np.corrcoef(plain, y)[0, 1] ** 2 < 0.2
    assert np.corrcoef(ours, y)[0, 1] ** 2 > 0.5


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: TCA(2).fit(X, sample_domain=np.ones(120)), "all rows are of the source"),
        (lambda: TCA(2).fit(X, sample_domain=-np.ones(120)), "all rows are of the target"),
        (lambda: TCA(2).fit(X, sample_domain=np.arange(120)), "sample_domain is 0 at row 0"),
        (lambda: TCA(2).fit(X, sample_domain=[1, -1]), "one mark a row, 120"),
        (lambda: TCA(9, kernel="linear").fit_domains(SOURCE, TARGET), "n_components is 9, .* span 5"),
        (lambda: TCA(2, mu=0).fit_domains(SOURCE, TARGET), "mu must be a number above 0"),
        (lambda: TCA(2, gamma=-1.0).fit_domains(SOURCE, TARGET), "gamma must be a number above 0"),
        (lambda: TCA(2, kernel="sigmoid").fit_domains(SOURCE, TARGET), "unknown kernel|kernel"),
        (lambda: TCA(2).fit_domains(SOURCE, TARGET[:, :3]), "5 columns and the target 3"),
        (lambda: TCA(1).fit_domains(np.ones((4, 2)), np.ones((3, 2))), "all rows are the same"),
        (lambda: SemiSupervisedTCA(dependence=2).fit(X, Y), "dependence must be a number from"),
        (lambda: transfer_components(-np.eye(4), Terms(np.zeros(4)), 1, 1.0), "a kernel is positive"),
        (lambda: transfer_components(np.triu(np.ones((4, 4))), Terms(np.zeros(4)), 1, 1.0), "symmetric"),
        (lambda: answers_of(Y, np.zeros(120, bool)), "no row has a label"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(ask, sentence):
    with pytest.raises((UsageError, GradatimError), match=sentence):
        ask()
