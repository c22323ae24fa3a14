"""Penalties over tasks: proximal maps at their optimum, dual norms, the cluster norm's inner problem."""

import numpy as np
import pytest
from scipy.optimize import minimize

from gradatim.checks import UsageError
from gradatim.functional.cluster_norm import ClusterNorm
from gradatim.functional.penalties import L1
from gradatim.functional.task_penalties import L21, L21Columns, LInf1, TraceNorm, project_l1

RNG = np.random.default_rng(0)
W = RNG.standard_normal((6, 4))
NORMS = [L1, L21, L21Columns, LInf1, TraceNorm]
CLUSTERS = [ClusterNorm(0.7, 0.1, 2), ClusterNorm(3.0, 0.5, 1), ClusterNorm(0.1, 0.01, 4)]
EVERY = [kind(0.7) for kind in NORMS] + CLUSTERS
NAMES = [type(one).__name__ for one in EVERY]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (L21, np.sqrt((W**2).sum(1)).sum()), (L21Columns, np.sqrt((W**2).sum(0)).sum()),
        (LInf1, abs(W).max(1).sum()), (TraceNorm, np.linalg.svd(W)[1].sum()),
    ],
)  # fmt: skip
def test_values(kind, value):
    """The formula, to 1e-14."""
    np.testing.assert_allclose(kind(0.3)(W), 0.3 * value, rtol=1e-14)


@pytest.mark.parametrize("penalty", EVERY, ids=NAMES)
@pytest.mark.parametrize("t", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("shape", [(6, 4), (3, 5)])
def test_the_proximal_map_is_at_its_optimum(penalty, t, shape):
    """Fenchel's equality Ω(Z) + Ω*(G) = ⟨G, Z⟩ for G = (W − Z)/t to 1e-12, an optimum's condition; and no
    point nearby is better.
    """
    at = RNG.standard_normal(shape)
    if isinstance(penalty, ClusterNorm):
        penalty = ClusterNorm(penalty.strength, penalty.eta, min(penalty.clusters, shape[1]))
    Z = penalty.prox(at, t)
    G = (at - Z) / t
    share, conjugate = penalty.dual(G)
    assert share >= 1 - 1e-12
    np.testing.assert_allclose(penalty(Z) + conjugate, (G * Z).sum(), atol=1e-12 * (1 + abs(penalty(at))))

    def objective(Z):
        return 0.5 * ((Z - at) ** 2).sum() + t * penalty(Z)

    for step in RNG.standard_normal((50, *shape)) * 1e-3:
        assert objective(Z) <= objective(Z + step)


@pytest.mark.parametrize("kind", [L21, L21Columns, LInf1, TraceNorm])
def test_the_dual_norm_bounds_every_product(kind):
    """⟨G, W⟩ ≤ ‖G‖_* ‖W‖ for random W, and with equality for the W that a large proximal step tends to."""
    norm, G = kind(1.0), RNG.standard_normal((6, 4))
    for other in RNG.standard_normal((200, 6, 4)):
        assert (G * other).sum() <= norm.dual_norm(G) * norm.norm(other) + 1e-12
    Z = norm.prox(G, norm.dual_norm(G) * (1 - 1e-9))
    np.testing.assert_allclose((G * Z).sum(), norm.dual_norm(G) * norm.norm(Z), rtol=1e-6)


def test_a_row_is_projected_onto_the_l1_ball():
    """Against a quadratic solver, to 1e-6; points within stay."""
    row, radius = np.array([0.9, -1.4, 0.2, 0.5]), 1.0
    found = minimize(
        lambda z: ((z[:4] - z[4:] - row) ** 2).sum(), np.full(8, 0.1), method="SLSQP",
        bounds=[(0, None)] * 8, constraints={"type": "ineq", "fun": lambda z: radius - z.sum()},
        options={"ftol": 1e-14},
    ).x  # fmt: skip
    np.testing.assert_allclose(project_l1(row[None], radius)[0], found[:4] - found[4:], atol=1e-6)
    assert (project_l1(0.1 * row[None], radius) == 0.1 * row).all()


@pytest.mark.parametrize("shape", [(6, 4), (2, 5)])
def test_the_cluster_norm_is_the_least_over_m(shape):
    """Its closed form is the objective at `relation`, which is feasible, and no feasible M does better."""
    at = RNG.standard_normal(shape)
    m, (rho, eta, k) = shape[1], (0.7, 0.2, 2)
    penalty = ClusterNorm(rho, eta, k)

    def objective(M):
        return rho * eta * (1 + eta) * np.trace(at @ np.linalg.inv(eta * np.eye(m) + M) @ at.T)

    M = penalty.relation(at)
    gamma = np.linalg.eigvalsh(M)
    np.testing.assert_allclose(np.trace(M), k, atol=1e-12)
    assert gamma.min() > -1e-12
    assert gamma.max() < 1 + 1e-12
    np.testing.assert_allclose(penalty(at), objective(M), rtol=1e-12)
    for _ in range(200):
        Q = np.linalg.qr(RNG.standard_normal((m, m)))[0]
        free = RNG.dirichlet(np.ones(m)) * k
        if free.max() <= 1:
            assert objective(Q @ np.diag(free) @ Q.T) >= penalty(at) - 1e-12


@pytest.mark.parametrize("make", [L21, L21Columns, LInf1, TraceNorm, ClusterNorm])
def test_a_negative_strength_is_refused(make):
    with pytest.raises(UsageError, match=r"^strength must be a number at least 0; it is -1"):
        make(-1)


def test_more_clusters_than_tasks_are_refused():
    with pytest.raises(UsageError, match=r"^clusters must be a whole number of at most 4; it is 5"):
        ClusterNorm(1.0, 0.1, 5)(W)
