"""Wide & Deep as a classifier."""

from typing import Any

from gradatim.estimators.arguments import keep
from gradatim.estimators.table_classifier import TableClassifier
from gradatim.estimators.wide_deep_settings import WideDeepSettings


class WideDeepClassifier(WideDeepSettings, TableClassifier):
    """Wide & Deep that classifies a table's rows (Cheng et al. 2016), as `gradatim train --model wide_deep`.

        p = σ(W_wide [x; φ(x)] + W_deep h + b), or softmax of several classes

    X is a data frame with categories, which are crossed and embedded, and whatever else TableClassifier
    reads; y holds one label a row.

    Parameters: `crosses` says which columns are multiplied: `"a:b,c:d"`, lists of names, a number of pairs,
    or `"auto"`, the pairs that say most together of y. `hidden_layer_sizes` are the deep part's, the recipe's
    where None; with () the wide part is alone. `activation` and `dropout` are the deep part's. `solver` is an
    optimizer; `"ftrl"` moves the wide part by FTRL and the deep part by AdaGrad, as the paper does, and
    `"ftrl:l1=0.01"` leaves few crosses. The others are TableClassifier's.

    Learned: as TableClassifier; `choices_["crosses"]` says which crosses were chosen.

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer.

    >>> import pandas as pd
    >>> X = pd.DataFrame({"a": list("uvuv") * 30, "b": list("ssttss") * 20})
    >>> y = (X["a"] == "u") ^ (X["b"] == "s")
    >>> model = WideDeepClassifier(hidden_layer_sizes=(), max_iter=20, random_state=0).fit(X, y)
    >>> model.choices_["crosses"][:3], model.score(X, y)
    ('a:b', 1.0)
    """

    def __init__(
        self, *, crosses: Any = "auto", hidden_layer_sizes: Any = None, activation: str = "relu",
        dropout: float | None = None, solver: str = "adam", max_iter: int | None = None,
        validation_fraction: float = 0.1, max_minutes: float | None = None, random_state: Any = None,
        n_jobs: int | None = None, device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())
