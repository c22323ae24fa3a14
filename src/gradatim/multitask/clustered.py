"""Clustered tasks: weights are near one of a few centres, and which is learned."""

import numpy as np

from gradatim.functional.cluster_norm import ClusterNorm
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.task_losses import Loss
from gradatim.multitask.tasks import Tasks


def solve(
    tasks: Tasks, loss: Loss, penalty: ClusterNorm, W: np.ndarray | None = None, *, tol: float,
    max_iter: int = 10_000,
) -> Solution:  # fmt: skip
    """argmin_W f(XW) + Ω(W), Ω the relaxation of k clusters, solved for its inner M in closed form
    (Jacob, Bach & Vert 2009; see `ClusterNorm`), to a duality gap of `tol`.

    Shapes: W (D, m), and a row more for each free feature.
    """
    W = np.zeros((len(tasks.Xt), tasks.count)) if W is None else W
    return minimise(tasks, loss, penalty, W, tol=tol, max_iter=max_iter)


def clusters_of(M: np.ndarray, clusters: int) -> np.ndarray:
    """Which cluster each task is in, (m,), by k-means on the leading eigenvectors of M (m, m).

    Clusters are numbered in the order of their first tasks.
    """
    from sklearn.cluster import KMeans

    _, V = np.linalg.eigh(M)
    places = V[:, ::-1][:, :clusters]
    places = places / np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12)
    labels = KMeans(clusters, n_init=10, random_state=0).fit_predict(places)
    order: dict[int, int] = {}
    return np.array([order.setdefault(label, len(order)) for label in labels])
