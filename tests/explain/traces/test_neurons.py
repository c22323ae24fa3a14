"""A1–A4, A7, A9, A10: every claim of the rows, against enumeration, scikit-learn, torch and closed forms."""

import re
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression
from sklearn.svm import SVC

from gradatim.by_hand.kernel_machine import hard_margin, polynomial, rbf
from gradatim.by_hand.margin import widest_margin
from gradatim.by_hand.sawtooth import constructed, sawtooth, shares, units_needed
from gradatim.checks import UsageError
from gradatim.estimators import Perceptron
from gradatim.explain.traces.adaline import adaline
from gradatim.explain.traces.logistic_unit import logistic_unit
from gradatim.explain.traces.neuron import neuron
from gradatim.explain.traces.perceptron import perceptron, xor_perceptron
from gradatim.explain.traces.sawtooth import sawtooth as sawtooth_trace
from gradatim.explain.traces.threshold import threshold, xor_threshold
from gradatim.explain.traces.xor_kernels import xor_kernels

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("gate", "truth"),
    [
        ("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("not", [1, 0]), ("x1-and-not-x2", [0, 0, 1, 0]),
        ("nor", [1, 0, 0, 0]),
    ],
)  # fmt: skip
def test_a1_gates(gate, truth):
    assert threshold(gate).table("Truth table").column("y") == truth
    assert ElementTree.fromstring(threshold(gate).drawing) is not None


def test_a1_a_changed_threshold_is_another_gate():
    assert threshold("and", 1).table("Truth table").column("y") == [0, 1, 1, 1]
    assert "With θ = 1 the unit says 2 of 4 rows of AND." in str(threshold("and", 1))
    with pytest.raises(UsageError, match=r"^unknown gate 'xor'"):
        threshold("xor")


def test_a1_an_inhibitory_input_silences_whatever_else_is_on():
    table = threshold("x1-and-not-x2").table("Truth table")
    rows = zip(table.column("excitation"), table.column("inhibited"), table.column("y"), strict=True)
    assert [y for excitation, inhibited, y in rows if inhibited == "yes"] == [0, 0]


def test_a1_xor_is_or_of_two_and_nots():
    table = xor_threshold().table("Truth table")
    assert (table.column("z1"), table.column("z2")) == ([0, 0, 1, 0], [0, 1, 0, 0])
    assert table.column("y") == table.column("xor") == [0, 1, 1, 0]
    assert "The best says 3 of the 4 rows" in " ".join(str(xor_threshold()).split())
    assert "y is XOR in 3 of 4 rows" in str(xor_threshold((1, 2, 1)))


def test_a2_and_is_learned_within_the_bound():
    trace = perceptron()
    mistakes, squared, gamma, bound = trace.table("Mistakes and their bound").rows[0]
    assert (mistakes, round(squared, 12), round(gamma**-2, 9), round(bound, 9)) == (11, 3, 17, 51)
    assert trace.table("Every presentation").rows[-1][6:] == ["2, 1", "−3"]
    assert trace.drawing.count("mistake ") == 11


def test_a2_the_trace_ends_where_the_estimator_ends():
    found = Perceptron(tol=None, shuffle=False).fit(CORNERS, [0, 0, 0, 1])
    assert [*found.coef_[0], *found.intercept_] == [2, 1, -3] and found.n_iter_ == 6
    assert found.predict(CORNERS).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_a2_mistakes_stay_below_r_over_gamma_squared(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (12, 2)).round(2)
    t = (x @ [1.0, -0.5] + 0.1 > 0).astype(int)
    row = perceptron(x.tolist(), t.tolist(), epochs=1000).table("Mistakes and their bound").rows[0]
    assert row[0] <= row[3]
    found = widest_margin(x, 2 * t - 1)
    z = np.column_stack([x, np.ones(12)]) * (2 * t - 1)[:, None]
    assert (z @ found.u).min() == pytest.approx(found.gamma, abs=1e-9)
    angles = rng.normal(size=(20_000, 3))
    others = (z @ (angles / np.linalg.norm(angles, axis=1)[:, None]).T).min(0)
    assert others.max() <= found.gamma + 1e-9  # no direction has a wider margin


def test_a2_xor_has_at_most_three_of_four_right():
    trace = xor_perceptron()
    table = trace.table("Every choice of rows")
    assert table.rows == [[4, 1, 0], [3, 4, 4]]
    assert max(trace.table("After every pass").column("right, of 4")) <= 3
    assert trace.drawing.count("wrong at") == 4
    t = np.array([0, 1, 1, 0])
    grid = np.array(list(product(np.linspace(-2, 2, 17), repeat=3)))
    right = ((CORNERS @ grid[:, :2].T + grid[:, 2] >= 0) == t[:, None]).sum(0)
    assert right.max() == 3  # of 4,913 lines


def test_a2_what_is_no_target_is_refused():
    with pytest.raises(UsageError, match="t must be 0 or 1"):
        perceptron(t=(0, 0, 0, 2))
    with pytest.raises(UsageError, match="t must be 4 numbers"):
        perceptron(t=(0, 1))


def test_a3_each_update_is_the_gradient_s_and_least_squares_are_scikit_learn_s():
    trace = adaline()
    x, t = 2 * CORNERS - 1, np.array([-1.0, -1, -1, 1])
    w, b = torch.zeros(2, dtype=torch.float64, requires_grad=True), torch.zeros(1, dtype=torch.float64)
    b.requires_grad_()
    for n in range(4):
        loss = 0.5 * (t[n] - torch.tensor(x[n]) @ w - b).square().sum()
        assert trace.table("The first updates").column("½ ε²")[n] == pytest.approx(loss.item(), abs=1e-12)
        gradients = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            for parameter, gradient in zip((w, b), gradients, strict=True):
                parameter -= 0.1 * gradient
    assert trace.table("The first updates").column("new b")[3] == pytest.approx(b.item(), abs=1e-12)
    peer = LinearRegression().fit(x, t)
    assert trace.table("Beside least squares").rows[1][1] == "0.5, 0.5"
    np.testing.assert_allclose([*peer.coef_, peer.intercept_], [0.5, 0.5, -0.5])


def test_a3_the_error_falls_and_a_smaller_rate_ends_nearer_to_least_squares():
    errors = adaline().table("After every pass").column("mean ε²")
    assert errors[:6] == sorted(errors[:6], reverse=True) and errors[-1] >= 0.25

    def away(lr, epochs):
        return adaline(lr=lr, epochs=epochs).table("Beside least squares").column("mean ε²")[0] - 0.25

    assert away(0.01, 400) < away(0.1, 40) / 10
    with pytest.raises(UsageError, match="grows without bound"):
        adaline(lr=2, epochs=200)


def test_a4_the_gradient_equals_finite_differences_and_autograd():
    trace = logistic_unit()
    table = trace.table("Gradient and finite differences")
    assert max(map(abs, table.column("difference"))) < 1e-10
    theta = torch.tensor([0.5, -0.5, 0.25], dtype=torch.float64, requires_grad=True)
    z = torch.tensor([[1.0, 2, 1], [-1, 1, 1], [2, -1, 1]], dtype=torch.float64)
    loss = 0.5 * (torch.sigmoid(z @ theta) - torch.tensor([1.0, 0, 1])).square().sum()
    loss.backward()
    np.testing.assert_allclose(table.column("gradient"), theta.grad, atol=1e-14)
    before, after = trace.table("The loss L").rows[0]
    assert before == pytest.approx(loss.item(), abs=1e-14) and after < before
    bias = trace.table("The bias as a weight")
    np.testing.assert_allclose(bias.column("σ(wᵀx + b)"), bias.column("σ([w; b]ᵀ[x; 1])"), atol=1e-15)


def test_a7_the_lecture_s_numbers_to_the_digit():
    rows = {row[0]: row[1:] for row in neuron().table("Brain and machine, as lectured").rows}
    assert rows == {
        "parts": ("about 10¹¹ neurons", "4.2·10⁷ transistors"),
        "connections": ("10⁴ of each neuron", ""),
        "mass": ("0.3 kg at birth, 1.5 kg grown", "0.1 kg (0.3 with its fan)"),
        "power": ("20–40 W, about 20 % of the body’s", "55 W"),
        "way of working": ("complex, non-linear, parallel", ""),
        "on complex stimuli": ("slow", ""),
        "speed of signals": ("about 90 m/s", ""),
        "length of wire": ("170,000 km of axon", ""),
        "clock": ("250–2,000 Hz", "1.5 GHz"),
        "temperature": ("37±2 °C", "15–85 °C"),
        "sleep": ("7.5 h a day", "none"),
    }


def test_a7_the_parts_are_named_and_the_unit_has_its_numbers():
    words = [
        "".join(one.itertext())
        for one in ElementTree.fromstring(neuron().drawing).iter()
        if "text" in one.tag
    ]
    for part in ("dendrites", "cell body", "axon hillock", "axon sends", "synapses", "nucleus", "myelin"):
        assert any(part in one for one in words)
    assert {"w1 = 0.5", "w2 = −1", "w3 = 0.75", "b = −1", "y = 1"} <= set(words)
    assert neuron(activation="sigmoid").table("The unit").column("y")[0] == pytest.approx(
        1 / (1 + np.exp(-0.25))
    )


def test_a9_a_line_fails_two_kernels_and_a_hidden_layer_succeed():
    table = xor_kernels().table("Four machines on XOR")
    assert table.column("right, of 4") == [3, 4, 4, 4]
    assert table.column("features") == ["a person"] * 3 + ["learned"]
    assert table.column("α of each")[1] == pytest.approx(1 / 8)
    assert table.column("margin")[1] == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("gram", "peer"),
    [
        (polynomial, SVC(kernel="poly", degree=2, gamma=1, coef0=1, C=1e6, tol=1e-10)),
        (rbf, SVC(kernel="rbf", gamma=0.5, C=1e6, tol=1e-10)),
    ],
)
def test_a9_the_multipliers_are_scikit_learn_s(gram, peer):
    x, t = 2 * CORNERS - 1, np.array([-1.0, 1, 1, -1])
    found = hard_margin(gram(x, x), t)
    peer.fit(x, t)
    np.testing.assert_allclose(np.abs(peer.dual_coef_[0]), found.alpha, rtol=1e-6)
    np.testing.assert_allclose(peer.intercept_, found.b, atol=1e-6)
    np.testing.assert_allclose(gram(x, x) @ (found.alpha * t) + found.b, t, atol=1e-9)


def test_a9_the_polynomial_machine_is_minus_the_product():
    x, t = 2 * CORNERS - 1, np.array([-1.0, 1, 1, -1])
    places = np.random.default_rng(0).normal(size=(50, 2))
    f = polynomial(places, x) @ (hard_margin(polynomial(x, x), t).alpha * t)
    np.testing.assert_allclose(f, -places.prod(1), atol=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 8])
def test_a10_networks_of_every_depth_are_the_sawtooth_exactly(k):
    x = np.linspace(0, 1, 7 * 2**k + 1)
    for depth in range(1, k + 1):
        network = constructed(k, depth)
        assert np.abs(network.forward(x[:, None])[:, 0] - sawtooth(x, k)).max() < 1e-9
        widths = [value.shape[0] for name, value in network.parameters.items() if "bias" in name][:-1]
        assert widths == [2**a for a in shares(k, depth)]
    assert np.sum(np.diff(np.sign(np.diff(sawtooth(np.linspace(0, 1, 2**k + 1), k)))) != 0) == 2**k - 1


def test_a10_the_counts():
    table = sawtooth_trace(steps=0).table("Units: exact network, and fewest for an error below ½")
    assert table.rows[-1] == [10, 1024, 1024, 1023, 64, 62, 20, 10]
    for k, depth in product(range(1, 6), (1, 2, 3)):  # the fewest, by enumeration
        if depth <= k:
            widths = product(range(1, 33), repeat=depth) if depth < 3 else product(range(1, 9), repeat=3)
            fits = [sum(n) for n in widths if np.prod(np.array(n) + 1) >= 2**k]
            assert units_needed(k, depth) == min(fits)


def test_a10_trained_networks_reach_the_error_with_more_units():
    table = sawtooth_trace(k=2).table("Trained to a sup-norm error of 0.1")
    assert table.column("depth") == [1, 2] and all(table.column("reached"))
    assert all(error <= 0.1 for error in table.column("error"))
    assert all(units >= 4 for units in table.column("units"))


def test_every_drawing_is_in_the_page_s_colours():
    for trace in (threshold(), xor_threshold(), perceptron(), xor_perceptron(), adaline(), neuron()):
        ElementTree.fromstring(trace.drawing)
        assert not re.search(r"(fill|stroke)=\"#", trace.drawing)  # light and dark by themselves
