"""How much each symbol of an input moves what is said of it (curriculum E12)."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.device import evaluating


def saliency(network: Any, symbols: list[int], answer: list[int]) -> np.ndarray:
    """Gradient times input, of each step of an answer for each symbol of a text (Shrikumar et al. 2017).

        r_tl = |⟨∂ log p(y_t | y_1 … y_{t−1}, x) / ∂ e_l, e_l⟩|,   e_l the vector of symbol x_l

    Shapes: L symbols, T symbols of the answer → (T, L), in float64. A symbol that stands twice in the text
    has two vectors here, one for each place.

    The network, of layout `pairs`, says with `source_vectors` which of its parameters holds the vectors, and
    along which axis they stand; UsageError for another.
    """
    import torch
    from torch.func import functional_call

    name, axis = getattr(network, "source_vectors", ("", 0))
    if not name:
        raise UsageError(f"{type(network).__name__} does not say where the vectors of its inputs are")
    weight = network.get_parameter(name)
    x = torch.tensor(symbols, device=weight.device)
    y = torch.tensor([answer], device=weight.device)
    vectors = weight.index_select(axis, x).detach().requires_grad_()
    places = torch.arange(len(symbols), device=weight.device)[None]
    lengths = torch.tensor([len(symbols)], device=weight.device)
    y_lengths = torch.tensor([len(answer)], device=weight.device)
    with evaluating(network), torch.enable_grad():
        scores = functional_call(network, {name: vectors}, (places, lengths, y, y_lengths))
        log_p = scores.log_softmax(1)[torch.arange(len(answer)), y[0]]
        rows = [torch.autograd.grad(one, vectors, retain_graph=True)[0] for one in log_p]
    moved = torch.stack([(row * vectors).sum(1 - axis).abs() for row in rows])
    return moved.detach().double().cpu().numpy()
