"""Histograms: shares, layers, and what cannot be drawn."""

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.explain.figures.histograms import bars, histograms_figure, layers_of
from gradatim.explain.figures.style import write_figure


def test_shares_are_numpy_s_and_add_up_to_all():
    numbers = np.random.default_rng(0).normal(size=(30, 20))
    found = bars(numbers)
    counts, edges = np.histogram(numbers, 24)  # √600 bins
    np.testing.assert_allclose(found.edges, edges)
    np.testing.assert_allclose(found.shares, counts / 6)
    assert found.shares.sum() == pytest.approx(100)


@pytest.mark.parametrize("number", [0.0, 3.0, -1e-8])
def test_numbers_that_are_all_the_same_are_one_bar(number):
    found = bars(np.full((4, 4), number, np.float32))
    assert found.shares.max() == 100 and found.edges[0] < np.float32(number) < found.edges[-1]


def test_layers_are_gathered_by_name_and_counters_left_out():
    arrays = {
        "body.1.weight": np.ones((2, 3)), "body.1.bias": np.ones(2), "norm.steps": np.ones(1, np.int64),
        "scale": np.ones(1),
    }  # fmt: skip
    found = layers_of(arrays)
    assert [(layer.name, list(layer.arrays)) for layer in found] == [
        ("body.1", ["weight", "bias"]), ("scale", ["scale"])
    ]  # fmt: skip


def test_many_layers_are_shortened_and_said_to_be(tmp_path):
    layers = layers_of({f"part{n}.weight": np.ones((2, 2)) * n for n in range(30)})
    text = write_figure(histograms_figure(layers, "Weights", "weight"), tmp_path / "h.svg").read_text()
    assert "the first and last 6 of 30 layers" in text
    assert ">part29 · 2 → 2</text>" in text and ">part5 · 2 → 2</text>" in text and ">part15 " not in text


def test_numbers_that_are_not_finite_are_refused():
    layers = layers_of({"1.weight": np.array([1.0, np.nan])})
    with pytest.raises(GradatimError, match="weight of layer 1 holds numbers that are not finite"):
        histograms_figure(layers, "Weights", "weight")


def test_a_layer_of_several_matrices_is_divided(tmp_path):
    arrays = {"weight_ih": np.ones((4, 3)), "weight_hh": np.eye(4), "bias": np.ones(4)}
    found = layers_of({f"lstm.{name}": array for name, array in arrays.items()})
    assert [(layer.name, list(layer.arrays)) for layer in found] == [
        ("lstm.weight_ih", ["weight_ih"]), ("lstm.weight_hh", ["weight_hh", "bias"])
    ]  # fmt: skip
    text = write_figure(histograms_figure(found, "Weights", "weight"), tmp_path / "h.svg").read_text()
    assert ">lstm.weight_ih · 3 → 4</text>" in text and ">bias, a tick each</text>" in text
