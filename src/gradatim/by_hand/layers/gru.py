"""The two gated recurrent units by one name."""

from gradatim.by_hand.layers.gru_after import GRUAfter
from gradatim.by_hand.layers.gru_before import GRUBefore
from gradatim.by_hand.layers.recurrent import Recurrent
from gradatim.checks import one_of

FORMS: dict[str, type[Recurrent]] = {"after": GRUAfter, "before": GRUBefore}


def gru(input_size: int, hidden_size: int, bias: bool = True, reset: str = "after") -> Recurrent:
    """A gated recurrent unit whose reset gate acts "after" the product, as torch's, or "before", as Cho's.

    >>> gru(2, 3, reset="before").shapes["weight_hh_l0"]
    (9, 3)
    """
    return FORMS[one_of("reset", reset, FORMS)](input_size, hidden_size, bias)
