"""Gradient times input of each source symbol, against differences and a closed form."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.runs.saliency import saliency

NETWORK = {"vocabulary_size": 7, "num_symbols": 5, "embedding_size": 4, "hidden_size": 4}


class Sums(nn.Module):
    """Scores are V Σ_l e_l at every step."""

    source_vectors = ("vectors", 0)

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.vectors = nn.Parameter(torch.randn(6, 3, dtype=torch.float64, generator=generator))
        self.V = nn.Parameter(torch.randn(4, 3, dtype=torch.float64, generator=generator))

    def forward(self, values, lengths, y, y_lengths):
        scores = self.vectors[values].sum(1) @ self.V.t()
        return scores.repeat_interleave(y.shape[1], 0)


def test_a_sum_of_vectors_by_hand():
    """∂ log softmax(V h)[k] / ∂ e_l = V_k − Σ_j p_j V_j, whatever l is; times e_l."""
    network, x, y = Sums(), [5, 2, 5], [1, 3]
    e = network.vectors.detach().numpy()[x]
    V = network.V.detach().numpy()
    p = np.exp(V @ e.sum(0))
    p /= p.sum()
    wanted = [[abs((V[k] - p @ V) @ one) for one in e] for k in y]
    np.testing.assert_allclose(saliency(network, x, y), wanted, rtol=1e-12)


@pytest.mark.parametrize("name", ["encoder_decoder", "attention_encoder_decoder"])
def test_it_is_the_slope_along_each_vector(name):
    """d log p / d a of e_l (1 + a), by differences, at each place of a symbol that comes twice."""
    network = build({"name": name, **NETWORK}, 3, torch.float64).eval()
    x, y = [3, 1, 3, 6], [2, 4, 1]
    found = saliency(network, x, y)
    weight = network.get_parameter(network.source_vectors[0])
    vectors = weight.detach()[:, x].clone()

    def log_p(changed):
        args = (torch.arange(4)[None], torch.tensor([4]), torch.tensor([y]), torch.tensor([3]))
        scores = torch.func.functional_call(network, {network.source_vectors[0]: changed}, args)
        return scores.log_softmax(1)[torch.arange(3), torch.tensor(y)].detach()

    for l in range(4):
        more, less = vectors.clone(), vectors.clone()
        more[:, l] *= 1 + 1e-5
        less[:, l] *= 1 - 1e-5
        slope = (log_p(more) - log_p(less)) / 2e-5
        np.testing.assert_allclose(found[:, l], slope.abs().numpy(), rtol=1e-5, atol=1e-8)


def test_a_network_without_vectors_is_refused():
    with pytest.raises(UsageError, match="Linear does not say where"):
        saliency(nn.Linear(2, 2), [1], [1])
