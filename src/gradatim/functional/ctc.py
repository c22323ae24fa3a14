"""Connectionist temporal classification: which symbols follow each other in a sequence of frames.

Graves, Fernández, Gomez & Schmidhuber 2006; the prefixes of Graves 2012, section 7.3.
"""

import torch
from torch import Tensor

NEVER = -1e30  # log 0, whose gradient is a number


def collapse(path: list[int], blank: int) -> list[int]:
    """What a path of a symbol a frame says: repetitions as one, then without blanks.

    >>> collapse([3, 3, 1, 3, 4, 4, 1], blank=1)
    [3, 3, 4]
    """
    return [one for one, before in zip(path, [None, *path], strict=False) if one not in (before, blank)]


def prefix_paths(log_p: Tensor, y: Tensor, blank: int) -> tuple[Tensor, Tensor]:
    """Log p of all paths that have said a prefix of y at a time, and end in a blank (b) or not (n).

        b_τ(t) = p_τ(blank) (b_{τ−1}(t) + n_{τ−1}(t))                        b_0(0) = 1
        n_τ(t) = p_τ(y_t) (n_{τ−1}(t) + b_{τ−1}(t−1) + [y_t ≠ y_{t−1}] n_{τ−1}(t−1))

    Shapes: log_p (N, L, K), y (N, T) → log b and log n, each (N, T + 1, L + 1).
    """
    n, steps, _ = log_p.shape
    of_y = log_p.gather(2, y[:, None].expand(-1, steps, -1))  # (N, L, T)
    differs = torch.ones_like(y, dtype=torch.bool)
    differs[:, 1:] = y[:, 1:] != y[:, :-1]
    b = log_p.new_full((n, y.shape[1] + 1), NEVER)
    b[:, 0] = 0.0
    found_b, found_n = [b], [torch.full_like(b, NEVER)]
    never = b.new_full((n, 1), NEVER)
    for step in range(steps):
        b, said = found_b[-1], found_n[-1]
        enters = torch.logaddexp(b[:, :-1], said[:, :-1].masked_fill(~differs, NEVER))
        found_b.append(log_p[:, step, blank, None] + torch.logaddexp(b, said))
        found_n.append(torch.cat([never, of_y[:, step] + torch.logaddexp(said[:, 1:], enters)], 1))
    return torch.stack(found_b, 2), torch.stack(found_n, 2)


def next_symbols(log_p: Tensor, b: Tensor, n: Tensor, last: Tensor, blank: int) -> Tensor:
    """Log p of each symbol behind each prefix, given the frames; in the blank's place, that none follows.

        p(prefix k …) = Σ_τ p_τ(k) (b_{τ−1} + [k ≠ last] n_{τ−1});    p(prefix, end) = b_L + n_L
        p(k | prefix) = p(prefix k …)/p(prefix …), whose denominator is the sum over all k and the end

    so that −Σ_t log p(y_t | y_1 … y_{t−1}), the end being the last, is the loss of Graves et al. 2006.

    Shapes: log_p (N, L, K), b and n (N, P, L + 1) of P prefixes, last (N, P) → (N, P, K).
    """
    any_symbol = torch.logaddexp(b, n)[:, :, :-1, None]  # (N, P, L, 1)
    found = torch.logsumexp(any_symbol + log_p[:, None], 2)
    of_last = log_p.gather(2, last[:, None].expand(-1, log_p.shape[1], -1)).transpose(1, 2)  # (N, P, L)
    again = torch.logsumexp(b[:, :, :-1] + of_last, 2, keepdim=True)
    found = found.scatter(2, last[:, :, None], again)
    end = torch.logaddexp(b[:, :, -1], n[:, :, -1])
    found = torch.cat([found[:, :, :blank], end[:, :, None], found[:, :, blank + 1 :]], 2)
    return found.log_softmax(2)
