"""Words that a network does not know, copied from what it reads."""

from collections.abc import Sequence

import numpy as np

from gradatim.data.text_units import UNKNOWN_NUMBER


def copy_unknown(
    symbols: Sequence[int], units: Sequence[str], attention: np.ndarray, read: Sequence[str]
) -> list[str]:
    """The units that are said, each unknown one in place of it the word that was attended to most.

        y_t = x_{argmax_l α_tl} where y_t is <unk>   (Luong et al. 2015b, without their dictionary)

    `units` are those of the symbols, `read` the input's own words, without its end: what is attended to
    behind them cannot be copied. Shapes: symbols (T',), attention (T, L), T' ≤ T.

    >>> attention = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    >>> copy_unknown([5, 0], ["dear", "<unk>"], attention, ["liebe", "Zoë"])
    ['dear', 'Zoë']
    """
    if not read:
        return list(units)
    most = attention[:, : len(read)].argmax(1)
    return [
        read[most[t]] if symbol == UNKNOWN_NUMBER else unit
        for t, (symbol, unit) in enumerate(zip(symbols, units, strict=True))
    ]
