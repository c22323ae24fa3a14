"""F11: Kohonen's rules against minisom, fixed points and brute force; killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from gradatim.checks import Notice, UsageError
from gradatim.checks import notice as notice_once
from gradatim.data.dataset import Dataset
from gradatim.nn.som import SOM
from gradatim.nn.unit_grid import neighbour_pairs, outlines, positions, squared_distances
from gradatim.runs.checkpoints import Checkpoints, restore
from gradatim.runs.epoch_records import Metrics
from gradatim.runs.folder import Folder
from gradatim.unsupervised import map_kernel, map_steps
from gradatim.unsupervised.map_measures import hits, map_errors, u_matrix
from gradatim.unsupervised.map_start import pca_weights, sample_weights
from gradatim.unsupervised.som import SOMTraining

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "minisom.json").read_text())
R, C, D = 3, 4, 3
X = np.sin(1.7 * np.arange(30)[:, None] + 2.3 * np.arange(D))
FIRST = np.cos(0.9 * np.arange(R * C)[:, None] + 1.3 * np.arange(D))
TOPOLOGIES = ("rectangular", "hexagonal")
both = pytest.mark.parametrize("topology", TOPOLOGIES)


def rates(topology, total=60):
    """g (N, G) and the groups of minisom's default: α and σ fall to a third."""
    distinct, group = map_steps.grid_groups(squared_distances(R, C, topology))
    p = np.arange(total)[:, None] / total
    h = map_steps.neighbourhood(distinct, map_steps.decay(1.5, 0.5, p))
    return map_steps.decay(0.5, 0.5 / 3, p) * h, group


@both
@pytest.mark.parametrize("steps", [map_steps.online_steps, map_kernel.online_steps])
def test_sixty_online_steps_are_minisom_s(topology, steps):
    """Its stored weights, to 1e-13; and so are their errors, hits and U-matrix."""
    W = np.ascontiguousarray(FIRST.T)
    steps(W, np.concatenate([X, X]), *rates(topology))
    found, oracle = np.ascontiguousarray(W.T), ORACLE[topology]
    np.testing.assert_allclose(found, oracle["online"], rtol=0, atol=1e-13)
    distance, apart = map_errors(found, X, R, C, topology)
    assert [distance.mean(), apart.mean()] == pytest.approx(oracle["errors"], abs=1e-13)
    assert hits(map_steps.best_units(found, X), R, C).tolist() == oracle["hits"]
    drawn = u_matrix(found, R, C, topology)
    np.testing.assert_allclose(drawn / drawn.max(), oracle["u_matrix"], rtol=1e-12)


@both
def test_the_errors_of_a_scrambled_map_are_minisom_s(topology):
    """Where many second units are no neighbours; the two grids differ."""
    x = np.sin(1.7 * np.arange(200)[:, None] + 2.3 * np.arange(D))
    r, c = np.divmod(np.arange(30), 6)
    W = np.stack([c / 2.5 - 1, r / 2 - 1, 0 * r], 1)
    W += 0.25 * np.sin(2.1 * np.arange(30)[:, None] ** 1.5 + 2.3 * np.arange(D))
    distance, apart = map_errors(W, x, 5, 6, topology)
    assert [distance.mean(), apart.mean()] == pytest.approx(ORACLE[topology]["scrambled"], abs=1e-12)
    assert ORACLE["rectangular"]["scrambled"][1] != ORACLE["hexagonal"]["scrambled"][1]
    som = SOM(D, 5, 6, topology).double()
    with torch.no_grad():
        som.weight.copy_(torch.from_numpy(W))
        answers = som.answers(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(answers[:, 2], distance, rtol=1e-12)
    assert np.array_equal(answers[:, 3], apart)
    best = map_steps.best_units(W, x)
    assert np.array_equal(answers[:, 0] * 6 + answers[:, 1], best)


@both
def test_batch_steps_are_minisom_s(topology):
    """Four of its `train_batch_offline` at a constant rate of ½, to 1e-13."""
    W = FIRST
    for epoch in range(4):
        H = map_steps.neighbourhood(squared_distances(R, C, topology), map_steps.decay(1.5, 0.5, epoch / 4))
        W, error, weight = map_steps.batch_step(W, [(X[:11], None), (X[11:], None)], H, 0.5)
    np.testing.assert_allclose(W, ORACLE[topology]["batch"], rtol=0, atol=1e-13)
    assert weight == len(X) and error > 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@both
def test_compiled_steps_have_the_bits_of_numpy_s(dtype, topology):
    if not map_kernel.online_path(dtype)[0]:
        pytest.skip("no compiler")
    rng = np.random.default_rng(0)
    W = rng.normal(size=(D, R * C)).astype(dtype)
    g, group = rates(topology, 200)
    x = rng.normal(size=(200, D)).astype(dtype)
    ours, theirs = W.copy(), W.copy()
    errors = [
        steps(one, x, g.astype(dtype), group)
        for steps, one in ((map_kernel.online_steps, ours), (map_steps.online_steps, theirs))
    ]
    assert errors[0] == errors[1] and np.array_equal(ours, theirs)


def test_without_a_compiler_numpy_s_steps_run_and_say_so(monkeypatch):
    from gradatim.kernels.compile import NoCompiler

    def none(dtype):
        raise NoCompiler("no C compiler")

    monkeypatch.setattr(map_kernel, "_compiled", none)
    map_kernel.online_path.cache_clear()
    try:
        loop = SOMTraining(SOM(D, R, C, rule="online"), X, epochs=2)
        assert loop.path == "NumPy: no C compiler"
        assert list(loop)[-1].train_loss < 1
    finally:
        map_kernel.online_path.cache_clear()


def test_a_batch_step_with_weights_is_one_with_rows_repeated():
    H = map_steps.neighbourhood(squared_distances(R, C), 1.0)
    times = np.arange(30) % 3
    weighted = map_steps.batch_step(FIRST, [(X, times.astype(float))], H)
    repeated = map_steps.batch_step(FIRST, [(np.repeat(X, times, 0), None)], H)
    np.testing.assert_allclose(weighted[0], repeated[0], rtol=1e-12)
    assert weighted[1:] == pytest.approx(repeated[1:])


def test_without_neighbours_the_batch_rule_is_k_means():
    """σ so small that h is 1 or 0: a step is one of Lloyd's, and units that nobody chose stay."""
    H = map_steps.neighbourhood(squared_distances(R, C), 0.01)
    W, _, _ = map_steps.batch_step(FIRST, [(X, None)], H)
    best = ((X[:, None] - FIRST) ** 2).sum(2).argmin(1)
    for unit in range(R * C):
        expected = X[best == unit].mean(0) if (best == unit).any() else FIRST[unit]
        np.testing.assert_allclose(W[unit], expected, rtol=1e-12)


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (2, 1), (4, 5), (5, 4), (3, 3)])
@both
def test_distances_and_neighbours_are_those_of_the_places(topology, rows, columns):
    place = positions(rows, columns, topology)
    expected = ((place[:, None] - place) ** 2).sum(2)
    np.testing.assert_allclose(squared_distances(rows, columns, topology), expected, atol=1e-12)
    near = 2.1 if topology == "rectangular" else 1.1
    pairs = {(u, v) for u, v in np.argwhere(expected < near).tolist() if u < v}
    u, v = neighbour_pairs(rows, columns, topology)
    assert sorted((min(p), max(p)) for p in zip(u.tolist(), v.tolist(), strict=True)) == sorted(pairs)


def test_cells_of_hexagons_touch_in_two_corners():
    cells = outlines(4, 4, "hexagonal").round(9)
    u, v = neighbour_pairs(4, 4, "hexagonal")
    for a, b in zip(u, v, strict=True):
        assert len({*map(tuple, cells[a])} & {*map(tuple, cells[b])}) == 2


def test_pca_weights_span_the_plane_of_the_largest_variance():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4)) @ np.diag([3.0, 2.0, 0.1, 0.1]) + 5
    W = pca_weights(x, 5, 7)
    np.testing.assert_allclose(W.mean(0), x.mean(0), atol=1e-12)
    V = np.linalg.svd(x - x.mean(0), full_matrices=False)[2]
    off = (W - x.mean(0)) @ V[2:].T
    assert np.abs(off).max() < 1e-10
    along = np.abs((W - x.mean(0)) @ V[0]).max()  # √λ₁ at the ends
    assert along == pytest.approx(np.sqrt(np.linalg.eigvalsh(np.cov(x.T))[-1]), rel=1e-10)
    few = pca_weights(x[:3].repeat(2, 1), 2, 2)  # more columns than rows
    assert few.shape == (4, 8) and np.isfinite(few).all()


def test_sample_weights_are_examples():
    W = sample_weights(X, 12, 3)
    assert len(np.unique(W, axis=0)) == 12 and all((row == X).all(1).any() for row in W)
    assert len(sample_weights(X, 40, 3)) == 40
    assert np.array_equal(W, sample_weights(X, 12, 3)) and not np.array_equal(W, sample_weights(X, 12, 4))


def fresh(rule="online", seed=2):
    som = SOM(D, R, C, "hexagonal", rule=rule, initial="sample")
    return SOMTraining(som, X, epochs=4, batch_size=7, valid=X[:9], seed=seed)


def run(loop):
    return [{n: v for n, v in record.as_dict().items() if n != "seconds"} for record in loop]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_the_online_loop_is_the_rule_written_out(precision):
    """Four epochs in the order of each, the rates by the number of examples seen."""
    from gradatim.random import permutation

    som = SOM(D, R, C, rule="online")
    loop = SOMTraining(som, X, epochs=4, batch_size=7, lr=0.4, seed=5, precision=precision)
    W, squared, seen = loop.W.astype(float), squared_distances(R, C).astype(float), 0
    list(loop)
    for epoch in range(4):
        for x in X[permutation(5, epoch, 30)]:
            p = seen / 120
            sigma, alpha = 2 / (1 + (2 - 1) * p), 0.4 / (1 + 9 * p)
            b = ((x - W) ** 2).sum(1).argmin()
            W += (alpha * np.exp(-squared[b] / (2 * sigma**2)))[:, None] * (x - W)
            seen += 1
    np.testing.assert_allclose(som.weight.detach(), W, atol=1e-5 if precision == "float32" else 1e-12)


@pytest.mark.parametrize("rule", ["batch", "online"])
def test_a_record_is_what_was_measured(rule):
    loop = fresh(rule)
    records = run(loop)
    assert list(records[0]) == [
        "epoch", "step", "train_loss", "valid_quantisation_error", "valid_topographic_error", "lr"
    ]  # fmt: skip
    W = loop.som.weight.detach().numpy()
    distance, apart = map_errors(W, X[:9].astype("f4"), R, C, "hexagonal")
    assert records[-1]["valid_quantisation_error"] == pytest.approx(distance.mean())
    assert records[-1]["valid_topographic_error"] == pytest.approx(apart.mean())
    lr = [record["lr"] for record in records]
    assert lr == ([0.5] * 4 if rule == "batch" else sorted(lr, reverse=True))


@pytest.mark.parametrize("rule", ["batch", "online"])
@pytest.mark.parametrize("steps", [0, 1, 4, 5, 9])
def test_going_on_at_any_step_is_exact_to_the_bit(rule, steps, tmp_path):
    straight = fresh(rule)
    expected = run(straight)
    first = fresh(rule)
    while first.step < min(steps, 4 if rule == "batch" else 20):
        first.advance(0)
    metrics = Metrics(tmp_path / "metrics.jsonl")
    Checkpoints(Folder(tmp_path), metrics).save(first)
    metrics.close()
    second = fresh(rule)
    second.W[:] = 9
    restore(Folder(tmp_path), second)
    found = run(second)
    assert found == expected[4 - len(found) :]
    assert torch.equal(second.som.weight, straight.som.weight)


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from test_som import fresh
from gradatim.runs.checkpoints import Checkpoints
from gradatim.runs.folder import Folder
from gradatim.runs.epoch_records import Metrics
loop = fresh()
folder = Path({folder!r})
checkpoints = Checkpoints(Folder(folder), Metrics(folder / "metrics.jsonl"))
while not loop.finished:
    loop.advance(0)
    checkpoints.save(loop)
"""


def test_a_process_that_is_killed_is_gone_on_with(tmp_path):
    code = CHILD.format(here=os.path.dirname(__file__), folder=str(tmp_path))  # noqa: PTH120
    process = subprocess.Popen([sys.executable, "-c", code])
    folder = Folder(tmp_path)
    while not folder.checkpoint.exists() and process.poll() is None:
        time.sleep(0.001)
    time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    second = fresh()
    restore(folder, second)
    assert 0 < second.step <= 20
    straight = fresh()
    expected, found = run(straight), run(second)
    assert found == expected[4 - len(found) :]
    assert torch.equal(second.som.weight, straight.som.weight)


def test_more_units_than_examples_are_said():
    notice_once.cache_clear()
    with pytest.warns(Notice, match="the map has 12 units for 6 examples: many will have none"):
        list(SOMTraining(SOM(D, R, C), X[:6], epochs=2))


BAD = X.copy()
BAD[4, 1] = np.nan


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: SOMTraining(SOM(D, 2, 2), X[:1]), "at least two examples; there is one"),
        (lambda: SOMTraining(SOM(D, 2, 2), X[:1].repeat(9, 0)), "there is no variance to map"),
        (lambda: SOMTraining(SOM(D, 2, 2), BAD), "nan"),
        (lambda: SOMTraining(SOM(2, 2, 2), X), "the map has 2 inputs; a row here has 3 numbers"),
        (lambda: SOMTraining(SOM(D, 2, 2), X, lr=1.5), "lr must be .* and at most 1; it is 1.5"),
        (lambda: SOM(D, 1, 1), "from 2 to 10,000 units; 1 rows of 1 columns are 1"),
        (lambda: SOM(D, 200, 200), "from 2 to 10,000 units"),
        (lambda: SOM(D, 2, 2, "hexagon"), "topology must be rectangular or hexagonal; it is 'hexagon'"),
        (lambda: SOM(D, 2, 2, rule="both"), "rule must be batch or online"),
        (lambda: SOM(D, 2, 2, sigma=0), "sigma must be a number above 0"),
        (lambda: SOM(D, 2, 2)(torch.zeros(3, 2)), "a map of 3 inputs got examples of shape"),
        (lambda: SOMTraining(SOM(D, 2, 2), iter([X])), "rows of numbers in memory"),
        (
            lambda: SOMTraining(SOM(D, 2, 2, rule="online"), Dataset(X, weights=np.ones(30))),
            "the online rule takes no weights of examples; rule=batch does",
        ),
    ],
)  # fmt: skip
def test_misuse_is_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()
